-- The audit log keeps what jobs were called; an erased customer's names go out of it.

CREATE FUNCTION platform.forget_in_audit(p_customer_id bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH erased AS (
    SELECT u.id FROM public.users u
    WHERE u.id = p_customer_id AND u.workshop_id = public.current_workshop() AND u.erased_at IS NOT NULL)
  UPDATE public.audit_log a
  SET before = a.before - ARRAY['customer_name', 'car_plate'],
      after = a.after - ARRAY['customer_name', 'car_plate'],
      ip = CASE WHEN a.actor_user_id = e.id THEN NULL ELSE a.ip END
  FROM erased e
  WHERE a.workshop_id = public.current_workshop()
    AND (a.actor_user_id = e.id
         OR a.subject_type = 'job' AND a.subject_id IN
           (SELECT j.id FROM public.jobs j WHERE j.workshop_id = public.current_workshop() AND j.customer_id = e.id))
$$;
COMMENT ON FUNCTION platform.forget_in_audit(bigint) IS
  'Takes name, plate and address of a customer of the transaction''s workshop out of the audit log, once the account is '
  'erased; who did what and when stays. The only change of the log there is.';
GRANT EXECUTE ON FUNCTION platform.forget_in_audit(bigint) TO pitview_app;
COMMENT ON TABLE public.audit_log IS
  'Who did what to what. The server can add to it and read it; of what is there it changes nothing but by forget_in_audit().';
