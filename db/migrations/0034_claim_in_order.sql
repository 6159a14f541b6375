-- What is due is found in the order of an index: with a hundred thousand that wait, sixty-four took 200 ms to find.

DROP INDEX public.messages_due;
CREATE INDEX messages_due ON public.messages (is_urgent, due_at, id) WHERE status = 'waiting';

-- Nobody sends it now, it need not wait for another try, and none of its job comes before it: of one job one goes after the
-- other, and one that has to wait lets none past. Without a search path of its own, so that it becomes part of the query.
CREATE FUNCTION platform.is_next_message(m public.messages, p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(m.next_try_at, m.due_at) <= p_now AND coalesce(m.lease_until, p_now) <= p_now
    AND NOT EXISTS (
      SELECT FROM public.messages e
      WHERE e.workshop_id = m.workshop_id AND e.job_id = m.job_id AND e.status = 'waiting'
        AND (e.due_at, e.id) < (m.due_at, m.id))
$$;

CREATE OR REPLACE FUNCTION platform.claim_messages(p_now timestamptz, p_lease interval, p_limit integer)
RETURNS TABLE (id bigint, workshop_id bigint, job_id bigint, kind text, is_urgent boolean, secrets_sealed bytea,
               due_at timestamptz, pointless_at timestamptz, attempts integer, allowed_at timestamptz, is_over_cap boolean,
               language text, own_words text, workshop_name text, workshop_phone text, is_customer boolean, is_away boolean,
               name text, phone_sealed bytea, email text, agreed boolean, link_sealed bytea,
               car_model text, work_type text, job_status text, held boolean, is_last_stage boolean, is_rated boolean,
               stage text, sentence text, ends_at timestamptz, ends_text text, time_reason text)
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
    coalesce(s.daily_cap, 500) = 0 OR EXISTS (
      SELECT FROM public.messages o WHERE o.workshop_id = c.workshop_id AND o.status IN ('sent', 'delivered')
        AND o.ended_at >= date_trunc('day', p_now AT TIME ZONE w.timezone) AT TIME ZONE w.timezone
      OFFSET greatest(coalesce(s.daily_cap, 500) - 1, 0) LIMIT 1),
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
    j.time_reason
  FROM claimed c
  JOIN public.workshops w ON w.id = c.workshop_id
  JOIN public.users u ON u.workshop_id = c.workshop_id AND u.id = c.recipient_id
  LEFT JOIN public.message_settings s ON s.workshop_id = c.workshop_id
  LEFT JOIN public.message_templates t ON t.workshop_id = c.workshop_id AND t.kind = c.kind AND t.language = w.language
  LEFT JOIN public.jobs j ON j.workshop_id = c.workshop_id AND j.id = c.job_id
  LEFT JOIN LATERAL (
    SELECT g.name, g.sentence FROM public.job_stages g
    WHERE g.workshop_id = c.workshop_id AND g.job_id = c.job_id AND g.started_at IS NOT NULL AND g.finished_at IS NULL
    ORDER BY g.position LIMIT 1) g ON true
  ORDER BY c.is_urgent DESC, c.due_at, c.id
$$;
