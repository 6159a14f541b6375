-- What providers say of messages afterwards, WhatsApp before SMS, people who write STOP, and what it all costs.

ALTER TABLE public.messages
  ADD receipt text CHECK (receipt IN ('queued', 'sent', 'undelivered', 'failed', 'delivered', 'read')),
  ADD whatsapp_id text CHECK (length(whatsapp_id) <= 200),
  ADD whatsapp_receipt text CHECK (whatsapp_receipt IN ('queued', 'sent', 'undelivered', 'failed', 'delivered', 'read')),
  ADD taken_at timestamptz,
  ADD sms_segments integer NOT NULL DEFAULT 0 CHECK (sms_segments >= 0),
  ADD cost_paise bigint NOT NULL DEFAULT 0 CHECK (cost_paise >= 0),
  ADD CONSTRAINT messages_whatsapp_check CHECK ((whatsapp_id IS NULL) = (whatsapp_receipt IS NULL));
UPDATE public.messages SET taken_at = ended_at WHERE status IN ('sent', 'delivered');
COMMENT ON COLUMN public.messages.provider_id IS 'The name of the SMS or e-mail at its provider.';
COMMENT ON COLUMN public.messages.receipt IS 'The last that the provider said of provider_id; null: nothing.';
COMMENT ON COLUMN public.messages.whatsapp_id IS
  'WhatsApp has taken it. While it waits, an SMS follows at next_try_at, unless a receipt says that it has arrived.';
COMMENT ON COLUMN public.messages.whatsapp_receipt IS 'The last that was said of whatsapp_id.';
COMMENT ON COLUMN public.messages.taken_at IS 'When a provider first had it: the day whose cap, and the month whose cost it is.';
COMMENT ON COLUMN public.messages.sms_segments IS 'As how many SMS it was charged.';
COMMENT ON COLUMN public.messages.cost_paise IS 'Estimated, at the prices of that day; 0: the price is not known.';
DROP INDEX public.messages_of_day;
CREATE INDEX messages_taken ON public.messages (workshop_id, taken_at) WHERE taken_at IS NOT NULL;
GRANT SELECT (receipt, whatsapp_receipt, taken_at, sms_segments, cost_paise) ON public.messages TO pitview_readonly;
-- What is taken back although WhatsApp has it stays in the history; it gets no SMS.
GRANT UPDATE (status, reason, ended_at, next_try_at, secrets_sealed) ON public.messages TO pitview_app;

ALTER TABLE public.consents ADD by_message boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN public.consents.by_message IS
  'The customer wrote STOP or START, or the provider says that they want no messages. START gives back only what that ended.';
GRANT SELECT (by_message) ON public.consents TO pitview_readonly;
CREATE INDEX users_customers_by_phone ON public.users (phone_lookup) WHERE role = 'customer' AND phone_lookup IS NOT NULL;

CREATE TABLE platform.keywords_taken (
  provider_id text PRIMARY KEY CHECK (length(provider_id) BETWEEN 1 AND 64),
  taken_at timestamptz NOT NULL
);
COMMENT ON TABLE platform.keywords_taken IS
  'Each STOP and START by its provider''s name for it, and nothing else of it: a second time it means nothing.';

-- None of its job comes before it that has not been said yet in some way: what WhatsApp has lets others past, because
-- five minutes without an answer of a phone are no reason to hold up what is said next.
CREATE OR REPLACE FUNCTION platform.is_next_message(m public.messages, p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE
AS $$
  SELECT coalesce(m.next_try_at, m.due_at) <= p_now AND coalesce(m.lease_until, p_now) <= p_now
    AND NOT EXISTS (
      SELECT FROM public.messages e
      WHERE e.workshop_id = m.workshop_id AND e.job_id = m.job_id AND e.status = 'waiting' AND e.whatsapp_id IS NULL
        AND (e.due_at, e.id) < (m.due_at, m.id))
$$;

DROP FUNCTION platform.claim_messages(timestamptz, interval, integer);
CREATE FUNCTION platform.claim_messages(p_now timestamptz, p_lease interval, p_limit integer)
RETURNS TABLE (id bigint, workshop_id bigint, job_id bigint, kind text, is_urgent boolean, secrets_sealed bytea,
               due_at timestamptz, pointless_at timestamptz, attempts integer, allowed_at timestamptz, is_over_cap boolean,
               language text, own_words text, workshop_name text, workshop_phone text, is_customer boolean, is_away boolean,
               name text, phone_sealed bytea, email text, agreed boolean, link_sealed bytea,
               car_model text, work_type text, job_status text, held boolean, is_last_stage boolean, is_rated boolean,
               stage text, sentence text, ends_at timestamptz, ends_text text, time_reason text,
               whatsapp_receipt text)
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
    j.time_reason, c.whatsapp_receipt
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

DROP FUNCTION platform.end_message(bigint, integer, timestamptz, text, text, text, text, text);
CREATE FUNCTION platform.end_message(p_id bigint, p_attempt integer, p_now timestamptz, p_status text, p_reason text, p_channel text,
                                     p_provider_id text, p_text text, p_segments integer DEFAULT 0, p_cost_paise bigint DEFAULT 0)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
BEGIN
  UPDATE public.messages SET status = p_status, reason = left(p_reason, 500), channel = p_channel,
    provider_id = coalesce(p_provider_id, provider_id), text_shown = coalesce(left(p_text, 4000), text_shown),
    taken_at = CASE WHEN p_status = 'sent' THEN coalesce(taken_at, p_now) ELSE taken_at END,
    sms_segments = sms_segments + p_segments, cost_paise = cost_paise + p_cost_paise,
    ended_at = p_now, lease_until = NULL, next_try_at = NULL, secrets_sealed = NULL
  WHERE id = p_id AND status = 'waiting' AND attempts = p_attempt;
  IF FOUND THEN RETURN true; END IF;
  -- Its receipt was here before the provider's answer, or it has arrived by WhatsApp meanwhile. A statement of its own:
  -- in one with the other it would not see the receipt that the other has waited for.
  UPDATE public.messages SET provider_id = p_provider_id, text_shown = coalesce(text_shown, left(p_text, 4000)),
    sms_segments = p_segments, cost_paise = cost_paise + p_cost_paise
  WHERE id = p_id AND status <> 'waiting' AND attempts = p_attempt AND p_status = 'sent' AND p_provider_id IS NOT NULL
    AND coalesce(provider_id, p_provider_id) = p_provider_id;
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION platform.end_message(bigint, integer, timestamptz, text, text, text, text, text, integer, bigint) IS
  'What has become of a claimed message. False: the lease had passed, and another has it by now.';
GRANT EXECUTE ON FUNCTION platform.end_message(bigint, integer, timestamptz, text, text, text, text, text, integer, bigint)
  TO pitview_app;

CREATE FUNCTION platform.await_receipt(p_id bigint, p_attempt integer, p_now timestamptz, p_fallback_at timestamptz,
                                       p_whatsapp_id text, p_reason text, p_text text, p_cost_paise bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  m public.messages;
  failed boolean;
BEGIN
  SELECT * INTO m FROM public.messages WHERE id = p_id AND attempts = p_attempt FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  IF m.status <> 'waiting' THEN
    -- Its receipt was here before the provider's answer.
    UPDATE public.messages SET text_shown = coalesce(text_shown, left(p_text, 4000)), cost_paise = cost_paise + p_cost_paise
    WHERE id = p_id AND whatsapp_id = p_whatsapp_id;
    RETURN FOUND;
  END IF;
  failed := coalesce(m.whatsapp_id = p_whatsapp_id AND m.whatsapp_receipt IN ('undelivered', 'failed'), false);
  UPDATE public.messages SET channel = 'whatsapp', whatsapp_id = p_whatsapp_id,
    whatsapp_receipt = CASE WHEN m.whatsapp_id = p_whatsapp_id THEN m.whatsapp_receipt ELSE 'queued' END,
    status = CASE WHEN p_fallback_at IS NOT NULL THEN 'waiting' WHEN failed THEN 'failed' ELSE 'sent' END,
    ended_at = CASE WHEN p_fallback_at IS NULL THEN p_now END,
    secrets_sealed = CASE WHEN p_fallback_at IS NOT NULL THEN m.secrets_sealed END,
    next_try_at = CASE WHEN p_fallback_at IS NOT NULL AND failed THEN p_now ELSE p_fallback_at END,
    reason = CASE WHEN failed THEN m.reason ELSE left(p_reason, 500) END,
    text_shown = left(p_text, 4000), taken_at = coalesce(m.taken_at, p_now), cost_paise = m.cost_paise + p_cost_paise,
    lease_until = NULL
  WHERE id = p_id;
  RETURN true;
END
$$;
COMMENT ON FUNCTION platform.await_receipt(bigint, integer, timestamptz, timestamptz, text, text, text, bigint) IS
  'WhatsApp has a claimed message: it is claimed again at p_fallback_at, or once a receipt says that it failed; null: there '
  'is no other way, and it is sent. False: the lease had passed, and another has it by now.';
GRANT EXECUTE ON FUNCTION platform.await_receipt(bigint, integer, timestamptz, timestamptz, text, text, text, bigint)
  TO pitview_app;

-- The order of libs/messaging, supersedes(): one is news after another of a lower rank.
CREATE FUNCTION platform.receipt_rank(p_receipt text) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT CASE p_receipt WHEN 'queued' THEN 0 WHEN 'sent' THEN 1 WHEN 'undelivered' THEN 2 WHEN 'failed' THEN 2
                        WHEN 'delivered' THEN 3 WHEN 'read' THEN 4 ELSE -1 END
$$;

CREATE FUNCTION platform.note_receipt(p_id bigint, p_is_whatsapp boolean, p_provider_id text, p_receipt text, p_reason text,
                                      p_now timestamptz, p_fallback_at timestamptz)
RETURNS TABLE (phone_lookup bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  m public.messages;
  by_whatsapp boolean;
  known_id text;
  known text;
  arrived constant boolean := p_receipt IN ('delivered', 'read');
  failed constant boolean := p_receipt IN ('undelivered', 'failed');
BEGIN
  SELECT * INTO m FROM public.messages WHERE id = p_id FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  -- The provider's name for it says which of both it is; where that is not known yet, the receipt does.
  by_whatsapp := CASE WHEN p_provider_id = m.whatsapp_id THEN true WHEN p_provider_id = m.provider_id THEN false
                      ELSE p_is_whatsapp END;
  known_id := CASE WHEN by_whatsapp THEN m.whatsapp_id ELSE m.provider_id END;
  known := CASE WHEN by_whatsapp THEN m.whatsapp_receipt ELSE m.receipt END;
  -- Of another message of the same account; or one whose answer was lost, which only one that was tried can have.
  IF known_id IS DISTINCT FROM p_provider_id
     AND (known_id IS NOT NULL OR m.status <> 'waiting' OR m.attempts = 0) THEN RETURN; END IF;
  IF platform.receipt_rank(p_receipt) <= platform.receipt_rank(known) THEN RETURN; END IF;

  IF by_whatsapp THEN
    UPDATE public.messages SET whatsapp_id = p_provider_id, whatsapp_receipt = p_receipt,
      taken_at = coalesce(m.taken_at, p_now),
      -- An SMS that is on its way says by itself what becomes of it.
      status = CASE WHEN arrived THEN 'delivered'
                    WHEN failed AND m.status = 'sent' AND m.channel = 'whatsapp' THEN 'failed' ELSE m.status END,
      channel = CASE WHEN arrived AND m.status <> 'delivered' OR m.status = 'waiting' THEN 'whatsapp' ELSE m.channel END,
      reason = CASE WHEN arrived THEN NULL
                    WHEN failed AND (m.status = 'waiting' OR m.status = 'sent' AND m.channel = 'whatsapp')
                    THEN left(p_reason, 500) ELSE m.reason END,
      next_try_at = CASE WHEN arrived THEN NULL WHEN m.status <> 'waiting' THEN m.next_try_at WHEN failed THEN p_now
                         WHEN m.whatsapp_id IS NULL THEN p_fallback_at ELSE m.next_try_at END,
      ended_at = CASE WHEN arrived THEN coalesce(m.ended_at, p_now) ELSE m.ended_at END,
      lease_until = CASE WHEN arrived THEN NULL ELSE m.lease_until END,
      secrets_sealed = CASE WHEN arrived THEN NULL ELSE m.secrets_sealed END
    WHERE id = p_id;
  ELSE
    UPDATE public.messages SET provider_id = p_provider_id, receipt = p_receipt, taken_at = coalesce(m.taken_at, p_now),
      sms_segments = greatest(m.sms_segments, 1),
      status = CASE WHEN m.status NOT IN ('waiting', 'sent', 'failed') THEN m.status WHEN arrived THEN 'delivered'
                    WHEN failed THEN 'failed' WHEN m.status = 'waiting' THEN 'sent' ELSE m.status END,
      channel = CASE WHEN m.status = 'delivered' THEN m.channel ELSE 'sms' END,
      reason = CASE WHEN m.status = 'delivered' OR arrived THEN NULL WHEN failed THEN left(p_reason, 500)
                    WHEN m.status = 'waiting' THEN NULL ELSE m.reason END,
      next_try_at = NULL, ended_at = coalesce(m.ended_at, p_now), lease_until = NULL, secrets_sealed = NULL
    WHERE id = p_id;
  END IF;
  RETURN QUERY SELECT u.phone_lookup FROM public.users u WHERE u.workshop_id = m.workshop_id AND u.id = m.recipient_id;
END
$$;
COMMENT ON FUNCTION platform.note_receipt(bigint, boolean, text, text, text, timestamptz, timestamptz) IS
  'What the provider says of a message that it has, in any order and as often as it likes. No row: it is no news, or not of '
  'that message; else whom the message was for.';
GRANT EXECUTE ON FUNCTION platform.note_receipt(bigint, boolean, text, text, text, timestamptz, timestamptz) TO pitview_app;

CREATE FUNCTION platform.set_messages_wanted(p_phone_lookup bytea, p_wanted boolean, p_provider_id text, p_now timestamptz)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  who record;
  newest public.consents;
  changed integer := 0;
BEGIN
  IF p_provider_id IS NOT NULL THEN
    INSERT INTO platform.keywords_taken VALUES (p_provider_id, p_now) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN 0; END IF;
  END IF;
  -- Of two answers at once one is before the other, as everywhere that consents are written.
  FOR who IN
    SELECT workshop_id, id FROM public.users
    WHERE role = 'customer' AND phone_lookup = p_phone_lookup AND erased_at IS NULL
    ORDER BY workshop_id, id FOR NO KEY UPDATE
  LOOP
    SELECT * INTO newest FROM public.consents
    WHERE workshop_id = who.workshop_id AND customer_id = who.id AND subject = 'messages' ORDER BY id DESC LIMIT 1;
    CONTINUE WHEN NOT FOUND OR newest.given = p_wanted OR (p_wanted AND NOT newest.by_message);
    INSERT INTO public.consents (workshop_id, customer_id, subject, given, text_version, recorded_by, recorded_at, by_message)
    VALUES (who.workshop_id, who.id, 'messages', p_wanted, newest.text_version, who.id, p_now, true);
    INSERT INTO public.audit_log (workshop_id, actor_user_id, action, subject_type, subject_id, before, after)
    VALUES (who.workshop_id, who.id, CASE WHEN p_wanted THEN 'consent.start' ELSE 'consent.stop' END, 'customer', who.id,
            jsonb_build_object('messages', newest.given), jsonb_build_object('messages', p_wanted));
    changed := changed + 1;
  END LOOP;
  RETURN changed;
END
$$;
COMMENT ON FUNCTION platform.set_messages_wanted(bytea, boolean, text, timestamptz) IS
  'STOP and START of a telephone number, in every workshop where it is a customer''s; how many consents changed. The same '
  'message of the customer means it once.';
GRANT EXECUTE ON FUNCTION platform.set_messages_wanted(bytea, boolean, text, timestamptz) TO pitview_app;
