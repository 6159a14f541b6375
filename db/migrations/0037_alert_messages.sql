-- Alerts that reach people who have no page open (plan §13.2).

ALTER TABLE public.messages
  ADD alert_id bigint,
  ADD CONSTRAINT messages_alert_fkey FOREIGN KEY (workshop_id, alert_id) REFERENCES public.alerts (workshop_id, id),
  ADD CONSTRAINT messages_subject_check CHECK (job_id IS NULL OR alert_id IS NULL);
COMMENT ON COLUMN public.messages.alert_id IS 'What it tells of, where that is no job.';
CREATE INDEX messages_of_alert ON public.messages (workshop_id, alert_id) WHERE alert_id IS NOT NULL;
GRANT SELECT (alert_id) ON public.messages TO pitview_readonly;

ALTER TABLE public.message_settings ADD owner_alerts boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN public.message_settings.owner_alerts IS 'Whether owners get messages of alerts.';

DROP FUNCTION platform.claim_messages(timestamptz, interval, integer);
CREATE FUNCTION platform.claim_messages(p_now timestamptz, p_lease interval, p_limit integer)
RETURNS TABLE (id bigint, workshop_id bigint, job_id bigint, kind text, is_urgent boolean, secrets_sealed bytea,
               due_at timestamptz, pointless_at timestamptz, attempts integer, allowed_at timestamptz, is_over_cap boolean,
               language text, own_words text, workshop_name text, workshop_phone text, is_customer boolean, is_away boolean,
               name text, phone_sealed bytea, email text, agreed boolean, link_sealed bytea,
               car_model text, work_type text, job_status text, held boolean, is_last_stage boolean, is_rated boolean,
               stage text, sentence text, ends_at timestamptz, ends_text text, time_reason text,
               whatsapp_receipt text, pit_number integer, alert_type text, alert_severity text, alert_value double precision,
               alert_message text, alert_over boolean, alert_noticed boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  -- Each in the order of an index, so that a few of a hundred thousand are found without sorting them.
  WITH urgent AS (
    SELECT m.id FROM public.messages m
    WHERE m.status = 'waiting' AND m.is_urgent AND m.due_at <= p_now AND platform.is_next_message(m, p_now)
    ORDER BY m.due_at, m.id LIMIT p_limit FOR UPDATE SKIP LOCKED
  ), others AS (
    SELECT m.id FROM public.messages m
    WHERE m.status = 'waiting' AND NOT m.is_urgent AND m.due_at <= p_now AND platform.is_next_message(m, p_now)
    ORDER BY m.due_at, m.id LIMIT p_limit - (SELECT count(*) FROM urgent) FOR UPDATE SKIP LOCKED
  ), due AS (
    SELECT id FROM urgent UNION ALL SELECT id FROM others
  ), claimed AS (
    UPDATE public.messages m SET lease_until = p_now + p_lease, attempts = m.attempts + 1
    FROM due WHERE m.id = due.id RETURNING m.*
  )
  SELECT c.id, c.workshop_id, c.job_id, c.kind, c.is_urgent, c.secrets_sealed, c.due_at, c.pointless_at, c.attempts,
    CASE WHEN c.is_urgent THEN p_now
         ELSE platform.not_quiet(p_now, w.timezone, coalesce(s.quiet_from, '21:00'), coalesce(s.quiet_until, '08:00')) END,
    -- What WhatsApp has was counted then; the SMS that follows is no other message.
    c.taken_at IS NULL AND (coalesce(s.daily_cap, 500) = 0 OR EXISTS (
      SELECT FROM public.messages o WHERE o.workshop_id = c.workshop_id
        AND o.taken_at >= date_trunc('day', p_now AT TIME ZONE w.timezone) AT TIME ZONE w.timezone
      OFFSET greatest(coalesce(s.daily_cap, 500) - 1, 0) LIMIT 1)),
    w.language, t.text, w.name, w.phone, u.role = 'customer', u.disabled_at IS NOT NULL OR u.erased_at IS NOT NULL,
    coalesce(j.customer_name, u.display_name), u.phone_sealed, u.email,
    coalesce((SELECT a.given FROM public.consents a WHERE a.workshop_id = c.workshop_id AND a.customer_id = u.id
       AND a.subject = 'messages' ORDER BY a.id DESC LIMIT 1), false),
    (SELECT k.token_sealed FROM public.tracking_links k
       WHERE k.workshop_id = c.workshop_id AND k.job_id = c.job_id AND k.revoked_at IS NULL),
    j.car_model, j.work_type, j.status, j.held_since IS NOT NULL,
    (SELECT coalesce(bool_and(g.started_at IS NOT NULL), false) FROM public.job_stages g
       WHERE g.workshop_id = c.workshop_id AND g.job_id = c.job_id),
    EXISTS (SELECT FROM public.ratings r WHERE r.workshop_id = c.workshop_id AND r.job_id = c.job_id),
    g.name, g.sentence, j.estimated_end_time,
    to_char(j.estimated_end_time AT TIME ZONE w.timezone,
            CASE WHEN (j.estimated_end_time AT TIME ZONE w.timezone)::date = (p_now AT TIME ZONE w.timezone)::date
                 THEN 'FMHH12:MI AM' ELSE 'FMDD.FMMM. FMHH12:MI AM' END),
    j.time_reason, c.whatsapp_receipt, p.pit_number, a.alert_type, a.severity, a.value, a.message,
    a.resolved_at IS NOT NULL, a.acknowledged OR coalesce(a.snoozed_until > p_now, false)
  FROM claimed c
  JOIN public.workshops w ON w.id = c.workshop_id
  JOIN public.users u ON u.workshop_id = c.workshop_id AND u.id = c.recipient_id
  LEFT JOIN public.message_settings s ON s.workshop_id = c.workshop_id
  LEFT JOIN public.message_templates t ON t.workshop_id = c.workshop_id AND t.kind = c.kind AND t.language = w.language
  LEFT JOIN public.alerts a ON a.workshop_id = c.workshop_id AND a.id = c.alert_id
  LEFT JOIN public.pits p ON p.workshop_id = a.workshop_id AND p.id = a.pit_id
  LEFT JOIN public.jobs j ON j.workshop_id = c.workshop_id AND j.id = c.job_id
  LEFT JOIN LATERAL (
    SELECT g.name, g.sentence FROM public.job_stages g
    WHERE g.workshop_id = c.workshop_id AND g.job_id = c.job_id AND g.started_at IS NOT NULL AND g.finished_at IS NULL
    ORDER BY g.position LIMIT 1) g ON true
  ORDER BY c.is_urgent DESC, c.due_at, c.id
$$;
COMMENT ON FUNCTION platform.claim_messages(timestamptz, interval, integer) IS
  'What is to be sent now and nobody else sends, with what it takes to say it. For the lease it is the caller''s alone.';
GRANT EXECUTE ON FUNCTION platform.claim_messages(timestamptz, interval, integer) TO pitview_app;
