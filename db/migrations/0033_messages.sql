-- What customers and staff are told outside of the pages: written with its cause, sent by whichever server comes first.

ALTER TABLE public.tracking_links ADD token_sealed bytea;
COMMENT ON COLUMN public.tracking_links.token_hash IS 'SHA-256 of the 256 random bits in the link.';
COMMENT ON COLUMN public.tracking_links.token_sealed IS
  'The same bits under the server''s key, for the messages that come later; null: a link of before there were messages, or revoked.';
GRANT UPDATE (token_sealed) ON public.tracking_links TO pitview_app;

CREATE TABLE public.message_settings (
  workshop_id bigint PRIMARY KEY REFERENCES public.workshops (id),
  quiet_from time NOT NULL DEFAULT '21:00',
  quiet_until time NOT NULL DEFAULT '08:00',
  daily_cap integer NOT NULL DEFAULT 500 CHECK (daily_cap BETWEEN 0 AND 100000),
  after_care boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE public.message_settings IS 'When a workshop''s messages go out, and how many. No row: the defaults.';
COMMENT ON COLUMN public.message_settings.quiet_from IS 'In the workshop''s time zone: what is not urgent waits until quiet_until. Both the same: never quiet.';
COMMENT ON COLUMN public.message_settings.daily_cap IS 'Messages in one of its days; more are dropped, and say so.';
COMMENT ON COLUMN public.message_settings.after_care IS 'Hints 1, 7, 14 and 30 days after a job.';
SELECT platform.protect_tenant_table('public.message_settings');
GRANT SELECT, INSERT, UPDATE ON public.message_settings TO pitview_app;
GRANT SELECT ON public.message_settings TO pitview_readonly;

CREATE TABLE public.message_templates (
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  language text NOT NULL CHECK (language IN ('en', 'hi')),
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
  CONSTRAINT message_templates_pkey PRIMARY KEY (workshop_id, kind, language)
);
COMMENT ON TABLE public.message_templates IS 'A workshop''s own words. No row: the product''s.';
SELECT platform.protect_tenant_table('public.message_templates');
GRANT SELECT, INSERT, UPDATE, DELETE ON public.message_templates TO pitview_app;
GRANT SELECT ON public.message_templates TO pitview_readonly;

CREATE TABLE public.messages (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  job_id bigint,
  recipient_id bigint NOT NULL,
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 120),
  is_urgent boolean NOT NULL DEFAULT false,
  secrets_sealed bytea,
  due_at timestamptz NOT NULL,
  pointless_at timestamptz,
  status text NOT NULL DEFAULT 'waiting'
    CHECK (status IN ('waiting', 'sent', 'delivered', 'failed', 'dropped', 'not_sent')),
  reason text CHECK (length(reason) <= 500),
  channel text CHECK (channel IN ('whatsapp', 'sms', 'email', 'push')),
  attempts integer NOT NULL DEFAULT 0,
  next_try_at timestamptz,
  lease_until timestamptz,
  provider_id text CHECK (length(provider_id) <= 200),
  text_shown text CHECK (length(text_shown) <= 4000),
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT messages_key_key UNIQUE (workshop_id, key),
  CONSTRAINT messages_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT messages_recipient_fkey FOREIGN KEY (workshop_id, recipient_id) REFERENCES public.users (workshop_id, id),
  CONSTRAINT messages_end_check CHECK ((status = 'waiting') = (ended_at IS NULL)),
  CONSTRAINT messages_secrets_check CHECK (status = 'waiting' OR secrets_sealed IS NULL)
);
CREATE INDEX messages_due ON public.messages (due_at, id) WHERE status = 'waiting';
CREATE INDEX messages_waiting_of_job ON public.messages (workshop_id, job_id, due_at, id) WHERE status = 'waiting';
CREATE INDEX messages_of_job ON public.messages (workshop_id, job_id, id);
CREATE INDEX messages_of_day ON public.messages (workshop_id, ended_at) WHERE status IN ('sent', 'delivered');
COMMENT ON TABLE public.messages IS 'The outbox and its history: a message is there once its cause is committed.';
COMMENT ON COLUMN public.messages.key IS 'What it says, once: a second one of the same key is none.';
COMMENT ON COLUMN public.messages.secrets_sealed IS 'Words that are nowhere else (a first password), under the server''s key, until it is over.';
COMMENT ON COLUMN public.messages.due_at IS 'Not before; those of one job go out in the order in which they are due.';
COMMENT ON COLUMN public.messages.pointless_at IS 'Nobody wants to read it from then on: it is dropped.';
COMMENT ON COLUMN public.messages.next_try_at IS 'After a failure; its place among the job''s messages stays.';
COMMENT ON COLUMN public.messages.lease_until IS 'Somebody sends it now. When that time passes, whoever it was has died, and it is sent by another.';
COMMENT ON COLUMN public.messages.text_shown IS 'What was said, without secrets.';
SELECT platform.protect_tenant_table('public.messages');
GRANT SELECT, INSERT, DELETE ON public.messages TO pitview_app;
GRANT SELECT (id, workshop_id, job_id, recipient_id, kind, key, is_urgent, due_at, pointless_at, status, reason, channel, attempts,
              next_try_at, lease_until, provider_id, created_at, ended_at) ON public.messages TO pitview_readonly;

-- The first moment from p_at on that is not quiet.
CREATE FUNCTION platform.not_quiet(p_at timestamptz, p_zone text, p_from time, p_until time) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE
    WHEN p_from = p_until THEN p_at
    -- Over midnight: from 21:00 on until tomorrow's, before 08:00 until today's.
    WHEN p_from > p_until AND l::time >= p_from THEN (l::date + 1 + p_until) AT TIME ZONE p_zone
    WHEN p_from > p_until AND l::time < p_until THEN (l::date + p_until) AT TIME ZONE p_zone
    WHEN p_from < p_until AND l::time >= p_from AND l::time < p_until THEN (l::date + p_until) AT TIME ZONE p_zone
    ELSE p_at END
  FROM (SELECT p_at AT TIME ZONE p_zone AS l) AS local
$$;

CREATE FUNCTION platform.claim_messages(p_now timestamptz, p_lease interval, p_limit integer)
RETURNS TABLE (id bigint, workshop_id bigint, job_id bigint, kind text, is_urgent boolean, secrets_sealed bytea,
               due_at timestamptz, pointless_at timestamptz, attempts integer, allowed_at timestamptz, is_over_cap boolean,
               language text, own_words text, workshop_name text, workshop_phone text, is_customer boolean, is_away boolean,
               name text, phone_sealed bytea, email text, agreed boolean, link_sealed bytea,
               car_model text, work_type text, job_status text, held boolean, is_last_stage boolean, is_rated boolean,
               stage text, sentence text, ends_at timestamptz, ends_text text, time_reason text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH due AS (
    SELECT m.id FROM public.messages m
    WHERE m.status = 'waiting' AND m.due_at <= p_now AND coalesce(m.next_try_at, m.due_at) <= p_now
      AND coalesce(m.lease_until, p_now) <= p_now
      -- Of one job one after the other; one that has to wait lets none past.
      AND NOT EXISTS (
        SELECT FROM public.messages e
        WHERE e.workshop_id = m.workshop_id AND e.job_id = m.job_id AND e.status = 'waiting'
          AND (e.due_at, e.id) < (m.due_at, m.id))
    ORDER BY m.is_urgent DESC, m.due_at, m.id LIMIT p_limit FOR UPDATE SKIP LOCKED
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
COMMENT ON FUNCTION platform.claim_messages(timestamptz, interval, integer) IS
  'What is to be sent now and nobody else sends, with what it takes to say it. For the lease it is the caller''s alone.';
GRANT EXECUTE ON FUNCTION platform.claim_messages(timestamptz, interval, integer) TO pitview_app;

CREATE FUNCTION platform.end_message(p_id bigint, p_attempt integer, p_now timestamptz, p_status text, p_reason text, p_channel text,
                                     p_provider_id text, p_text text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH ended AS (
    UPDATE public.messages SET status = p_status, reason = left(p_reason, 500), channel = p_channel, provider_id = p_provider_id,
      text_shown = left(p_text, 4000), ended_at = p_now, lease_until = NULL, next_try_at = NULL, secrets_sealed = NULL
    WHERE id = p_id AND status = 'waiting' AND attempts = p_attempt RETURNING 1
  ) SELECT EXISTS (SELECT FROM ended)
$$;
COMMENT ON FUNCTION platform.end_message(bigint, integer, timestamptz, text, text, text, text, text) IS
  'What has become of a claimed message. False: the lease had passed, and another has it by now.';
GRANT EXECUTE ON FUNCTION platform.end_message(bigint, integer, timestamptz, text, text, text, text, text) TO pitview_app;

CREATE FUNCTION platform.put_message_off(p_id bigint, p_attempt integer, p_due timestamptz, p_next_try timestamptz, p_reason text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  UPDATE public.messages SET due_at = coalesce(p_due, due_at), next_try_at = p_next_try, reason = left(p_reason, 500), lease_until = NULL,
    -- Waiting for the morning is no failure.
    attempts = CASE WHEN p_due IS NULL THEN attempts ELSE attempts - 1 END
  WHERE id = p_id AND status = 'waiting' AND attempts = p_attempt
$$;
COMMENT ON FUNCTION platform.put_message_off(bigint, integer, timestamptz, timestamptz, text) IS
  'A claimed message that is due later (quiet hours), or is tried again later and keeps its place.';
GRANT EXECUTE ON FUNCTION platform.put_message_off(bigint, integer, timestamptz, timestamptz, text) TO pitview_app;
