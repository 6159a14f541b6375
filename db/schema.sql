-- Generated from db/migrations (see db/tests/schema_file_test.cpp). Do not edit.

CREATE SCHEMA platform;

ALTER SCHEMA platform OWNER TO pitview_owner;

COMMENT ON SCHEMA platform IS 'What belongs to no workshop, and the named functions that look across workshops.';

COMMENT ON SCHEMA public IS 'Tables that belong to a workshop; every row is behind row-level security.';

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA platform;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE FUNCTION platform.add_default_work_types(p_workshop bigint) RETURNS void
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  WITH made AS (
    INSERT INTO public.work_type_templates (workshop_id, name, default_minutes, position, temperature_min,
                                            temperature_max, humidity_min, humidity_max, dew_margin_min, aqi_max)
    VALUES (p_workshop, 'Full PPF', 360, 1, 15, 30, 30, 70, 3, 150),
           (p_workshop, 'Partial PPF', 180, 2, 15, 30, 30, 70, 3, 150),
           (p_workshop, 'Ceramic Coating', 240, 3, 15, 25, 40, 60, 3, 150),
           (p_workshop, 'Custom', NULL, 4, 15, 30, 30, 70, 3, 150)
    ON CONFLICT DO NOTHING
    RETURNING id, name
  )
  INSERT INTO public.template_stages (workshop_id, template_id, position, name, weight, sentence)
  SELECT p_workshop, made.id, s.position, s.name, s.weight, s.sentence
  FROM made JOIN (VALUES
    ('Full PPF', 1, 'Surface Prep', 25,
     'We are washing and decontaminating the paint, so that nothing stays under the film.'),
    ('Full PPF', 2, 'PPF Installation', 50, 'The film is going on, panel by panel.'),
    ('Full PPF', 3, 'Curing', 15, 'The film is bonding to the paint under warm light.'),
    ('Full PPF', 4, 'Quality Check', 10, 'We are looking at every edge before you get your car back.'),
    ('Partial PPF', 1, 'Surface Prep', 25, 'We are washing and decontaminating the panels that get film.'),
    ('Partial PPF', 2, 'PPF Installation', 50, 'The film is going on, panel by panel.'),
    ('Partial PPF', 3, 'Curing', 15, 'The film is bonding to the paint under warm light.'),
    ('Partial PPF', 4, 'Quality Check', 10, 'We are looking at every edge before you get your car back.'),
    ('Ceramic Coating', 1, 'Surface Prep', 35, 'We are polishing the paint, so that the coating bonds evenly.'),
    ('Ceramic Coating', 2, 'Coating', 30, 'The coating is being applied, panel by panel.'),
    ('Ceramic Coating', 3, 'Curing', 25, 'The coating is hardening; it must stay dry and clean now.'),
    ('Ceramic Coating', 4, 'Quality Check', 10, 'We are looking at every panel before you get your car back.'),
    ('Custom', 1, 'Preparation', 25, 'We are getting your car ready for the work.'),
    ('Custom', 2, 'Work', 60, 'Your car is being worked on.'),
    ('Custom', 3, 'Quality Check', 15, 'We are checking everything before you get your car back.')
  ) AS s (type, position, name, weight, sentence) ON s.type = made.name
$$;

ALTER FUNCTION platform.add_default_work_types(p_workshop bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.add_default_work_types(p_workshop bigint) IS 'Gives a workshop the work types everyone begins with; those whose name it has already are left as they are.';

CREATE FUNCTION platform.alert_rules_of_all() RETURNS TABLE(workshop_id bigint, work_type text, stage text, alert_type text, enabled boolean, severity text, low double precision, high double precision, critical_low double precision, critical_high double precision, hysteresis double precision, for_seconds integer, escalate_after_seconds integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT workshop_id, work_type, stage, alert_type, enabled, severity, low, high, critical_low, critical_high,
         hysteresis, for_seconds, escalate_after_seconds
  FROM public.alert_rules ORDER BY workshop_id, work_type, stage
$$;

ALTER FUNCTION platform.alert_rules_of_all() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.alert_rules_of_all() IS 'The wider ones of a workshop come before the narrower.';

CREATE FUNCTION platform.apply_due_suspensions() RETURNS TABLE(workshop_id bigint, code text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH due AS (
    UPDATE public.workshops w SET subscription_status = 'suspended', suspend_requested_at = NULL
    WHERE w.suspend_requested_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM public.jobs j WHERE j.workshop_id = w.id
                                                  AND j.status IN ('in_progress', 'on_hold', 'quality_check'))
    RETURNING w.id, w.code, w.status_reason
  ), recorded AS (
    INSERT INTO public.audit_log (workshop_id, action, subject_type, subject_id, after)
    SELECT d.id, 'workshop.suspend', 'workshop', d.id,
           jsonb_build_object('subscription_status', 'suspended', 'status_reason', d.status_reason)
    FROM due d
  )
  SELECT d.id, d.code FROM due d
$$;

ALTER FUNCTION platform.apply_due_suspensions() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.apply_due_suspensions() IS 'Suspends the workshops whose suspension waited for the end of their running jobs, once there is none; says which.';

CREATE FUNCTION platform.await_receipt(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_fallback_at timestamp with time zone, p_whatsapp_id text, p_reason text, p_text text, p_cost_paise bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
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

ALTER FUNCTION platform.await_receipt(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_fallback_at timestamp with time zone, p_whatsapp_id text, p_reason text, p_text text, p_cost_paise bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.await_receipt(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_fallback_at timestamp with time zone, p_whatsapp_id text, p_reason text, p_text text, p_cost_paise bigint) IS 'WhatsApp has a claimed message: it is claimed again at p_fallback_at, or once a receipt says that it failed; null: there is no other way, and it is sent. False: the lease had passed, and another has it by now.';

CREATE FUNCTION platform.bound_readings_set_aside() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  DELETE FROM platform.readings_set_aside WHERE id IN (
    SELECT id FROM platform.readings_set_aside
    WHERE id <= (SELECT max(id) FROM platform.readings_set_aside) - 100000
    FOR UPDATE SKIP LOCKED)
$$;

ALTER FUNCTION platform.bound_readings_set_aside() OWNER TO pitview_owner;

CREATE FUNCTION platform.broker_devices(p_device_key bigint) RETURNS TABLE(device_key bigint, device_id text, device_status text, mqtt_password_sealed bytea, command_key_sealed bytea, workshop_code text, pit_number integer, state_version bigint, state_licence text, state_reason text, temperature_offset_centi integer, humidity_offset_centi integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT d.id, d.device_id, d.status, d.mqtt_password_sealed, d.command_key_sealed, w.code, p.pit_number,
         d.state_version, d.state_licence, d.state_reason, d.temperature_offset_centi, d.humidity_offset_centi
  FROM public.devices d
  JOIN public.workshops w ON w.id = d.workshop_id
  LEFT JOIN public.device_assignments a ON a.device_key = d.id AND a.released_at IS NULL
  LEFT JOIN public.pits p ON p.id = a.pit_id
  WHERE d.workshop_id <> 1 AND d.mqtt_password_sealed IS NOT NULL AND (p_device_key IS NULL OR d.id = p_device_key)
  ORDER BY d.id
$$;

ALTER FUNCTION platform.broker_devices(p_device_key bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.broker_devices(p_device_key bigint) IS 'What the broker must know of a claimed device, or of all of them (null): its account and its desired state. Retired ones are in it, because their accounts must go.';

CREATE FUNCTION platform.certificate_of_token(p_token text) RETURNS TABLE(statement text, signature bytea, key_id text, version integer, newest integer)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT c.statement, c.signature, c.key_id, c.version,
         (SELECT max(n.version) FROM public.job_certificates n WHERE n.workshop_id = c.workshop_id AND n.job_id = c.job_id)
  FROM public.job_certificates c WHERE c.token = p_token
$$;

ALTER FUNCTION platform.certificate_of_token(p_token text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.certificate_of_token(p_token text) IS 'The certificate that somebody holds, whose ever it is.';

CREATE FUNCTION platform.claim_device(p_device_id text, p_code_hash bytea) RETURNS TABLE(outcome text, device_key bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  workshop bigint := public.current_workshop();
  device public.devices%ROWTYPE;
BEGIN
  -- Of claims at the same time the second one waits here and finds the device claimed.
  SELECT * INTO device FROM public.devices d WHERE d.device_id = p_device_id FOR UPDATE;
  IF device.id IS NULL OR device.claim_code_hash IS DISTINCT FROM p_code_hash OR device.claim_code_hash IS NULL THEN
    RETURN QUERY SELECT 'invalid', NULL::bigint;
  ELSIF device.claimed_at IS NOT NULL OR device.workshop_id <> 1 THEN
    RETURN QUERY SELECT 'used', NULL::bigint;
  ELSIF device.claim_expires_at <= now() THEN
    RETURN QUERY SELECT 'expired', NULL::bigint;
  ELSIF workshop = 1 THEN
    RAISE EXCEPTION 'the platform cannot claim a device' USING ERRCODE = '22023';
  ELSE
    UPDATE public.devices d SET workshop_id = workshop, claimed_at = now() WHERE d.id = device.id;
    RETURN QUERY SELECT 'claimed', device.id;
  END IF;
END
$$;

ALTER FUNCTION platform.claim_device(p_device_id text, p_code_hash bytea) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.claim_device(p_device_id text, p_code_hash bytea) IS 'Moves an unclaimed device into the workshop of the transaction, given the SHA-256 of its code. outcome: claimed, invalid (no such device, or not its code), used, expired.';

CREATE FUNCTION platform.claim_messages(p_now timestamp with time zone, p_lease interval, p_limit integer) RETURNS TABLE(id bigint, workshop_id bigint, job_id bigint, kind text, is_urgent boolean, secrets_sealed bytea, due_at timestamp with time zone, pointless_at timestamp with time zone, attempts integer, allowed_at timestamp with time zone, is_over_cap boolean, language text, own_words text, workshop_name text, workshop_phone text, is_customer boolean, is_away boolean, name text, phone_sealed bytea, email text, agreed boolean, link_sealed bytea, car_model text, work_type text, job_status text, held boolean, is_last_stage boolean, is_rated boolean, stage text, sentence text, ends_at timestamp with time zone, ends_text text, time_reason text, whatsapp_receipt text, pit_number integer, alert_type text, alert_severity text, alert_value double precision, alert_message text, alert_over boolean, alert_noticed boolean)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
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

ALTER FUNCTION platform.claim_messages(p_now timestamp with time zone, p_lease interval, p_limit integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.claim_messages(p_now timestamp with time zone, p_lease interval, p_limit integer) IS 'What is to be sent now and nobody else sends, with what it takes to say it. For the lease it is the caller''s alone.';

CREATE FUNCTION platform.clear_login_failures(p_username text, p_ip inet) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  DELETE FROM platform.login_failures WHERE username_key = platform.login_key(p_username) AND ip = p_ip
$$;

ALTER FUNCTION platform.clear_login_failures(p_username text, p_ip inet) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.clear_login_failures(p_username text, p_ip inet) IS 'After a successful login.';

CREATE FUNCTION platform.clips_to_do() RETURNS TABLE(workshop_id bigint, clip_id bigint, pit_id bigint, kind text, status text, from_at timestamp with time zone, to_at timestamp with time zone, workshop_name text, workshop_phone text, car_model text, work_type text, started_on text, ended_at_local text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT c.workshop_id, c.id, c.pit_id, c.kind, c.status, c.from_at, c.to_at, w.name, w.phone,
         coalesce(j.car_model, ''), coalesce(j.work_type, ''),
         to_char(c.from_at AT TIME ZONE w.timezone, 'FMDD Mon YYYY'),
         to_char(c.to_at AT TIME ZONE w.timezone, 'FMDD Mon YYYY, FMHH12:MI am')
  FROM public.clips c JOIN public.workshops w ON w.id = c.workshop_id
  LEFT JOIN public.jobs j ON j.workshop_id = c.workshop_id AND j.id = c.job_id
  WHERE c.status IN ('pending', 'removed') ORDER BY c.id LIMIT 200
$$;

ALTER FUNCTION platform.clips_to_do() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.clips_to_do() IS 'Clips that the gateway is to make, or to let go; of time-lapses with their words, which name no person and no plate.';

CREATE FUNCTION platform.commit_readings(OUT inserted bigint, OUT duplicates bigint, OUT no_assignment bigint, OUT too_old bigint, OUT in_future bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  oldest timestamptz := now() - interval '90 days';
  newest timestamptz := now() + interval '1 day';
  -- Packed is what is at least two days older than this midnight; a day more,
  -- because packing may look at the clock later than this transaction.
  open_since timestamptz := date_trunc('day', now(), 'UTC') - interval '1 day';
  -- An hour that ended a minute ago may have its rollup; platform.roll_up().
  over timestamptz := greatest(date_bin('1 hour', clock_timestamp() - interval '1 minute', '2000-01-01 00:00:00+00'),
                               (SELECT p.done_until FROM platform.rollup_progress p));
  earliest timestamptz;
  day date;
  staged bigint;
BEGIN
  SELECT min(s.measured_at) INTO earliest FROM pg_temp.readings_staging s;

  -- Days that may be packed must not leave sensor_data between here and the INSERT.
  -- The table's lock, which the INSERT takes anyway, makes this session forget what
  -- it knew of partitions: an advisory lock alone does not, and one that has left
  -- would still seem to be there.
  IF earliest < open_since THEN
    PERFORM pg_advisory_xact_lock_shared(hashtext('platform.closing'));
    LOCK TABLE public.sensor_data IN ROW EXCLUSIVE MODE;
  END IF;

  FOR day IN SELECT DISTINCT (s.measured_at AT TIME ZONE 'UTC')::date FROM pg_temp.readings_staging s
             WHERE s.measured_at BETWEEN oldest AND newest
  LOOP
    PERFORM platform.ensure_partition(day);
  END LOOP;

  -- In the order of the key: two sessions that store the same redelivered
  -- readings then wait for each other and cannot deadlock.
  INSERT INTO public.sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq,
                                  temperature, humidity, pressure, gas_ohm, aqi, iaq_accuracy, replayed)
  SELECT a.workshop_id, a.pit_id, s.device_key, s.measured_at, s.received_at, s.boot_id, s.seq,
         s.temperature, s.humidity, s.pressure, s.gas_ohm, s.aqi, s.iaq_accuracy, s.replayed
  FROM pg_temp.readings_staging s
  JOIN public.device_assignments a
    ON a.device_key = s.device_key AND a.assigned_at <= s.measured_at
   AND (a.released_at IS NULL OR s.measured_at < a.released_at)
  WHERE s.measured_at BETWEEN oldest AND newest
    AND (s.measured_at >= open_since
         OR NOT platform.is_packed(a.pit_id, s.device_key, s.measured_at, s.boot_id, s.seq))
  ORDER BY a.pit_id, s.measured_at, s.device_key, s.boot_id, s.seq
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS inserted = ROW_COUNT;
  SELECT count(*) INTO staged FROM pg_temp.readings_staging;
  duplicates := 0;
  no_assignment := 0;
  too_old := 0;
  in_future := 0;

  IF inserted < staged THEN
    -- Some were stored before or have no place. One statement, so that each of them
    -- is judged by one state of the assignments: it is stored or set aside, never
    -- neither, also when it found its place only now.
    WITH placed AS MATERIALIZED (
      SELECT s.*, a.workshop_id, a.pit_id,
             CASE WHEN s.measured_at < oldest THEN 'too_old'
                  WHEN s.measured_at > newest THEN 'in_future'
                  WHEN a.pit_id IS NULL THEN 'no_assignment'
                  WHEN s.measured_at < open_since
                   AND platform.is_packed(a.pit_id, s.device_key, s.measured_at, s.boot_id, s.seq) THEN 'known'
             END AS reason
      FROM pg_temp.readings_staging s
      LEFT JOIN public.device_assignments a
        ON a.device_key = s.device_key AND a.assigned_at <= s.measured_at
       AND (a.released_at IS NULL OR s.measured_at < a.released_at)
    ), stored AS (
      INSERT INTO public.sensor_data (workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq,
                                      temperature, humidity, pressure, gas_ohm, aqi, iaq_accuracy, replayed)
      SELECT p.workshop_id, p.pit_id, p.device_key, p.measured_at, p.received_at, p.boot_id, p.seq,
             p.temperature, p.humidity, p.pressure, p.gas_ohm, p.aqi, p.iaq_accuracy, p.replayed
      FROM placed p WHERE p.reason IS NULL
      ORDER BY p.pit_id, p.measured_at, p.device_key, p.boot_id, p.seq
      ON CONFLICT DO NOTHING
      RETURNING 1
    ), aside AS (
      INSERT INTO platform.readings_set_aside (device_key, measured_at, received_at, boot_id, seq, temperature,
                                               humidity, pressure, aqi, iaq_accuracy, gas_ohm, replayed, reason)
      SELECT p.device_key, p.measured_at, p.received_at, p.boot_id, p.seq, p.temperature, p.humidity,
             p.pressure, p.aqi, p.iaq_accuracy, p.gas_ohm, p.replayed, p.reason
      FROM placed p WHERE p.reason <> 'known'
      ORDER BY p.device_key, p.measured_at, p.boot_id, p.seq
      ON CONFLICT DO NOTHING
    )
    SELECT inserted + (SELECT count(*) FROM stored), count(*) FILTER (WHERE p.reason = 'no_assignment'),
           count(*) FILTER (WHERE p.reason = 'too_old'), count(*) FILTER (WHERE p.reason = 'in_future')
    INTO inserted, no_assignment, too_old, in_future FROM placed p;
    duplicates := greatest(staged - inserted - no_assignment - too_old - in_future, 0);
    IF no_assignment + too_old + in_future > 0 THEN
      PERFORM platform.bound_readings_set_aside();
    END IF;
  END IF;

  -- Those that had been stored before are named for nothing.
  IF earliest < over THEN
    INSERT INTO public.rollups_due (workshop_id, pit_id, hour)
    SELECT DISTINCT a.workshop_id, a.pit_id, date_bin('1 hour', s.measured_at, '2000-01-01 00:00:00+00')
    FROM pg_temp.readings_staging s
    JOIN public.device_assignments a
      ON a.device_key = s.device_key AND a.assigned_at <= s.measured_at
     AND (a.released_at IS NULL OR s.measured_at < a.released_at)
    WHERE s.measured_at < over AND s.measured_at >= oldest;
  END IF;

  -- Every 30 s per device is enough, and a row that another session is writing
  -- is left to it: this must neither wait nor deadlock. Row by row, because a
  -- plan that reads all devices would be made for one of a few readings as well.
  UPDATE public.devices d SET last_seen_at = due.at
  FROM (SELECT mine.place, seen.at
        FROM (SELECT s.device_key, max(s.received_at) AS at FROM pg_temp.readings_staging s GROUP BY s.device_key) seen,
             LATERAL (SELECT d.ctid AS place FROM public.devices d
                      WHERE d.id = seen.device_key
                        AND (d.last_seen_at IS NULL OR d.last_seen_at < seen.at - interval '30 seconds')
                      FOR UPDATE SKIP LOCKED) mine) due
  WHERE d.ctid = due.place;
END
$$;

ALTER FUNCTION platform.commit_readings(OUT inserted bigint, OUT duplicates bigint, OUT no_assignment bigint, OUT too_old bigint, OUT in_future bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.commit_readings(OUT inserted bigint, OUT duplicates bigint, OUT no_assignment bigint, OUT too_old bigint, OUT in_future bigint) IS 'Moves this session''s staged readings to sensor_data and says what became of them: stored now, stored before, or set aside (platform.readings_set_aside). Workshop and pit come from the assignment valid at measured_at.';

CREATE FUNCTION platform.conditions_due(p_before timestamp with time zone, p_limit integer) RETURNS TABLE(workshop_id bigint, job_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT j.workshop_id, j.id FROM public.jobs j
  WHERE j.status IN ('completed', 'cancelled') AND NOT j.conditions_final AND j.actual_end_time <= p_before
  ORDER BY j.actual_end_time LIMIT p_limit
$$;

ALTER FUNCTION platform.conditions_due(p_before timestamp with time zone, p_limit integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.conditions_due(p_before timestamp with time zone, p_limit integer) IS 'Jobs that ended at p_before or earlier and whose conditions are not final, the oldest first.';

CREATE FUNCTION platform.create_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_timezone text, p_language text, p_plan text, p_trial_ends_at timestamp with time zone) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  new_code text;
BEGIN
  PERFORM platform.require_super_admin(p_user_id);
  -- The first number that is free; one at a time, so that two do not take the same.
  PERFORM pg_advisory_xact_lock(hashtext('platform.create_workshop'));
  SELECT 'workshop_' || lpad(n::text, greatest(3, length(n::text)), '0') INTO new_code
  FROM generate_series(1, (SELECT count(*) + 1 FROM public.workshops)) n
  WHERE NOT EXISTS (SELECT FROM public.workshops w
                    WHERE w.code = 'workshop_' || lpad(n::text, greatest(3, length(n::text)), '0'))
  ORDER BY n LIMIT 1;
  INSERT INTO public.workshops (id, code, name, address, phone, timezone, language, plan, subscription_status,
                                subscription_expires_at)
  OVERRIDING SYSTEM VALUE
  VALUES (public.current_workshop(), new_code, p_name, p_address, p_phone, p_timezone, p_language, p_plan, 'trial',
          p_trial_ends_at);
  RETURN new_code;
END
$$;

ALTER FUNCTION platform.create_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_timezone text, p_language text, p_plan text, p_trial_ends_at timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.create_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_timezone text, p_language text, p_plan text, p_trial_ends_at timestamp with time zone) IS 'Makes the workshop of the transaction, on trial, for a super administrator; returns its code.';

CREATE FUNCTION platform.device_directory() RETURNS TABLE(device_key bigint, device_id text, license_hash bytea, device_status text, workshop_id bigint, workshop_code text, workshop_status text, workshop_since timestamp with time zone, pit_id bigint, pit_number integer, assigned_at timestamp with time zone, subscription_status text, subscription_since timestamp with time zone, subscription_expires_at timestamp with time zone, state_licence text, job_since timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT d.id, d.device_id, d.license_hash, d.status, d.workshop_id, w.code, w.subscription_status, w.status_since,
         p.id, p.pit_number, a.assigned_at, s.status, s.status_since, s.expires_at, d.state_licence, j.actual_start_time
  FROM public.devices d
  JOIN public.workshops w ON w.id = d.workshop_id
  LEFT JOIN public.device_assignments a ON a.device_key = d.id AND a.released_at IS NULL
  LEFT JOIN public.pits p ON p.id = a.pit_id
  LEFT JOIN public.subscriptions s ON s.device_key = d.id
  LEFT JOIN public.jobs j ON j.workshop_id = d.workshop_id AND j.pit_id = a.pit_id
   AND j.status IN ('in_progress', 'on_hold', 'quality_check')
  WHERE d.status <> 'retired' AND d.workshop_id <> 1
$$;

ALTER FUNCTION platform.device_directory() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.device_directory() IS 'Every device that may speak, with what the ingest needs to judge and place its messages. Pit, subscription and running job are null when there is none. A device that nobody claimed has no place and is not in it.';

CREATE FUNCTION platform.drop_archived(p_day date, p_part integer, p_file text, p_readings bigint, p_bytes bigint, p_sha256 bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  midnight timestamptz := p_day::timestamp AT TIME ZONE 'UTC';
  dropped bigint;
BEGIN
  IF midnight + interval '1 day' > now() - interval '90 days' THEN
    RAISE EXCEPTION 'readings of the last 90 days stay' USING ERRCODE = '22023';
  END IF;
  WITH gone AS (
    DELETE FROM public.sensor_hours h USING public.pits p
    WHERE p.workshop_id = public.current_workshop() AND h.pit_id = p.id AND h.workshop_id = p.workshop_id
      AND h.hour >= midnight AND h.hour < midnight + interval '1 day'
    RETURNING h.n
  )
  SELECT coalesce(sum(n), 0) INTO dropped FROM gone;
  IF dropped <> p_readings THEN
    RAISE EXCEPTION 'the archive has % readings and the database %', p_readings, dropped USING ERRCODE = '55000';
  END IF;
  INSERT INTO public.reading_archives (workshop_id, day, part, file, readings, bytes, sha256)
  VALUES (public.current_workshop(), p_day, p_part, p_file, p_readings, p_bytes, p_sha256);
END
$$;

ALTER FUNCTION platform.drop_archived(p_day date, p_part integer, p_file text, p_readings bigint, p_bytes bigint, p_sha256 bytea) OWNER TO pitview_owner;

CREATE FUNCTION platform.end_message(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_status text, p_reason text, p_channel text, p_provider_id text, p_text text, p_segments integer DEFAULT 0, p_cost_paise bigint DEFAULT 0) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
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

ALTER FUNCTION platform.end_message(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_status text, p_reason text, p_channel text, p_provider_id text, p_text text, p_segments integer, p_cost_paise bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.end_message(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_status text, p_reason text, p_channel text, p_provider_id text, p_text text, p_segments integer, p_cost_paise bigint) IS 'What has become of a claimed message. False: the lease had passed, and another has it by now.';

CREATE FUNCTION platform.ended_sessions(p_since timestamp with time zone) RETURNS TABLE(session_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT id FROM public.sessions WHERE ended_at >= p_since
$$;

ALTER FUNCTION platform.ended_sessions(p_since timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.ended_sessions(p_since timestamp with time zone) IS 'Of all workshops; for a server that starts.';

CREATE FUNCTION platform.ensure_partition(p_day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  partition_name text := 'sensor_data_' || to_char(p_day, 'YYYYMMDD');
BEGIN
  IF to_regclass('public.' || partition_name) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- Two sessions may need the same new day at once.
  PERFORM pg_advisory_xact_lock(hashtext('platform.ensure_partition'));
  -- Asked of the table: to_regclass() may still answer from this session's cache.
  IF EXISTS (SELECT FROM pg_class c WHERE c.relname = partition_name AND c.relnamespace = 'public'::regnamespace) THEN
    RETURN false;
  END IF;
  -- Made aside and attached, because CREATE TABLE … PARTITION OF would lock out
  -- every reader and writer of sensor_data until this transaction ends.
  EXECUTE format('CREATE TABLE public.%I (LIKE public.sensor_data INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                 partition_name);
  EXECUTE format('ALTER TABLE public.sensor_data ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                 partition_name,
                 to_char(p_day, 'YYYY-MM-DD') || ' 00:00:00+00',
                 to_char(p_day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
  RETURN true;
END
$$;

ALTER FUNCTION platform.ensure_partition(p_day date) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.ensure_partition(p_day date) IS 'Makes the partition of that UTC day; false when it is there.';

CREATE FUNCTION platform.ensure_partitions(p_days_ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  made integer := 0;
BEGIN
  IF p_days_ahead NOT BETWEEN 0 AND 60 THEN
    RAISE EXCEPTION 'days ahead must lie between 0 and 60' USING ERRCODE = '22023';
  END IF;
  FOR day IN -1 .. p_days_ahead LOOP
    IF platform.ensure_partition(today + day) THEN
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END
$$;

ALTER FUNCTION platform.ensure_partitions(p_days_ahead integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.ensure_partitions(p_days_ahead integer) IS 'Makes the partitions from yesterday to so many days ahead; returns how many were missing.';

CREATE FUNCTION platform.find_device_credentials(p_device_id text) RETURNS TABLE(device_key bigint, workshop_id bigint, device_status text, mqtt_password_sealed bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT d.id, d.workshop_id, d.status, d.mqtt_password_sealed FROM public.devices d WHERE d.device_id = p_device_id
$$;

ALTER FUNCTION platform.find_device_credentials(p_device_id text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.find_device_credentials(p_device_id text) IS 'Who a device is that signs in; no row when there is none of that id.';

CREATE FUNCTION platform.find_login(p_username text) RETURNS TABLE(user_id bigint, workshop_id bigint, username text, display_name text, role text, password_hash text, must_change_password boolean, password_expires_at timestamp with time zone, disabled_at timestamp with time zone, workshop_code text, workshop_status text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT u.id, u.workshop_id, u.username, u.display_name, u.role, u.password_hash,
         u.must_change_password, u.password_expires_at, u.disabled_at, w.code, w.subscription_status
  FROM public.users u JOIN public.workshops w ON w.id = u.workshop_id
  WHERE lower(u.username) = lower(p_username)
$$;

ALTER FUNCTION platform.find_login(p_username text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.find_login(p_username text) IS 'The account of that name, whatever its case; no row when there is none.';

CREATE FUNCTION platform.find_session(p_session_id bigint) RETURNS TABLE(session_id bigint, user_id bigint, workshop_id bigint, username text, display_name text, role text, must_change_password boolean, password_expires_at timestamp with time zone, disabled_at timestamp with time zone, workshop_code text, workshop_status text, created_at timestamp with time zone, last_used_at timestamp with time zone, expires_at timestamp with time zone, ended_at timestamp with time zone, end_reason text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT s.id, u.id, u.workshop_id, u.username, u.display_name, u.role,
         u.must_change_password, u.password_expires_at, u.disabled_at, w.code, w.subscription_status,
         s.created_at, s.last_used_at, s.expires_at, s.ended_at, s.end_reason
  FROM public.sessions s
  JOIN public.users u ON u.id = s.user_id
  JOIN public.workshops w ON w.id = s.workshop_id
  WHERE s.id = p_session_id
$$;

ALTER FUNCTION platform.find_session(p_session_id bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.find_session(p_session_id bigint) IS 'The session with its user and workshop, ended and expired ones too: the caller judges by the columns.';

CREATE FUNCTION platform.find_session_by_refresh(p_hash bytea) RETURNS TABLE(session_id bigint, user_id bigint, workshop_id bigint, username text, display_name text, role text, must_change_password boolean, password_expires_at timestamp with time zone, disabled_at timestamp with time zone, workshop_code text, workshop_status text, created_at timestamp with time zone, last_used_at timestamp with time zone, expires_at timestamp with time zone, ended_at timestamp with time zone, end_reason text, reused boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT f.*, s.reused
  FROM (SELECT id, false AS reused FROM public.sessions WHERE refresh_hash = p_hash
        UNION ALL
        SELECT id, true FROM public.sessions WHERE previous_refresh_hash = p_hash) s,
       platform.find_session(s.id) f
  ORDER BY s.reused LIMIT 1
$$;

ALTER FUNCTION platform.find_session_by_refresh(p_hash bytea) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.find_session_by_refresh(p_hash bytea) IS 'The session of a refresh token (its SHA-256). `reused`: the token is the one before the present one.';

CREATE FUNCTION platform.find_shared_clip(p_share_hash bytea) RETURNS TABLE(workshop_id bigint, clip_id bigint, title text, kind text, workshop_name text, timezone text, began_at timestamp with time zone, ended_at timestamp with time zone, share_expires_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT c.workshop_id, c.id, c.title, c.kind, w.name, w.timezone, c.began_at, c.ended_at, c.share_expires_at
  FROM public.clips c JOIN public.workshops w ON w.id = c.workshop_id
  WHERE c.share_hash = p_share_hash AND c.share_expires_at > now() AND c.status = 'ready'
    AND platform.has_video(w.subscription_status)
$$;

ALTER FUNCTION platform.find_shared_clip(p_share_hash bytea) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.find_shared_clip(p_share_hash bytea) IS 'The clip whose link this is the hash of; no row for any other.';

CREATE FUNCTION platform.finish_listing(p_listing text) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH gone AS (DELETE FROM public.recordings WHERE listing <> p_listing RETURNING 1) SELECT count(*) FROM gone
$$;

ALTER FUNCTION platform.finish_listing(p_listing text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.finish_listing(p_listing text) IS 'The gateway has told all that there is: what this listing has not told is gone. Returns how many those were.';

CREATE FUNCTION platform.firmware_campaign_devices(p_campaign_id bigint, p_before bigint, p_limit integer) RETURNS TABLE(device_key bigint, device_id text, workshop_code text, fw text, state text, detail text, offered_at timestamp with time zone, reported_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT d.id, d.device_id, w.code, d.fw, f.state, f.detail, f.offered_at, f.reported_at
  FROM platform.firmware_devices f
  JOIN public.devices d ON d.id = f.device_key
  JOIN public.workshops w ON w.id = d.workshop_id
  WHERE f.campaign_id = p_campaign_id AND (p_before IS NULL OR d.id < p_before)
  ORDER BY d.id DESC LIMIT p_limit
$$;

ALTER FUNCTION platform.firmware_campaign_devices(p_campaign_id bigint, p_before bigint, p_limit integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.firmware_campaign_devices(p_campaign_id bigint, p_before bigint, p_limit integer) IS 'For super administrators: the devices of a campaign in all workshops, a page of them.';

CREATE FUNCTION platform.firmware_candidates(p_device_key bigint) RETURNS TABLE(device_id text, device_hw_rev text, workshop_code text, device_batch text, campaign_id bigint, release_id bigint, version text, hw_rev text, size integer, sha256 bytea, signature bytea, percentage integer, workshop_codes text[], batch text, rolled_back boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT d.device_id, d.hw_rev, w.code, b.name, c.id, r.id, r.version, r.hw_rev, length(r.image), r.sha256,
         r.signature, c.percentage, c.workshop_codes, c.batch,
         EXISTS (SELECT FROM platform.firmware_devices f JOIN platform.firmware_campaigns o ON o.id = f.campaign_id
                 WHERE f.device_key = d.id AND o.release_id = r.id AND f.state = 'rolled_back')
  FROM public.devices d
  JOIN public.workshops w ON w.id = d.workshop_id
  LEFT JOIN platform.device_batches b ON b.id = d.batch_id
  JOIN platform.firmware_campaigns c ON c.status = 'running'
  JOIN platform.firmware_releases r ON r.id = c.release_id
  WHERE d.id = p_device_key AND d.status <> 'retired'
  ORDER BY c.id
$$;

ALTER FUNCTION platform.firmware_candidates(p_device_key bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.firmware_candidates(p_device_key bigint) IS 'The running campaigns, with what decides whether the device is offered one; none for a retired device.';

CREATE FUNCTION platform.firmware_cohort(p_workshop_codes text[], p_batch text) RETURNS TABLE(unknown_codes text[], batch_known boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT ARRAY(SELECT c FROM unnest(p_workshop_codes) c
               WHERE NOT EXISTS (SELECT FROM public.workshops w WHERE w.code = c)),
         p_batch IS NULL OR EXISTS (SELECT FROM platform.device_batches b WHERE b.name = p_batch)
$$;

ALTER FUNCTION platform.firmware_cohort(p_workshop_codes text[], p_batch text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.firmware_cohort(p_workshop_codes text[], p_batch text) IS 'What of a cohort does not exist: a misspelt one would be offered nothing, and nobody would notice.';

CREATE FUNCTION platform.firmware_image(p_release_id bigint, p_device_key bigint) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT r.image FROM platform.firmware_releases r
  WHERE r.id = p_release_id
    AND EXISTS (SELECT FROM platform.firmware_devices f JOIN platform.firmware_campaigns c ON c.id = f.campaign_id
                WHERE c.release_id = r.id AND c.status = 'running' AND f.device_key = p_device_key)
    AND NOT EXISTS (SELECT FROM platform.firmware_devices f JOIN platform.firmware_campaigns c ON c.id = f.campaign_id
                    WHERE c.release_id = r.id AND f.device_key = p_device_key AND f.state = 'rolled_back')
$$;

ALTER FUNCTION platform.firmware_image(p_release_id bigint, p_device_key bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.firmware_image(p_release_id bigint, p_device_key bigint) IS 'For a device to which a running campaign has offered it; null otherwise.';

CREATE FUNCTION platform.firmware_offer(p_campaign_id bigint, p_device_key bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  INSERT INTO platform.firmware_devices (campaign_id, device_key) VALUES (p_campaign_id, p_device_key)
  ON CONFLICT DO NOTHING
$$;

ALTER FUNCTION platform.firmware_offer(p_campaign_id bigint, p_device_key bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.firmware_offer(p_campaign_id bigint, p_device_key bigint) IS 'Notes that a device was offered the release.';

CREATE FUNCTION platform.firmware_size(p_release_id bigint) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT length(r.image) FROM platform.firmware_releases r WHERE r.id = p_release_id
$$;

ALTER FUNCTION platform.firmware_size(p_release_id bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.firmware_size(p_release_id bigint) IS 'Of the image, in bytes.';

CREATE FUNCTION platform.forget_in_audit(p_customer_id bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
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

ALTER FUNCTION platform.forget_in_audit(p_customer_id bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.forget_in_audit(p_customer_id bigint) IS 'Takes name, plate and address of a customer of the transaction''s workshop out of the audit log, once the account is erased; who did what and when stays. The only change of the log there is.';

CREATE FUNCTION platform.forget_old_documents(p_before timestamp with time zone) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH gone AS (DELETE FROM public.job_documents WHERE drawn_at < p_before RETURNING 1) SELECT count(*) FROM gone
$$;

ALTER FUNCTION platform.forget_old_documents(p_before timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.forget_old_documents(p_before timestamp with time zone) IS 'Documents drawn before that are drawn again when somebody asks.';

CREATE FUNCTION platform.forget_old_login_failures() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH gone AS (DELETE FROM platform.login_failures WHERE updated_at < now() - interval '1 day' RETURNING 1)
  SELECT count(*) FROM gone
$$;

ALTER FUNCTION platform.forget_old_login_failures() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.forget_old_login_failures() IS 'Housekeeping, daily; returns how many rows went.';

CREATE FUNCTION platform.from_ms(p_ms bigint) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT timestamptz '1970-01-01 00:00:00+00' + p_ms * interval '1 millisecond'
$$;

ALTER FUNCTION platform.from_ms(p_ms bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.from_ms(p_ms bigint) IS 'Milliseconds since 1970, to the millisecond: to_timestamp() counts in floating point.';

CREATE FUNCTION platform.has_video(p_subscription_status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT p_subscription_status NOT IN ('suspended', 'cancelled', 'expired')
$$;

ALTER FUNCTION platform.has_video(p_subscription_status text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.has_video(p_subscription_status text) IS 'Whether a workshop in this state may watch its cameras: until it is suspended (decision D44).';

CREATE TABLE public.messages (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    job_id bigint,
    recipient_id bigint NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    is_urgent boolean DEFAULT false NOT NULL,
    secrets_sealed bytea,
    due_at timestamp with time zone NOT NULL,
    pointless_at timestamp with time zone,
    status text DEFAULT 'waiting'::text NOT NULL,
    reason text,
    channel text,
    attempts integer DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone,
    lease_until timestamp with time zone,
    provider_id text,
    text_shown text,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    receipt text,
    whatsapp_id text,
    whatsapp_receipt text,
    taken_at timestamp with time zone,
    sms_segments integer DEFAULT 0 NOT NULL,
    cost_paise bigint DEFAULT 0 NOT NULL,
    alert_id bigint,
    CONSTRAINT messages_channel_check CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'sms'::text, 'email'::text, 'push'::text]))),
    CONSTRAINT messages_cost_paise_check CHECK ((cost_paise >= 0)),
    CONSTRAINT messages_end_check CHECK (((status = 'waiting'::text) = (ended_at IS NULL))),
    CONSTRAINT messages_key_check CHECK (((length(key) >= 1) AND (length(key) <= 120))),
    CONSTRAINT messages_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 40))),
    CONSTRAINT messages_provider_id_check CHECK ((length(provider_id) <= 200)),
    CONSTRAINT messages_reason_check CHECK ((length(reason) <= 500)),
    CONSTRAINT messages_receipt_check CHECK ((receipt = ANY (ARRAY['queued'::text, 'sent'::text, 'undelivered'::text, 'failed'::text, 'delivered'::text, 'read'::text]))),
    CONSTRAINT messages_secrets_check CHECK (((status = 'waiting'::text) OR (secrets_sealed IS NULL))),
    CONSTRAINT messages_sms_segments_check CHECK ((sms_segments >= 0)),
    CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'dropped'::text, 'not_sent'::text]))),
    CONSTRAINT messages_subject_check CHECK (((job_id IS NULL) OR (alert_id IS NULL))),
    CONSTRAINT messages_text_shown_check CHECK ((length(text_shown) <= 4000)),
    CONSTRAINT messages_whatsapp_check CHECK (((whatsapp_id IS NULL) = (whatsapp_receipt IS NULL))),
    CONSTRAINT messages_whatsapp_id_check CHECK ((length(whatsapp_id) <= 200)),
    CONSTRAINT messages_whatsapp_receipt_check CHECK ((whatsapp_receipt = ANY (ARRAY['queued'::text, 'sent'::text, 'undelivered'::text, 'failed'::text, 'delivered'::text, 'read'::text])))
);

ALTER TABLE ONLY public.messages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.messages OWNER TO pitview_owner;

COMMENT ON TABLE public.messages IS 'The outbox and its history: a message is there once its cause is committed.';

COMMENT ON COLUMN public.messages.key IS 'What it says, once: a second one of the same key is none.';

COMMENT ON COLUMN public.messages.secrets_sealed IS 'Words that are nowhere else (a first password), under the server''s key, until it is over.';

COMMENT ON COLUMN public.messages.due_at IS 'Not before; those of one job go out in the order in which they are due.';

COMMENT ON COLUMN public.messages.pointless_at IS 'Nobody wants to read it from then on: it is dropped.';

COMMENT ON COLUMN public.messages.next_try_at IS 'After a failure; its place among the job''s messages stays.';

COMMENT ON COLUMN public.messages.lease_until IS 'Somebody sends it now. When that time passes, whoever it was has died, and it is sent by another.';

COMMENT ON COLUMN public.messages.provider_id IS 'The name of the SMS or e-mail at its provider.';

COMMENT ON COLUMN public.messages.text_shown IS 'What was said, without secrets.';

COMMENT ON COLUMN public.messages.receipt IS 'The last that the provider said of provider_id; null: nothing.';

COMMENT ON COLUMN public.messages.whatsapp_id IS 'WhatsApp has taken it. While it waits, an SMS follows at next_try_at, unless a receipt says that it has arrived.';

COMMENT ON COLUMN public.messages.whatsapp_receipt IS 'The last that was said of whatsapp_id.';

COMMENT ON COLUMN public.messages.taken_at IS 'When a provider first had it: the day whose cap, and the month whose cost it is.';

COMMENT ON COLUMN public.messages.sms_segments IS 'As how many SMS it was charged.';

COMMENT ON COLUMN public.messages.cost_paise IS 'Estimated, at the prices of that day; 0: the price is not known.';

COMMENT ON COLUMN public.messages.alert_id IS 'What it tells of, where that is no job.';

CREATE FUNCTION platform.is_next_message(m public.messages, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  SELECT coalesce(m.next_try_at, m.due_at) <= p_now AND coalesce(m.lease_until, p_now) <= p_now
    AND NOT EXISTS (
      SELECT FROM public.messages e
      WHERE e.workshop_id = m.workshop_id AND e.job_id = m.job_id AND e.status = 'waiting' AND e.whatsapp_id IS NULL
        AND (e.due_at, e.id) < (m.due_at, m.id))
$$;

ALTER FUNCTION platform.is_next_message(m public.messages, p_now timestamp with time zone) OWNER TO pitview_owner;

CREATE FUNCTION platform.is_packed(p_pit bigint, p_device_key bigint, p_measured_at timestamp with time zone, p_boot_id integer, p_seq integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT EXISTS (
    SELECT FROM public.sensor_hours h, unnest(h.measured_ms, h.measured_us, h.seq) WITH ORDINALITY AS r (ms, us, seq, i)
    WHERE h.pit_id = p_pit AND h.device_key = p_device_key AND h.boot_id = p_boot_id
      AND h.hour = date_bin('1 hour', p_measured_at, '2000-01-01 00:00:00+00')
      AND r.seq + r.i = p_seq
      AND h.hour + (r.ms + least(r.i, 360) * 10000) * interval '1 millisecond'
          + coalesce(r.us, 0) * interval '1 microsecond' = p_measured_at)
  OR EXISTS (
    SELECT FROM public.sensor_closing c
    WHERE c.pit_id = p_pit AND c.measured_at = p_measured_at AND c.device_key = p_device_key
      AND c.boot_id = p_boot_id AND c.seq = p_seq)
$$;

ALTER FUNCTION platform.is_packed(p_pit bigint, p_device_key bigint, p_measured_at timestamp with time zone, p_boot_id integer, p_seq integer) OWNER TO pitview_owner;

CREATE FUNCTION platform.is_timezone(p_name text) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = p_name)
$$;

ALTER FUNCTION platform.is_timezone(p_name text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.is_timezone(p_name text) IS 'Whether the database knows a time zone of this IANA name.';

CREATE FUNCTION platform.issue_ws_ticket(p_hash bytea, p_session_id bigint, p_seconds bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
BEGIN
  DELETE FROM platform.ws_tickets WHERE ticket_hash IN (
    SELECT ticket_hash FROM platform.ws_tickets WHERE expires_at < now()
    ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED);
  IF (SELECT count(*) FROM platform.ws_tickets WHERE session_id = p_session_id AND expires_at >= now()) >= 100 THEN
    RETURN false;
  END IF;
  INSERT INTO platform.ws_tickets (ticket_hash, session_id, expires_at)
  VALUES (p_hash, p_session_id, now() + make_interval(secs => p_seconds));
  RETURN true;
END
$$;

ALTER FUNCTION platform.issue_ws_ticket(p_hash bytea, p_session_id bigint, p_seconds bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.issue_ws_ticket(p_hash bytea, p_session_id bigint, p_seconds bigint) IS 'Keeps a ticket of that session for so many seconds; false when a hundred of it are waiting already.';

CREATE FUNCTION platform.known_devices(p_device_ids text[]) RETURNS TABLE(device_id text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT d.device_id FROM public.devices d WHERE d.device_id = ANY (p_device_ids)
$$;

ALTER FUNCTION platform.known_devices(p_device_ids text[]) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.known_devices(p_device_ids text[]) IS 'Which of these ids are taken, in whichever workshop.';

CREATE FUNCTION platform.list_violations(p_device_id text, p_workshop_id bigint, p_before bigint, p_limit integer) RETURNS TABLE(id bigint, device_id text, workshop_id bigint, workshop_code text, reason text, hour timestamp with time zone, messages bigint, first_at timestamp with time zone, last_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT v.id, v.device_id, w.id, w.code, v.reason, v.hour, v.messages, v.first_at, v.last_at
  FROM platform.licence_violations v
  LEFT JOIN public.devices d ON d.device_id = v.device_id
  LEFT JOIN public.workshops w ON w.id = d.workshop_id
  WHERE (p_device_id IS NULL OR v.device_id = p_device_id) AND (p_workshop_id IS NULL OR w.id = p_workshop_id)
    AND (p_before IS NULL OR v.id < p_before)
  ORDER BY v.id DESC LIMIT p_limit
$$;

ALTER FUNCTION platform.list_violations(p_device_id text, p_workshop_id bigint, p_before bigint, p_limit integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.list_violations(p_device_id text, p_workshop_id bigint, p_before bigint, p_limit integer) IS 'For super administrators: a page of them, the newest hours first; null: of every device, of every workshop.';

CREATE FUNCTION platform.list_workshops(p_status text, p_before bigint, p_limit integer) RETURNS TABLE(id bigint, code text, name text, address text, phone text, timezone text, language text, plan text, subscription_status text, status_since timestamp with time zone, status_reason text, status_before text, suspend_requested_at timestamp with time zone, subscription_expires_at timestamp with time zone, created_at timestamp with time zone, owner_id bigint, owner_username text, owner_name text, owner_email text, pits bigint, devices bigint, running_jobs bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT w.id, w.code, w.name, w.address, w.phone, w.timezone, w.language, w.plan, w.subscription_status,
         w.status_since, w.status_reason, w.status_before, w.suspend_requested_at, w.subscription_expires_at,
         w.created_at, w.owner_id, u.username, u.display_name, u.email,
         (SELECT count(*) FROM public.pits p WHERE p.workshop_id = w.id AND p.status <> 'disabled'),
         (SELECT count(*) FROM public.devices d WHERE d.workshop_id = w.id AND d.status <> 'retired'),
         (SELECT count(*) FROM public.jobs j WHERE j.workshop_id = w.id
                                               AND j.status IN ('in_progress', 'on_hold', 'quality_check'))
  FROM public.workshops w LEFT JOIN public.users u ON u.id = w.owner_id
  WHERE w.id <> 1 AND (p_status IS NULL OR w.subscription_status = p_status) AND (p_before IS NULL OR w.id < p_before)
  ORDER BY w.id DESC LIMIT p_limit
$$;

ALTER FUNCTION platform.list_workshops(p_status text, p_before bigint, p_limit integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.list_workshops(p_status text, p_before bigint, p_limit integer) IS 'For super administrators: a page of the workshops, the newest first; null: in any state.';

CREATE FUNCTION platform.lock_firmware_offer(p_release_id bigint, p_device_key bigint) RETURNS TABLE(campaign_id bigint, status text, max_failure_percent integer, state text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  campaign bigint;
BEGIN
  SELECT c.id INTO campaign
  FROM platform.firmware_devices f JOIN platform.firmware_campaigns c ON c.id = f.campaign_id
  WHERE f.device_key = p_device_key AND c.release_id = p_release_id
  ORDER BY f.offered_at DESC, c.id DESC LIMIT 1;
  PERFORM FROM platform.firmware_campaigns c WHERE c.id = campaign FOR UPDATE;
  RETURN QUERY SELECT c.id, c.status, c.max_failure_percent, f.state
  FROM platform.firmware_campaigns c JOIN platform.firmware_devices f ON f.campaign_id = c.id
  WHERE c.id = campaign AND f.device_key = p_device_key;
END
$$;

ALTER FUNCTION platform.lock_firmware_offer(p_release_id bigint, p_device_key bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.lock_firmware_offer(p_release_id bigint, p_device_key bigint) IS 'The campaign that offered the release to the device last; no row when none did.';

CREATE FUNCTION platform.login_key(p_username text) RETURNS text
    LANGUAGE sql IMMUTABLE
    RETURN "left"(lower(p_username), 50);

ALTER FUNCTION platform.login_key(p_username text) OWNER TO pitview_owner;

CREATE FUNCTION platform.login_locked_until(p_username text, p_ip inet) RETURNS timestamp with time zone
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT locked_until FROM platform.login_failures
  WHERE username_key = platform.login_key(p_username) AND ip = p_ip AND locked_until > now()
$$;

ALTER FUNCTION platform.login_locked_until(p_username text, p_ip inet) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.login_locked_until(p_username text, p_ip inet) IS 'Null when a login may be tried now.';

CREATE FUNCTION platform.may_replay(p_sessions bigint[], p_pits bigint[], p_clips bigint[]) RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT asked.place::integer
  FROM unnest(p_sessions, p_pits, p_clips) WITH ORDINALITY AS asked (session_id, pit_id, clip_id, place)
  LEFT JOIN public.clips c ON c.id = asked.clip_id AND c.status = 'ready'
  LEFT JOIN public.sessions s ON s.id = asked.session_id AND s.ended_at IS NULL AND s.expires_at > now()
  LEFT JOIN public.users u ON u.workshop_id = s.workshop_id AND u.id = s.user_id AND u.disabled_at IS NULL
  WHERE CASE
    -- By its link, whoever has it.
    WHEN asked.session_id = 0 THEN c.share_expires_at > now() AND platform.has_video(
      (SELECT w.subscription_status FROM public.workshops w WHERE w.id = c.workshop_id))
    WHEN u.role IN ('owner', 'manager') THEN platform.has_video(
      (SELECT w.subscription_status FROM public.workshops w WHERE w.id = u.workshop_id))
      AND CASE WHEN asked.clip_id = 0
               THEN EXISTS (SELECT FROM public.pits p WHERE p.workshop_id = u.workshop_id AND p.id = asked.pit_id)
               ELSE c.workshop_id = u.workshop_id END
    -- The time-lapse of the own job, for as long as its page is open (decision D23).
    WHEN u.role = 'customer' THEN c.kind = 'time_lapse' AND EXISTS (
      SELECT FROM public.jobs j WHERE j.workshop_id = u.workshop_id AND j.id = c.job_id AND j.customer_id = u.id
        AND c.workshop_id = u.workshop_id AND j.status = 'completed' AND j.actual_end_time > now() - interval '30 days')
    ELSE false
  END
$$;

ALTER FUNCTION platform.may_replay(p_sessions bigint[], p_pits bigint[], p_clips bigint[]) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.may_replay(p_sessions bigint[], p_pits bigint[], p_clips bigint[]) IS 'Which of these may play a recording: a session a pit''s recordings, a session a clip, or nobody''s session a clip that is shared. Asked before one is opened and while it plays, so that every end of the right cuts it.';

CREATE FUNCTION platform.may_watch(p_sessions bigint[], p_pits bigint[]) RETURNS TABLE(session_id bigint, pit_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT s.id, p.id
  FROM unnest(p_sessions, p_pits) AS asked (session_id, pit_id)
  JOIN public.sessions s ON s.id = asked.session_id AND s.ended_at IS NULL AND s.expires_at > now()
  JOIN public.users u ON u.workshop_id = s.workshop_id AND u.id = s.user_id AND u.disabled_at IS NULL
  JOIN public.workshops w ON w.id = s.workshop_id
  JOIN public.pits p ON p.workshop_id = s.workshop_id AND p.id = asked.pit_id AND p.status <> 'disabled'
                    AND p.camera_rtsp_url_sealed IS NOT NULL
  WHERE CASE u.role
          -- Not even suspension cuts the customer of a running job (decision D45).
          WHEN 'customer' THEN EXISTS (SELECT FROM public.jobs j
                                       WHERE j.workshop_id = u.workshop_id AND j.customer_id = u.id AND j.pit_id = p.id
                                         AND j.status IN ('in_progress', 'on_hold', 'quality_check'))
          WHEN 'operator' THEN platform.has_video(w.subscription_status)
                               AND EXISTS (SELECT FROM public.staff_pit_permissions a
                                           WHERE a.workshop_id = u.workshop_id AND a.user_id = u.id AND a.pit_id = p.id)
          ELSE platform.has_video(w.subscription_status)
        END
$$;

ALTER FUNCTION platform.may_watch(p_sessions bigint[], p_pits bigint[]) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.may_watch(p_sessions bigint[], p_pits bigint[]) IS 'Of these sessions and pits, pairwise: which may watch (decision D19). Asked before a stream is given and twice a second while it is watched, so that every end of the right, whatever ends it, cuts the stream.';

CREATE FUNCTION platform.next_archive(p_retention_days integer) RETURNS TABLE(workshop_id bigint, workshop_code text, day date, part integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
BEGIN
  IF p_retention_days NOT BETWEEN 90 AND 36500 THEN
    RAISE EXCEPTION 'retention must lie between 90 and 36500 days' USING ERRCODE = '22023';
  END IF;
  RETURN QUERY
    WITH oldest AS (
      SELECT p.workshop_id, min(f.day) AS day
      FROM public.pits p,
           LATERAL (SELECT (h.hour AT TIME ZONE 'UTC')::date AS day FROM public.sensor_hours h
                    WHERE h.pit_id = p.id ORDER BY h.hour LIMIT 1) f
      WHERE f.day < (now() AT TIME ZONE 'UTC')::date - p_retention_days
      GROUP BY p.workshop_id
    )
    SELECT o.workshop_id, w.code, o.day,
           (SELECT coalesce(max(a.part), 0) + 1 FROM public.reading_archives a
            WHERE a.workshop_id = o.workshop_id AND a.day = o.day)
    FROM oldest o JOIN public.workshops w ON w.id = o.workshop_id
    WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
                      AND c.relname IN ('sensor_data_' || to_char(o.day, 'YYYYMMDD'),
                                        'sensor_closing_' || to_char(o.day, 'YYYYMMDD')))
      AND NOT EXISTS (SELECT FROM public.rollups_due d JOIN public.pits p ON p.id = d.pit_id
                      WHERE p.workshop_id = o.workshop_id AND d.hour >= o.day::timestamp AT TIME ZONE 'UTC'
                        AND d.hour < (o.day + 1)::timestamp AT TIME ZONE 'UTC')
    ORDER BY o.day, o.workshop_id LIMIT 1;
END
$$;

ALTER FUNCTION platform.next_archive(p_retention_days integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.next_archive(p_retention_days integer) IS 'The oldest day of a workshop that is older than so many days and can be archived; no row when there is none.';

CREATE FUNCTION platform.next_workshop_id() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT nextval('public.workshops_id_seq')
$$;

ALTER FUNCTION platform.next_workshop_id() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.next_workshop_id() IS 'For the transaction in which create_workshop() makes it, which is that of the new workshop already.';

CREATE FUNCTION platform.not_quiet(p_at timestamp with time zone, p_zone text, p_from time without time zone, p_until time without time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
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

ALTER FUNCTION platform.not_quiet(p_at timestamp with time zone, p_zone text, p_from time without time zone, p_until time without time zone) OWNER TO pitview_owner;

CREATE FUNCTION platform.note_cameras(p_pits bigint[], p_states text[]) RETURNS TABLE(workshop_id bigint, pit_id bigint, status text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  UPDATE public.pits p SET camera_status = n.status, camera_since = now()
  FROM unnest(p_pits, p_states) AS n (pit_id, status)
  WHERE p.id = n.pit_id AND p.camera_status <> n.status
  RETURNING p.workshop_id, p.id, p.camera_status
$$;

ALTER FUNCTION platform.note_cameras(p_pits bigint[], p_states text[]) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.note_cameras(p_pits bigint[], p_states text[]) IS 'What the gateway sees of cameras (online, offline, unknown); returns those for which it is news.';

CREATE FUNCTION platform.note_clip(p_clip bigint, p_status text, p_failure text, p_began_ms bigint, p_ended_ms bigint, p_bytes bigint) RETURNS TABLE(workshop_id bigint, pit_id bigint, job_id bigint, status text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  IF p_status = 'removed' THEN
    RETURN QUERY DELETE FROM public.clips c WHERE c.id = p_clip AND c.status = 'removed'
      RETURNING c.workshop_id, c.pit_id, c.job_id, c.status;
  ELSE
    RETURN QUERY UPDATE public.clips c
      SET status = p_status, failure = left(p_failure, 500), began_at = platform.from_ms(p_began_ms),
          ended_at = platform.from_ms(p_ended_ms), size_bytes = p_bytes
      WHERE c.id = p_clip AND c.status = 'pending'
      RETURNING c.workshop_id, c.pit_id, c.job_id, c.status;
  END IF;
END
$$;

ALTER FUNCTION platform.note_clip(p_clip bigint, p_status text, p_failure text, p_began_ms bigint, p_ended_ms bigint, p_bytes bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.note_clip(p_clip bigint, p_status text, p_failure text, p_began_ms bigint, p_ended_ms bigint, p_bytes bigint) IS 'What the gateway has made of a clip: ready or failed; removed: it has let it go. No row when it was none of those to do.';

CREATE FUNCTION platform.note_receipt(p_id bigint, p_is_whatsapp boolean, p_provider_id text, p_receipt text, p_reason text, p_now timestamp with time zone, p_fallback_at timestamp with time zone) RETURNS TABLE(phone_lookup bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
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

ALTER FUNCTION platform.note_receipt(p_id bigint, p_is_whatsapp boolean, p_provider_id text, p_receipt text, p_reason text, p_now timestamp with time zone, p_fallback_at timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.note_receipt(p_id bigint, p_is_whatsapp boolean, p_provider_id text, p_receipt text, p_reason text, p_now timestamp with time zone, p_fallback_at timestamp with time zone) IS 'What the provider says of a message that it has, in any order and as often as it likes. No row: it is no news, or not of that message; else whom the message was for.';

CREATE FUNCTION platform.note_recordings(p_listing text, p_pits bigint[], p_began_ms bigint[], p_ended_ms bigint[], p_bytes bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH told AS (
    SELECT p.workshop_id, t.pit_id, platform.from_ms(t.began_ms) AS began_at, platform.from_ms(t.ended_ms) AS ended_at, t.size_bytes
    FROM unnest(p_pits, p_began_ms, p_ended_ms, p_bytes) AS t (pit_id, began_ms, ended_ms, size_bytes)
    JOIN public.pits p ON p.id = t.pit_id
  ), gone AS (
    DELETE FROM public.recordings r USING told t
    WHERE t.size_bytes < 0 AND r.workshop_id = t.workshop_id AND r.pit_id = t.pit_id AND r.began_at = t.began_at
  )
  INSERT INTO public.recordings AS r (workshop_id, pit_id, began_at, ended_at, size_bytes, listing)
  SELECT workshop_id, pit_id, began_at, greatest(began_at, ended_at), size_bytes, p_listing FROM told WHERE size_bytes >= 0
  ON CONFLICT ON CONSTRAINT recordings_pkey
    DO UPDATE SET ended_at = excluded.ended_at, size_bytes = excluded.size_bytes, listing = excluded.listing
$$;

ALTER FUNCTION platform.note_recordings(p_listing text, p_pits bigint[], p_began_ms bigint[], p_ended_ms bigint[], p_bytes bigint[]) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.note_recordings(p_listing text, p_pits bigint[], p_began_ms bigint[], p_ended_ms bigint[], p_bytes bigint[]) IS 'What the gateway tells of its recordings, times in ms since 1970; less than 0 bytes: it is removed. Each is the pit''s workshop''s.';

CREATE FUNCTION platform.note_recordings_disk(p_free bigint, p_size bigint, p_dropped bigint, p_waiting bigint, p_fault text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  INSERT INTO platform.recordings_disk (free_bytes, size_bytes, dropped, waiting_bytes, bucket_fault, noted_at)
  VALUES (p_free, p_size, p_dropped, p_waiting, left(p_fault, 500), now())
  ON CONFLICT (only_one) DO UPDATE
    SET free_bytes = excluded.free_bytes, size_bytes = excluded.size_bytes, dropped = excluded.dropped,
        waiting_bytes = excluded.waiting_bytes, bucket_fault = excluded.bucket_fault, noted_at = excluded.noted_at
$$;

ALTER FUNCTION platform.note_recordings_disk(p_free bigint, p_size bigint, p_dropped bigint, p_waiting bigint, p_fault text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.note_recordings_disk(p_free bigint, p_size bigint, p_dropped bigint, p_waiting bigint, p_fault text) IS 'How full the disk of the recordings is, and how far the bucket has them.';

CREATE FUNCTION platform.note_status_since() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  NEW.status_since := now();
  RETURN NEW;
END
$$;

ALTER FUNCTION platform.note_status_since() OWNER TO pitview_owner;

CREATE FUNCTION platform.note_viewers(p_server text, p_channel text, p_sessions bigint[]) RETURNS TABLE(workshop_id bigint, job_id bigint, pit_id bigint, customer_id bigint, customer_name text, watching boolean, since timestamp with time zone, viewers bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
  heartbeat CONSTANT interval := interval '15 seconds';
  stale CONSTANT interval := interval '45 seconds';
  changed bigint[];
  gone bigint[];
BEGIN
  WITH present AS (
    SELECT s.workshop_id, s.id AS session_id, s.user_id, j.id AS job_id
    FROM public.sessions s
    JOIN public.jobs j ON j.workshop_id = s.workshop_id AND j.customer_id = s.user_id
    WHERE s.id = ANY (p_sessions) AND s.ended_at IS NULL AND j.status NOT IN ('completed', 'cancelled')
  ), mine AS (
    SELECT v.id, v.session_id, v.job_id FROM public.view_sessions v
    WHERE v.server = p_server AND v.ended_at IS NULL AND v.channel = p_channel
  ), ended AS (
    -- After a crash nobody knows better than: at most one heartbeat longer than seen.
    UPDATE public.view_sessions v SET ended_at = least(greatest(now(), v.last_seen_at), v.last_seen_at + heartbeat)
    FROM mine m
    WHERE v.id = m.id AND NOT EXISTS
      (SELECT FROM present p WHERE p.session_id = m.session_id AND p.job_id = m.job_id)
    RETURNING v.id
  ), kept AS (
    UPDATE public.view_sessions v SET last_seen_at = greatest(now(), v.last_seen_at)
    FROM mine m JOIN present p ON p.session_id = m.session_id AND p.job_id = m.job_id
    WHERE v.id = m.id
  ), fresh AS (
    SELECT p.* FROM present p
    WHERE NOT EXISTS (SELECT FROM mine m WHERE m.session_id = p.session_id AND m.job_id = p.job_id)
  ), opened AS (
    -- A reload, or a connection that broke and came back, opens nothing anew.
    INSERT INTO public.tracking_opens AS t (workshop_id, job_id, day, opens)
    SELECT f.workshop_id, f.job_id, (now() AT TIME ZONE w.timezone)::date, count(*)
    FROM fresh f JOIN public.workshops w ON w.id = f.workshop_id
    WHERE p_channel = 'live'
      AND NOT EXISTS (SELECT FROM public.view_sessions v
                      WHERE v.workshop_id = f.workshop_id AND v.job_id = f.job_id AND v.session_id = f.session_id
                        AND coalesce(v.ended_at, now()) > now() - interval '5 minutes')
    GROUP BY 1, 2, 3
    ON CONFLICT ON CONSTRAINT tracking_opens_pkey DO UPDATE SET opens = t.opens + excluded.opens
  ), started AS (
    INSERT INTO public.view_sessions (workshop_id, job_id, customer_id, session_id, channel, server)
    SELECT f.workshop_id, f.job_id, f.user_id, f.session_id, p_channel, p_server FROM fresh f
    RETURNING id
  )
  SELECT array(SELECT id FROM ended UNION ALL SELECT id FROM started) INTO changed;

  WITH dead AS (
    UPDATE public.view_sessions v SET ended_at = v.last_seen_at + heartbeat
    WHERE v.ended_at IS NULL AND v.server <> p_server AND v.last_seen_at < now() - stale
    RETURNING v.id
  )
  SELECT array(SELECT id FROM dead) INTO gone;

  RETURN QUERY
    SELECT v.workshop_id, v.job_id, j.pit_id, v.customer_id, u.display_name, v.ended_at IS NULL, v.started_at,
           (SELECT count(DISTINCT o.session_id) FROM public.view_sessions o
            WHERE o.workshop_id = v.workshop_id AND o.job_id = v.job_id AND o.ended_at IS NULL)
    FROM public.view_sessions v
    JOIN public.jobs j ON j.workshop_id = v.workshop_id AND j.id = v.job_id
    JOIN public.users u ON u.workshop_id = v.workshop_id AND u.id = v.customer_id
    WHERE v.id = ANY (changed || gone)
    ORDER BY v.id;
END
$$;

ALTER FUNCTION platform.note_viewers(p_server text, p_channel text, p_sessions bigint[]) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.note_viewers(p_server text, p_channel text, p_sessions bigint[]) IS 'The sessions of customers that look at this server (live: an open page; video: the picture), all of them, at least every 15 s: begins and ends the rows of view_sessions, counts openings of the page, ends what a dead server left. Returns what has changed, with the number of sessions that now look at that job.';

CREATE FUNCTION platform.open_alerts() RETURNS TABLE(workshop_id bigint, pit_id bigint, alert_type text, severity text, created_at timestamp with time zone, acknowledged boolean, snoozed_until timestamp with time zone, value double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT workshop_id, pit_id, alert_type, severity, created_at, acknowledged, snoozed_until, value
  FROM public.alerts WHERE resolved_at IS NULL
$$;

ALTER FUNCTION platform.open_alerts() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.open_alerts() IS 'For a server that starts.';

CREATE FUNCTION platform.open_tracking_link(p_hash bytea) RETURNS TABLE(link_id bigint, workshop_id bigint, job_id bigint, customer_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT l.id, l.workshop_id, l.job_id, l.customer_id
  FROM public.tracking_links l
  JOIN public.jobs j ON j.workshop_id = l.workshop_id AND j.id = l.job_id AND j.customer_id = l.customer_id
  JOIN public.users u ON u.workshop_id = l.workshop_id AND u.id = l.customer_id
  WHERE l.token_hash = p_hash AND l.revoked_at IS NULL AND u.role = 'customer' AND u.disabled_at IS NULL
    AND public.customer_access_ends(j.status, j.actual_end_time, j.updated_at) > now()
$$;

ALTER FUNCTION platform.open_tracking_link(p_hash bytea) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.open_tracking_link(p_hash bytea) IS 'Whom the link with this SHA-256 signs in; no row when it is none, revoked or too old: nobody learns which.';

CREATE FUNCTION platform.pack_pits(p_after bigint, p_last bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  packed bigint;
BEGIN
  WITH fresh AS (
    SELECT c.*, date_bin('1 hour', c.measured_at, '2000-01-01 00:00:00+00') AS hour
    FROM public.sensor_closing c WHERE c.pit_id > p_after AND c.pit_id <= p_last
  ), reopened AS (
    DELETE FROM public.sensor_hours h
    USING (SELECT DISTINCT f.pit_id, f.hour, f.device_key, f.boot_id FROM fresh f) k
    WHERE h.pit_id = k.pit_id AND h.hour = k.hour AND h.device_key = k.device_key AND h.boot_id = k.boot_id
    RETURNING h.*
  ), known (workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq, temperature, humidity,
           pressure, gas_ohm, aqi, iaq_accuracy, replayed) AS MATERIALIZED (
    SELECT h.workshop_id, h.pit_id, h.device_key, t.measured_at,
           t.measured_at + r.late_s * interval '1 second' + r.late_us * interval '1 microsecond', h.boot_id,
           (r.seq + r.i)::integer, r.temperature, r.humidity, r.pressure, r.gas_ohm, r.aqi, r.iaq_accuracy,
           coalesce(r.replayed, false)
    FROM reopened h,
         unnest(h.measured_ms, h.measured_us, h.seq, h.received_s, h.received_us, h.temperature, h.humidity, h.pressure,
              h.gas_ohm, h.aqi, h.iaq_accuracy, h.replayed) WITH ORDINALITY
         AS r (ms, us, seq, late_s, late_us, temperature, humidity, pressure, gas_ohm, aqi, iaq_accuracy, replayed, i),
         LATERAL (SELECT h.hour + (r.ms + least(r.i, 360) * 10000) * interval '1 millisecond'
                      + coalesce(r.us, 0) * interval '1 microsecond' AS measured_at) t
  ), merged AS (
    SELECT k.*, date_bin('1 hour', k.measured_at, '2000-01-01 00:00:00+00') AS hour FROM known k
    UNION ALL
    SELECT f.* FROM fresh f
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.pit_id = f.pit_id AND k.measured_at = f.measured_at
                      AND k.device_key = f.device_key AND k.boot_id = f.boot_id AND k.seq = f.seq)
  ), counted AS (
    SELECT m.*, row_number() OVER course AS i,
           round(date_part('epoch', m.measured_at - m.hour) * 1e6)::bigint AS at_us,
           round(date_part('epoch', m.received_at - m.measured_at) * 1e6)::bigint AS late_us
    FROM merged m
    WINDOW course AS (PARTITION BY m.pit_id, m.hour, m.device_key, m.boot_id ORDER BY m.measured_at, m.seq)
  ), hours AS (
    INSERT INTO public.sensor_hours (workshop_id, pit_id, device_key, hour, boot_id, n,
      temperature_n, temperature_min, temperature_mean, temperature_max,
      humidity_n, humidity_min, humidity_mean, humidity_max,
      pressure_n, pressure_min, pressure_mean, pressure_max,
      gas_ohm_n, gas_ohm_min, gas_ohm_mean, gas_ohm_max,
      aqi_n, aqi_min, aqi_mean, aqi_max,
      measured_ms, measured_us, seq, received_s, received_us, temperature, humidity, pressure, gas_ohm, aqi,
      iaq_accuracy, replayed)
    SELECT min(r.workshop_id), r.pit_id, r.device_key, r.hour, r.boot_id, count(*),
           count(r.temperature), min(r.temperature), avg(r.temperature)::real, max(r.temperature),
           count(r.humidity), min(r.humidity), avg(r.humidity)::real, max(r.humidity),
           count(r.pressure), min(r.pressure), avg(r.pressure)::real, max(r.pressure),
           count(r.gas_ohm), min(r.gas_ohm), avg(r.gas_ohm)::real, max(r.gas_ohm),
           count(r.aqi), min(r.aqi), avg(r.aqi)::real, max(r.aqi),
           array_agg((r.at_us / 1000 - least(r.i, 360) * 10000)::integer),
           CASE WHEN bool_or(r.at_us % 1000 <> 0) THEN array_agg((r.at_us % 1000)::smallint) END,
           array_agg((r.seq - r.i)::integer),
           array_agg(floor(r.late_us / 1e6::float8)::integer),
           array_agg((r.late_us - floor(r.late_us / 1e6::float8)::bigint * 1000000)::integer),
           CASE WHEN count(r.temperature) > 0 THEN array_agg(r.temperature) END,
           CASE WHEN count(r.humidity) > 0 THEN array_agg(r.humidity) END,
           CASE WHEN count(r.pressure) > 0 THEN array_agg(r.pressure) END,
           CASE WHEN count(r.gas_ohm) > 0 THEN array_agg(r.gas_ohm) END,
           CASE WHEN count(r.aqi) > 0 THEN array_agg(r.aqi) END,
           CASE WHEN count(r.iaq_accuracy) > 0 THEN array_agg(r.iaq_accuracy) END,
           CASE WHEN bool_or(r.replayed) THEN array_agg(r.replayed) END
    FROM counted r GROUP BY r.pit_id, r.hour, r.device_key, r.boot_id
    RETURNING n
  )
  SELECT coalesce(sum(n), 0) INTO packed FROM hours;
  RETURN packed;
END
$$;

ALTER FUNCTION platform.pack_pits(p_after bigint, p_last bigint) OWNER TO pitview_owner;

CREATE FUNCTION platform.pack_readings(p_rows integer DEFAULT 100000) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $_$
DECLARE
  everything CONSTANT bigint := 9223372036854775807;
  day platform.packing;
  last_pit bigint;
  leaving name;
BEGIN
  IF p_rows NOT BETWEEN 1 AND 10000000 THEN
    RAISE EXCEPTION 'rows must lie between 1 and 10000000' USING ERRCODE = '22023';
  END IF;
  IF NOT pg_try_advisory_xact_lock(hashtext('platform.pack_readings')) THEN
    RETURN 'busy';
  END IF;
  PERFORM set_config('lock_timeout', '200ms', true);
  SELECT * INTO day FROM platform.packing;

  IF NOT FOUND THEN
    SELECT c.relname INTO leaving FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'public.sensor_data'::regclass
      AND c.relname < 'sensor_data_' || to_char((now() AT TIME ZONE 'UTC')::date - 2, 'YYYYMMDD')
    ORDER BY c.relname LIMIT 1;
    IF NOT FOUND THEN
      RETURN 'nothing';
    END IF;
    -- commit_readings() holds it shared while it stores what belongs to such a day.
    IF NOT pg_try_advisory_xact_lock(hashtext('platform.closing')) THEN
      RETURN 'busy';
    END IF;
    BEGIN
      EXECUTE format('ALTER TABLE public.sensor_data DETACH PARTITION public.%I', leaving);
      EXECUTE format('ALTER TABLE public.%I RENAME TO %I', leaving, replace(leaving, 'sensor_data', 'sensor_closing'));
      leaving := replace(leaving, 'sensor_data', 'sensor_closing');
      EXECUTE format('ALTER TABLE public.%I INHERIT public.sensor_closing', leaving);
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      RETURN 'busy';
    END;
    INSERT INTO platform.packing (partition_name, done_pit) VALUES (leaving, -1);
    RETURN 'more';
  END IF;

  IF day.done_pit = everything THEN
    BEGIN
      EXECUTE format('DROP TABLE public.%I', day.partition_name);
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      RETURN 'busy';
    END;
    DELETE FROM platform.packing;
    RETURN 'more';
  END IF;

  EXECUTE format('SELECT pit_id FROM public.%I WHERE pit_id > $1 ORDER BY pit_id OFFSET $2 LIMIT 1', day.partition_name)
  INTO last_pit USING day.done_pit, p_rows;
  last_pit := coalesce(last_pit, everything);
  PERFORM platform.pack_pits(day.done_pit, last_pit);
  UPDATE platform.packing SET done_pit = last_pit;
  RETURN 'more';
END
$_$;

ALTER FUNCTION platform.pack_readings(p_rows integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.pack_readings(p_rows integer) IS 'Housekeeping, one step. more: call again; busy: later, somebody else has what it needs; nothing: all is packed.';

CREATE FUNCTION platform.pit_places() RETURNS TABLE(workshop_id bigint, pit_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT p.workshop_id, p.id FROM public.pits p ORDER BY p.id
$$;

ALTER FUNCTION platform.pit_places() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.pit_places() IS 'The numbers of all pits: the gateway knows them by other names, which the server alone can work out.';

CREATE FUNCTION platform.place_device(p_device_id text, p_user_id bigint) RETURNS TABLE(outcome text, device_key bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  workshop bigint := public.current_workshop();
  device public.devices%ROWTYPE;
BEGIN
  IF NOT EXISTS (SELECT FROM public.users u WHERE u.id = p_user_id AND u.role = 'super_admin') THEN
    RAISE EXCEPTION 'only a super administrator gives devices away' USING ERRCODE = '42501';
  END IF;
  SELECT * INTO device FROM public.devices d WHERE d.device_id = p_device_id FOR UPDATE;
  IF device.id IS NULL THEN
    RETURN QUERY SELECT 'invalid', NULL::bigint;
  ELSIF device.claimed_at IS NOT NULL OR device.workshop_id <> 1 THEN
    RETURN QUERY SELECT 'used', NULL::bigint;
  ELSIF workshop = 1 THEN
    RAISE EXCEPTION 'the platform cannot claim a device' USING ERRCODE = '22023';
  ELSE
    UPDATE public.devices d SET workshop_id = workshop, claimed_at = now() WHERE d.id = device.id;
    RETURN QUERY SELECT 'claimed', device.id;
  END IF;
END
$$;

ALTER FUNCTION platform.place_device(p_device_id text, p_user_id bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.place_device(p_device_id text, p_user_id bigint) IS 'Moves an unclaimed device into the workshop of the transaction, for a super administrator, who needs no code. outcome: claimed, invalid (no such device), used.';

CREATE FUNCTION platform.prepare_readings_staging() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
BEGIN
  IF to_regclass('pg_temp.readings_staging') IS NULL THEN
    CREATE TEMP TABLE readings_staging (
      device_key bigint NOT NULL,
      measured_at timestamptz NOT NULL,
      received_at timestamptz NOT NULL,
      boot_id integer NOT NULL,
      seq integer NOT NULL,
      temperature real,
      humidity real,
      pressure real,
      aqi smallint,
      iaq_accuracy smallint,
      gas_ohm real,
      replayed boolean NOT NULL
    ) ON COMMIT DELETE ROWS;
    GRANT INSERT ON pg_temp.readings_staging TO pitview_app;
  END IF;
END
$$;

ALTER FUNCTION platform.prepare_readings_staging() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.prepare_readings_staging() IS 'Makes this session''s pg_temp.readings_staging, the target of COPY. It empties itself at the end of each transaction.';

CREATE FUNCTION platform.protect_tenant_table(p_table regclass, p_column name DEFAULT 'workshop_id'::name) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
  own text := format('%I = (SELECT public.current_workshop())', p_column);
BEGIN
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', p_table);
  EXECUTE format('CREATE POLICY workshop_of_transaction ON %s FOR ALL TO pitview_app USING (%s) WITH CHECK (%s)',
                 p_table, own, own);
  EXECUTE format('CREATE POLICY workshop_of_report ON %s FOR SELECT TO pitview_readonly USING (%s)', p_table, own);
  EXECUTE format('CREATE POLICY owner_sees_all ON %s FOR ALL TO pitview_owner USING (true) WITH CHECK (true)', p_table);
END
$$;

ALTER FUNCTION platform.protect_tenant_table(p_table regclass, p_column name) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.protect_tenant_table(p_table regclass, p_column name) IS 'For migrations: puts a table behind row-level security. Its one way round is pitview_owner, which migrations and the SECURITY DEFINER functions of schema platform run as.';

CREATE FUNCTION platform.prune_readings_set_aside() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH gone AS (DELETE FROM platform.readings_set_aside WHERE at < now() - interval '90 days' RETURNING 1)
  SELECT count(*) FROM gone
$$;

ALTER FUNCTION platform.prune_readings_set_aside() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.prune_readings_set_aside() IS 'Housekeeping; returns how many rows went.';

CREATE FUNCTION platform.prune_violations() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH gone AS (DELETE FROM platform.licence_violations WHERE hour < now() - interval '90 days' RETURNING 1)
  SELECT count(*) FROM gone
$$;

ALTER FUNCTION platform.prune_violations() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.prune_violations() IS 'Housekeeping, hourly; returns how many rows went.';

CREATE FUNCTION platform.put_message_off(p_id bigint, p_attempt integer, p_due timestamp with time zone, p_next_try timestamp with time zone, p_reason text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  UPDATE public.messages SET due_at = coalesce(p_due, due_at), next_try_at = p_next_try, reason = left(p_reason, 500), lease_until = NULL,
    -- Waiting for the morning is no failure.
    attempts = CASE WHEN p_due IS NULL THEN attempts ELSE attempts - 1 END
  WHERE id = p_id AND status = 'waiting' AND attempts = p_attempt
$$;

ALTER FUNCTION platform.put_message_off(p_id bigint, p_attempt integer, p_due timestamp with time zone, p_next_try timestamp with time zone, p_reason text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.put_message_off(p_id bigint, p_attempt integer, p_due timestamp with time zone, p_next_try timestamp with time zone, p_reason text) IS 'A claimed message that is due later (quiet hours), or is tried again later and keeps its place.';

CREATE FUNCTION platform.queue_time_lapses() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH queued AS (
    INSERT INTO public.clips (workshop_id, pit_id, job_id, kind, title, from_at, to_at)
    SELECT j.workshop_id, j.pit_id, j.id, 'time_lapse', left(j.car_model || ' · ' || j.work_type, 120),
           greatest(j.actual_start_time, j.actual_end_time - interval '31 days'), j.actual_end_time
    FROM public.jobs j
    -- Its last seconds are in the index by then, and a server that was away for a day has missed none.
    WHERE j.status = 'completed' AND j.actual_end_time BETWEEN now() - interval '1 day' AND now() - interval '15 seconds'
      AND j.actual_end_time > j.actual_start_time + interval '1 second'
      AND EXISTS (SELECT FROM public.recordings r WHERE r.workshop_id = j.workshop_id AND r.pit_id = j.pit_id
                    AND r.began_at < j.actual_end_time AND r.ended_at > j.actual_start_time)
    ON CONFLICT (workshop_id, job_id) WHERE kind = 'time_lapse' DO NOTHING
    RETURNING 1
  ) SELECT count(*) FROM queued
$$;

ALTER FUNCTION platform.queue_time_lapses() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.queue_time_lapses() IS 'A time-lapse is to be made of every job that was completed in the last day, of which there are recordings. Returns how many are new.';

CREATE FUNCTION platform.receipt_rank(p_receipt text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT CASE p_receipt WHEN 'queued' THEN 0 WHEN 'sent' THEN 1 WHEN 'undelivered' THEN 2 WHEN 'failed' THEN 2
                        WHEN 'delivered' THEN 3 WHEN 'read' THEN 4 ELSE -1 END
$$;

ALTER FUNCTION platform.receipt_rank(p_receipt text) OWNER TO pitview_owner;

CREATE FUNCTION platform.record_device_status(p_device_key bigint, p_online boolean, p_at timestamp with time zone, p_state_version bigint, p_fw text, p_hw_rev text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  confirmed bigint;
BEGIN
  -- A number beyond ours is none that we gave.
  SELECT least(coalesce(p_state_version, 0), d.state_version) INTO confirmed
  FROM public.devices d WHERE d.id = p_device_key FOR UPDATE;
  UPDATE public.devices d SET online = p_online,
    last_seen_at = CASE WHEN p_online THEN greatest(d.last_seen_at, p_at) ELSE d.last_seen_at END,
    fw = coalesce(p_fw, d.fw), hw_rev = coalesce(p_hw_rev, d.hw_rev),
    acknowledged_version = greatest(d.acknowledged_version, confirmed),
    acknowledged_at = CASE WHEN confirmed > d.acknowledged_version THEN p_at ELSE d.acknowledged_at END
  WHERE d.id = p_device_key;
  UPDATE public.device_commands c SET acknowledged_at = p_at
  FROM public.devices d
  WHERE d.id = p_device_key AND c.workshop_id = d.workshop_id AND c.device_key = d.id
    AND c.version <= confirmed AND c.acknowledged_at IS NULL;
END
$$;

ALTER FUNCTION platform.record_device_status(p_device_key bigint, p_online boolean, p_at timestamp with time zone, p_state_version bigint, p_fw text, p_hw_rev text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.record_device_status(p_device_key bigint, p_online boolean, p_at timestamp with time zone, p_state_version bigint, p_fw text, p_hw_rev text) IS 'What the device or its last will said, and when; null for what it did not say. Its state_version confirms the commands up to that number.';

CREATE FUNCTION platform.record_firmware_state(p_campaign_id bigint, p_device_key bigint, p_state text, p_detail text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  UPDATE platform.firmware_devices f SET state = p_state, detail = p_detail, reported_at = now()
  WHERE f.campaign_id = p_campaign_id AND f.device_key = p_device_key
$$;

ALTER FUNCTION platform.record_firmware_state(p_campaign_id bigint, p_device_key bigint, p_state text, p_detail text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.record_firmware_state(p_campaign_id bigint, p_device_key bigint, p_state text, p_detail text) IS 'What the device reported.';

CREATE FUNCTION platform.record_login_failure(p_username text, p_ip inet) RETURNS TABLE(failures integer, locked_until timestamp with time zone)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  INSERT INTO platform.login_failures AS f (username_key, ip, failures, first_failed_at, updated_at)
  VALUES (platform.login_key(p_username), p_ip, 1, now(), now())
  ON CONFLICT (username_key, ip) DO UPDATE SET
    failures = CASE WHEN f.first_failed_at <= now() - interval '15 minutes' THEN 1 ELSE f.failures + 1 END,
    first_failed_at = CASE WHEN f.first_failed_at <= now() - interval '15 minutes' THEN now() ELSE f.first_failed_at END,
    locked_until = CASE
      WHEN f.locked_until > now() THEN f.locked_until
      WHEN f.first_failed_at > now() - interval '15 minutes' AND f.failures + 1 >= 5 THEN now() + interval '15 minutes'
    END,
    updated_at = now()
  RETURNING f.failures, f.locked_until
$$;

ALTER FUNCTION platform.record_login_failure(p_username text, p_ip inet) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.record_login_failure(p_username text, p_ip inet) IS 'Counts a failed login; the fifth within 15 minutes locks that account for that address for 15 minutes.';

CREATE FUNCTION platform.record_sign_in_failure(p_username text, p_client inet, p_action text, p_reason text, p_ip inet, p_request_id text) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  counted record;
  account record;
BEGIN
  SELECT f.failures, f.locked_until INTO counted FROM platform.record_login_failure(p_username, p_client) f;
  SELECT u.id, u.workshop_id, CASE WHEN u.role <> 'customer' THEN p_ip END AS ip INTO account
  FROM public.users u WHERE lower(u.username) = lower(p_username);
  IF account.id IS NOT NULL THEN
    INSERT INTO public.audit_log (workshop_id, action, subject_type, subject_id, after, request_id, ip)
    VALUES (account.workshop_id, p_action, 'user', account.id, jsonb_build_object('reason', p_reason),
            nullif(p_request_id, ''), account.ip);
    IF counted.failures = 5 THEN
      INSERT INTO public.audit_log (workshop_id, action, subject_type, subject_id, after, request_id, ip)
      VALUES (account.workshop_id, 'auth.locked_out', 'user', account.id,
              jsonb_build_object('until', counted.locked_until), nullif(p_request_id, ''), account.ip);
    END IF;
  END IF;
  RETURN counted.locked_until;
END
$$;

ALTER FUNCTION platform.record_sign_in_failure(p_username text, p_client inet, p_action text, p_reason text, p_ip inet, p_request_id text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.record_sign_in_failure(p_username text, p_client inet, p_action text, p_reason text, p_ip inet, p_request_id text) IS 'record_login_failure(), with an entry in the audit log when there is such an account; returns until when it is locked for that client, if it is.';

CREATE FUNCTION platform.record_violations(p_device_ids text[], p_reasons text[], p_hours_s bigint[], p_messages bigint[], p_first_us bigint[], p_last_us bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  -- In the order of the key, so that two servers cannot deadlock.
  INSERT INTO platform.licence_violations AS v (device_id, reason, hour, messages, first_at, last_at)
  SELECT n.device_id, n.reason, to_timestamp(n.hour_s), n.messages,
         'epoch'::timestamptz + n.first_us * interval '1 microsecond',
         'epoch'::timestamptz + n.last_us * interval '1 microsecond'
  FROM unnest(p_device_ids, p_reasons, p_hours_s, p_messages, p_first_us, p_last_us)
       AS n (device_id, reason, hour_s, messages, first_us, last_us)
  ORDER BY n.hour_s, n.device_id, n.reason
  ON CONFLICT (hour, device_id, reason) DO UPDATE SET
    messages = v.messages + excluded.messages,
    first_at = least(v.first_at, excluded.first_at),
    last_at = greatest(v.last_at, excluded.last_at)
$$;

ALTER FUNCTION platform.record_violations(p_device_ids text[], p_reasons text[], p_hours_s bigint[], p_messages bigint[], p_first_us bigint[], p_last_us bigint[]) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.record_violations(p_device_ids text[], p_reasons text[], p_hours_s bigint[], p_messages bigint[], p_first_us bigint[], p_last_us bigint[]) IS 'Adds to the counts: one of each for every device, reason and hour.';

CREATE FUNCTION platform.recordings_forecast() RETURNS TABLE(free_bytes bigint, size_bytes bigint, dropped bigint, waiting_bytes bigint, bucket_fault text, noted_at timestamp with time zone, recorded_bytes bigint, clip_bytes bigint, bytes_per_day bigint, expected_bytes bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH of_workshop AS (
    SELECT w.recording_days, sum(r.size_bytes) AS recorded,
           -- A workshop of three days has not recorded seven.
           coalesce(sum(r.size_bytes) FILTER (WHERE r.ended_at > now() - interval '7 days'), 0)
             / greatest(1, least(7, extract(epoch FROM now() - min(r.began_at)) / 86400)) AS per_day
    FROM public.recordings r JOIN public.workshops w ON w.id = r.workshop_id GROUP BY w.id
  ), sums AS (
    SELECT coalesce(sum(recorded), 0)::bigint AS recorded, coalesce(sum(per_day), 0)::bigint AS per_day,
           coalesce(sum(per_day * recording_days), 0)::bigint AS expected FROM of_workshop
  ), kept AS (
    SELECT coalesce(sum(c.size_bytes), 0)::bigint AS bytes FROM public.clips c WHERE c.status = 'ready'
  )
  SELECT d.free_bytes, d.size_bytes, d.dropped, d.waiting_bytes, d.bucket_fault, d.noted_at, s.recorded, k.bytes,
         s.per_day, s.expected + k.bytes
  FROM sums s, kept k LEFT JOIN platform.recordings_disk d ON true
$$;

ALTER FUNCTION platform.recordings_forecast() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.recordings_forecast() IS 'How full the disk of the recordings is, and how full it will be if all workshops go on recording as they did this week.';

CREATE FUNCTION platform.recordings_to_let_go(p_limit integer) RETURNS TABLE(workshop_id bigint, pit_id bigint, began_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT r.workshop_id, r.pit_id, r.began_at
  FROM public.recordings r JOIN public.workshops w ON w.id = r.workshop_id
  WHERE r.ended_at < now() - make_interval(days => w.recording_days)
  ORDER BY r.ended_at LIMIT p_limit
$$;

ALTER FUNCTION platform.recordings_to_let_go(p_limit integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.recordings_to_let_go(p_limit integer) IS 'Recordings that are older than their workshop keeps them, the oldest first.';

CREATE FUNCTION platform.redeem_ws_ticket(p_hash bytea) RETURNS TABLE(user_id bigint, workshop_id bigint, session_id bigint, role text, good boolean)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  WITH used AS (DELETE FROM platform.ws_tickets WHERE ticket_hash = p_hash RETURNING session_id, expires_at)
  SELECT u.id, u.workshop_id, s.id, u.role,
         t.expires_at > now() AND s.ended_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL
  FROM used t JOIN public.sessions s ON s.id = t.session_id JOIN public.users u ON u.id = s.user_id
$$;

ALTER FUNCTION platform.redeem_ws_ticket(p_hash bytea) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.redeem_ws_ticket(p_hash bytea) IS 'Who holds the ticket, which is used up by this, and whether it and the session are still good; no row for an unknown one.';

CREATE FUNCTION platform.register_batch(p_name text, p_hw_rev text, p_claim_expires_at timestamp with time zone, p_user_id bigint, p_device_ids text[], p_license_hashes text[], p_mqtt_passwords_sealed text[], p_command_keys_sealed text[], p_claim_code_hashes text[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  batch bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM public.users u WHERE u.id = p_user_id AND u.role = 'super_admin') THEN
    RAISE EXCEPTION 'only a super administrator registers devices' USING ERRCODE = '42501';
  END IF;
  INSERT INTO platform.device_batches (name, hw_rev, registered_by) VALUES (p_name, p_hw_rev, p_user_id)
  RETURNING id INTO batch;
  INSERT INTO public.devices (workshop_id, device_id, license_hash, mqtt_password_sealed, command_key_sealed, hw_rev,
                              batch_id, claim_code_hash, claim_expires_at)
  SELECT 1, d.id, decode(d.license, 'hex'), decode(d.password, 'hex'), decode(d.key, 'hex'), p_hw_rev,
         batch, decode(d.code, 'hex'), p_claim_expires_at
  FROM unnest(p_device_ids, p_license_hashes, p_mqtt_passwords_sealed, p_command_keys_sealed, p_claim_code_hashes)
       AS d (id, license, password, key, code);
  RETURN batch;
END
$$;

ALTER FUNCTION platform.register_batch(p_name text, p_hw_rev text, p_claim_expires_at timestamp with time zone, p_user_id bigint, p_device_ids text[], p_license_hashes text[], p_mqtt_passwords_sealed text[], p_command_keys_sealed text[], p_claim_code_hashes text[]) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.register_batch(p_name text, p_hw_rev text, p_claim_expires_at timestamp with time zone, p_user_id bigint, p_device_ids text[], p_license_hashes text[], p_mqtt_passwords_sealed text[], p_command_keys_sealed text[], p_claim_code_hashes text[]) IS 'New devices that belong to the platform until they are claimed, all or none; returns the batch.';

CREATE FUNCTION platform.require_super_admin(p_user_id bigint) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.users u WHERE u.id = p_user_id AND u.role = 'super_admin') THEN
    RAISE EXCEPTION 'only a super administrator looks after workshops' USING ERRCODE = '42501';
  END IF;
END
$$;

ALTER FUNCTION platform.require_super_admin(p_user_id bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.require_super_admin(p_user_id bigint) IS 'For the other functions of this schema.';

CREATE FUNCTION platform.roll_up(p_hours integer DEFAULT 200) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
DECLARE
  progress platform.rollup_progress;
  whole timestamptz := date_bin('1 hour', clock_timestamp() - interval '2 minutes', '2000-01-01 00:00:00+00');
  last_pit bigint;
  last_hour timestamptz;
BEGIN
  IF p_hours NOT BETWEEN 1 AND 10000 THEN
    RAISE EXCEPTION 'hours must lie between 1 and 10000' USING ERRCODE = '22023';
  END IF;
  IF NOT pg_try_advisory_xact_lock(hashtext('platform.roll_up')) THEN
    RETURN 'busy';
  END IF;
  SELECT * INTO progress FROM platform.rollup_progress;
  IF progress.fence IS NULL AND whole > progress.done_until THEN
    UPDATE platform.rollup_progress
    SET next_until = least(whole, progress.done_until + interval '1 day'), fence = pg_current_xact_id();
    RETURN 'more';
  END IF;
  IF pg_snapshot_xmin(pg_current_snapshot()) > progress.fence THEN
    INSERT INTO public.rollups_due (workshop_id, pit_id, hour)
    SELECT p.workshop_id, p.id, h.hour
    FROM public.pits p, generate_series(progress.done_until, progress.next_until - interval '1 hour', '1 hour') h (hour);
    UPDATE platform.rollup_progress SET done_until = next_until, next_until = NULL, fence = NULL
    RETURNING * INTO progress;
  END IF;

  -- One statement, so that marks and readings are those of one moment.
  WITH chosen AS MATERIALIZED (
    SELECT DISTINCT d.pit_id, d.hour FROM public.rollups_due d
    WHERE (d.pit_id, d.hour) > (progress.after_pit, progress.after_hour)
    ORDER BY d.pit_id, d.hour LIMIT p_hours
  ), taken AS (
    DELETE FROM public.rollups_due d USING chosen c WHERE d.pit_id = c.pit_id AND d.hour = c.hour
  ), quarters AS (
    INSERT INTO public.sensor_rollups (workshop_id, pit_id, at, n,
      temperature_n, temperature_min, temperature_mean, temperature_max,
      humidity_n, humidity_min, humidity_mean, humidity_max,
      pressure_n, pressure_min, pressure_mean, pressure_max,
      gas_ohm_n, gas_ohm_min, gas_ohm_mean, gas_ohm_max,
      aqi_n, aqi_min, aqi_mean, aqi_max)
    SELECT min(r.workshop_id), r.pit_id, date_bin('15 minutes', r.measured_at, '2000-01-01 00:00:00+00'), count(*),
           count(r.temperature)::integer, min(r.temperature), avg(r.temperature)::real, max(r.temperature),
           count(r.humidity)::integer, min(r.humidity), avg(r.humidity)::real, max(r.humidity),
           count(r.pressure)::integer, min(r.pressure), avg(r.pressure)::real, max(r.pressure),
           count(r.gas_ohm)::integer, min(r.gas_ohm), avg(r.gas_ohm)::real, max(r.gas_ohm),
           count(r.aqi)::integer, min(r.aqi), avg(r.aqi)::real, max(r.aqi)
    FROM chosen c, LATERAL public.readings_between(c.pit_id, c.hour, c.hour + interval '1 hour') r
    GROUP BY 2, 3 ORDER BY 2, 3
    ON CONFLICT (pit_id, at) DO UPDATE SET n = excluded.n,
      temperature_n = excluded.temperature_n, temperature_min = excluded.temperature_min, temperature_mean = excluded.temperature_mean, temperature_max = excluded.temperature_max,
      humidity_n = excluded.humidity_n, humidity_min = excluded.humidity_min, humidity_mean = excluded.humidity_mean, humidity_max = excluded.humidity_max,
      pressure_n = excluded.pressure_n, pressure_min = excluded.pressure_min, pressure_mean = excluded.pressure_mean, pressure_max = excluded.pressure_max,
      gas_ohm_n = excluded.gas_ohm_n, gas_ohm_min = excluded.gas_ohm_min, gas_ohm_mean = excluded.gas_ohm_mean, gas_ohm_max = excluded.gas_ohm_max,
      aqi_n = excluded.aqi_n, aqi_min = excluded.aqi_min, aqi_mean = excluded.aqi_mean, aqi_max = excluded.aqi_max
  )
  SELECT c.pit_id, c.hour INTO last_pit, last_hour FROM chosen c ORDER BY c.pit_id DESC, c.hour DESC LIMIT 1;

  UPDATE platform.rollup_progress
  SET after_pit = coalesce(last_pit, -1), after_hour = coalesce(last_hour, '-infinity')
  WHERE (after_pit, after_hour) IS DISTINCT FROM (coalesce(last_pit, -1), coalesce(last_hour, '-infinity'::timestamptz));
  IF EXISTS (SELECT FROM public.rollups_due) OR (progress.fence IS NULL AND whole > progress.done_until) THEN
    RETURN 'more';
  END IF;
  RETURN 'nothing';
END
$$;

ALTER FUNCTION platform.roll_up(p_hours integer) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.roll_up(p_hours integer) IS 'Brings sensor_rollups up to date, one step. more: call again; busy: somebody else does; nothing: all is there.';

CREATE FUNCTION platform.save_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_plan text, p_status text, p_status_reason text, p_status_before text, p_suspend_requested_at timestamp with time zone, p_expires_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
BEGIN
  PERFORM platform.require_super_admin(p_user_id);
  UPDATE public.workshops w
  SET name = p_name, address = p_address, phone = p_phone, plan = p_plan, subscription_status = p_status,
      status_reason = p_status_reason, status_before = p_status_before,
      suspend_requested_at = p_suspend_requested_at, subscription_expires_at = p_expires_at
  WHERE w.id = public.current_workshop() AND w.id <> 1;
END
$$;

ALTER FUNCTION platform.save_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_plan text, p_status text, p_status_reason text, p_status_before text, p_suspend_requested_at timestamp with time zone, p_expires_at timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.save_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_plan text, p_status text, p_status_reason text, p_status_before text, p_suspend_requested_at timestamp with time zone, p_expires_at timestamp with time zone) IS 'Changes the workshop of the transaction, for a super administrator. The server cannot do it by itself: no workshop can give itself a subscription.';

CREATE FUNCTION platform.set_aside_reading(p_device_key bigint, p_measured_at timestamp with time zone, p_received_at timestamp with time zone, p_boot_id integer, p_seq integer, p_temperature real, p_humidity real, p_pressure real, p_aqi smallint, p_iaq_accuracy smallint, p_gas_ohm real, p_replayed boolean, p_refusal text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
BEGIN
  INSERT INTO platform.readings_set_aside (device_key, measured_at, received_at, boot_id, seq, temperature, humidity,
                                           pressure, aqi, iaq_accuracy, gas_ohm, replayed, reason)
  VALUES (p_device_key, p_measured_at, p_received_at, p_boot_id, p_seq, p_temperature, p_humidity,
          p_pressure, p_aqi, p_iaq_accuracy, p_gas_ohm, p_replayed, 'refused: ' || left(p_refusal, 500))
  ON CONFLICT DO NOTHING;
  PERFORM platform.bound_readings_set_aside();
END
$$;

ALTER FUNCTION platform.set_aside_reading(p_device_key bigint, p_measured_at timestamp with time zone, p_received_at timestamp with time zone, p_boot_id integer, p_seq integer, p_temperature real, p_humidity real, p_pressure real, p_aqi smallint, p_iaq_accuracy smallint, p_gas_ohm real, p_replayed boolean, p_refusal text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.set_aside_reading(p_device_key bigint, p_measured_at timestamp with time zone, p_received_at timestamp with time zone, p_boot_id integer, p_seq integer, p_temperature real, p_humidity real, p_pressure real, p_aqi smallint, p_iaq_accuracy smallint, p_gas_ohm real, p_replayed boolean, p_refusal text) IS 'Keeps one reading that the database refused, with its refusal.';

CREATE FUNCTION platform.set_messages_wanted(p_phone_lookup bytea, p_wanted boolean, p_provider_id text, p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
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

ALTER FUNCTION platform.set_messages_wanted(p_phone_lookup bytea, p_wanted boolean, p_provider_id text, p_now timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.set_messages_wanted(p_phone_lookup bytea, p_wanted boolean, p_provider_id text, p_now timestamp with time zone) IS 'STOP and START of a telephone number, in every workshop where it is a customer''s; how many consents changed. The same message of the customer means it once.';

CREATE FUNCTION platform.video_cameras() RETURNS TABLE(workshop_id bigint, pit_id bigint, rtsp_url_sealed bytea, at_work boolean, recorded boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT p.workshop_id, p.id, p.camera_rtsp_url_sealed, work.running,
         work.running OR (platform.has_video(w.subscription_status) AND (w.record_always OR work.just_done))
  FROM public.pits p JOIN public.workshops w ON w.id = p.workshop_id,
  LATERAL (SELECT EXISTS (SELECT FROM public.jobs j WHERE j.workshop_id = p.workshop_id AND j.pit_id = p.id
                            AND j.status IN ('in_progress', 'on_hold', 'quality_check')) AS running,
                  EXISTS (SELECT FROM public.jobs j WHERE j.workshop_id = p.workshop_id AND j.pit_id = p.id
                            AND j.status = 'completed' AND j.actual_end_time > now() - interval '30 seconds') AS just_done) work
  WHERE p.camera_rtsp_url_sealed IS NOT NULL AND p.status <> 'disabled'
    AND (platform.has_video(w.subscription_status) OR work.running)
  ORDER BY p.id
$$;

ALTER FUNCTION platform.video_cameras() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.video_cameras() IS 'The cameras that somebody may watch, of all workshops, for the gateway; addresses sealed. at_work: a job is running there.';

CREATE FUNCTION platform.watched_pits() RETURNS TABLE(workshop_id bigint, pit_id bigint, has_camera boolean, device_seen boolean, work_type text, stage text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT p.workshop_id, p.id, p.camera_rtsp_url_sealed IS NOT NULL, coalesce(d.last_seen_at >= a.assigned_at, false),
         coalesce(j.work_type, ''), coalesce(s.name, '')
  FROM public.pits p
  LEFT JOIN public.device_assignments a ON a.pit_id = p.id AND a.released_at IS NULL
  LEFT JOIN public.devices d ON d.id = a.device_key
  LEFT JOIN public.jobs j ON j.workshop_id = p.workshop_id AND j.pit_id = p.id
    AND j.status IN ('in_progress', 'on_hold', 'quality_check')
  LEFT JOIN LATERAL (
    SELECT name FROM public.job_stages
    WHERE workshop_id = j.workshop_id AND job_id = j.id AND started_at IS NOT NULL AND finished_at IS NULL
    ORDER BY position LIMIT 1) s ON true
  WHERE p.status = 'active'
$$;

ALTER FUNCTION platform.watched_pits() OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.watched_pits() IS 'Every pit in use: those in maintenance or disabled raise no alerts. Work type and stage are those of the running job, empty without one; device_seen: its device has been heard since it came there.';

CREATE FUNCTION platform.workshop_of_device(p_device_id text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT d.workshop_id FROM public.devices d WHERE d.device_id = p_device_id
$$;

ALTER FUNCTION platform.workshop_of_device(p_device_id text) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.workshop_of_device(p_device_id text) IS 'For super administrators, who act in any workshop.';

CREATE FUNCTION platform.workshop_of_subscription(p_subscription_id bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'platform', 'pg_temp'
    AS $$
  SELECT s.workshop_id FROM public.subscriptions s WHERE s.id = p_subscription_id
$$;

ALTER FUNCTION platform.workshop_of_subscription(p_subscription_id bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION platform.workshop_of_subscription(p_subscription_id bigint) IS 'For super administrators, who act in any workshop.';

CREATE FUNCTION public.air_of_stages(p_job bigint, p_now timestamp with time zone) RETURNS TABLE(stage integer, measured_s double precision, judged_s double precision, in_spec_s double precision, temperature_s double precision, temperature_in_spec_s double precision, temperature_min double precision, temperature_mean double precision, temperature_max double precision, humidity_s double precision, humidity_in_spec_s double precision, humidity_min double precision, humidity_mean double precision, humidity_max double precision, dew_margin_s double precision, dew_margin_in_spec_s double precision, dew_margin_min double precision, dew_margin_mean double precision, dew_margin_max double precision, aqi_s double precision, aqi_in_spec_s double precision, aqi_min double precision, aqi_mean double precision, aqi_max double precision)
    LANGUAGE sql STABLE
    AS $$
  WITH stages AS (
    SELECT j.pit_id, s.position, s.started_at AS began,
           least(coalesce(s.finished_at, j.actual_end_time, p_now), p_now) AS ended,
           s.temperature_min, s.temperature_max, s.humidity_min, s.humidity_max, s.dew_margin_min, s.aqi_max,
           s.temperature_min IS NOT NULL OR s.temperature_max IS NOT NULL AS judges_temperature,
           s.humidity_min IS NOT NULL OR s.humidity_max IS NOT NULL AS judges_humidity
    FROM public.jobs j JOIN public.job_stages s ON s.workshop_id = j.workshop_id AND s.job_id = j.id
    WHERE j.id = p_job AND s.started_at IS NOT NULL
  ), air AS (
    SELECT s.*, r.temperature, r.humidity, r.temperature - public.dew_point(r.temperature, r.humidity) AS dew_margin,
           CASE WHEN r.iaq_accuracy IS NULL OR r.iaq_accuracy >= 2 THEN r.aqi::double precision END AS aqi,
           date_part('epoch', least(lead(r.measured_at) OVER (PARTITION BY s.position ORDER BY r.measured_at),
                                    r.measured_at + interval '30 seconds', s.ended) - r.measured_at) AS seconds
    FROM stages s, LATERAL (
      SELECT measured_at, temperature::double precision, humidity::double precision, aqi, iaq_accuracy
      FROM public.readings_between(s.pit_id, s.began, s.ended)) r
  ), judged AS (
    SELECT a.*,
           CASE WHEN a.judges_temperature AND a.temperature IS NOT NULL THEN
             a.temperature >= coalesce(a.temperature_min, '-infinity')
             AND a.temperature <= coalesce(a.temperature_max, 'infinity') END AS temperature_ok,
           CASE WHEN a.judges_humidity AND a.humidity IS NOT NULL THEN
             a.humidity >= coalesce(a.humidity_min, '-infinity')
             AND a.humidity <= coalesce(a.humidity_max, 'infinity') END AS humidity_ok,
           a.dew_margin >= a.dew_margin_min AS dew_margin_ok,
           a.aqi <= a.aqi_max AS aqi_ok
    FROM air a
  ), sums AS (
    SELECT position, sum(seconds) AS measured_s,
           sum(seconds) FILTER (WHERE coalesce(temperature_ok, humidity_ok, dew_margin_ok, aqi_ok) IS NOT NULL) AS judged_s,
           sum(seconds) FILTER (WHERE coalesce(temperature_ok, humidity_ok, dew_margin_ok, aqi_ok) IS NOT NULL
                          AND coalesce(temperature_ok, true) AND coalesce(humidity_ok, true)
                          AND coalesce(dew_margin_ok, true) AND coalesce(aqi_ok, true)) AS in_spec_s,
           sum(seconds) FILTER (WHERE temperature IS NOT NULL) AS temperature_s,
           sum(seconds) FILTER (WHERE temperature_ok) AS temperature_ok_s,
           min(temperature) AS temperature_low, sum(temperature * seconds) AS temperature_sum,
           avg(temperature) AS temperature_plain, max(temperature) AS temperature_high,
           sum(seconds) FILTER (WHERE humidity IS NOT NULL) AS humidity_s,
           sum(seconds) FILTER (WHERE humidity_ok) AS humidity_ok_s,
           min(humidity) AS humidity_low, sum(humidity * seconds) AS humidity_sum,
           avg(humidity) AS humidity_plain, max(humidity) AS humidity_high,
           sum(seconds) FILTER (WHERE dew_margin IS NOT NULL) AS dew_margin_s,
           sum(seconds) FILTER (WHERE dew_margin_ok) AS dew_margin_ok_s,
           min(dew_margin) AS dew_margin_low, sum(dew_margin * seconds) AS dew_margin_sum,
           avg(dew_margin) AS dew_margin_plain, max(dew_margin) AS dew_margin_high,
           sum(seconds) FILTER (WHERE aqi IS NOT NULL) AS aqi_s,
           sum(seconds) FILTER (WHERE aqi_ok) AS aqi_ok_s,
           min(aqi) AS aqi_low, sum(aqi * seconds) AS aqi_sum, avg(aqi) AS aqi_plain, max(aqi) AS aqi_high
    FROM judged GROUP BY position
  )
  -- The plain mean is for readings of no length: two of the same moment.
  SELECT t.position, coalesce(a.measured_s, 0), coalesce(a.judged_s, 0), coalesce(a.in_spec_s, 0),
         coalesce(a.temperature_s, 0), CASE WHEN t.judges_temperature THEN coalesce(a.temperature_ok_s, 0) END,
         a.temperature_low, coalesce(a.temperature_sum / nullif(a.temperature_s, 0), a.temperature_plain),
         a.temperature_high,
         coalesce(a.humidity_s, 0), CASE WHEN t.judges_humidity THEN coalesce(a.humidity_ok_s, 0) END,
         a.humidity_low, coalesce(a.humidity_sum / nullif(a.humidity_s, 0), a.humidity_plain), a.humidity_high,
         coalesce(a.dew_margin_s, 0),
         CASE WHEN t.dew_margin_min IS NOT NULL THEN coalesce(a.dew_margin_ok_s, 0) END,
         a.dew_margin_low, coalesce(a.dew_margin_sum / nullif(a.dew_margin_s, 0), a.dew_margin_plain),
         a.dew_margin_high,
         coalesce(a.aqi_s, 0), CASE WHEN t.aqi_max IS NOT NULL THEN coalesce(a.aqi_ok_s, 0) END,
         a.aqi_low, coalesce(a.aqi_sum / nullif(a.aqi_s, 0), a.aqi_plain), a.aqi_high
  FROM stages t LEFT JOIN sums a ON a.position = t.position
$$;

ALTER FUNCTION public.air_of_stages(p_job bigint, p_now timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION public.air_of_stages(p_job bigint, p_now timestamp with time zone) IS 'What the readings say of the air in each stage of a job that has begun, up to p_now.';

CREATE FUNCTION public.current_workshop() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (current_setting('pitview.workshop_id'::text))::bigint;

ALTER FUNCTION public.current_workshop() OWNER TO pitview_owner;

COMMENT ON FUNCTION public.current_workshop() IS 'The workshop of the running transaction (SET LOCAL pitview.workshop_id); an error when there is none.';

CREATE FUNCTION public.customer_access_ends(p_status text, p_actual_end_time timestamp with time zone, p_updated_at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN (p_status = ANY (ARRAY['completed'::text, 'cancelled'::text])) THEN (COALESCE(p_actual_end_time, p_updated_at) + '30 days'::interval) ELSE 'infinity'::timestamp with time zone END;

ALTER FUNCTION public.customer_access_ends(p_status text, p_actual_end_time timestamp with time zone, p_updated_at timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION public.customer_access_ends(p_status text, p_actual_end_time timestamp with time zone, p_updated_at timestamp with time zone) IS 'Until when the customer of a job may see it: 30 days after its end (a job that was cancelled before its start ended with its last change); infinity while it is not over.';

CREATE FUNCTION public.dew_point(p_temperature double precision, p_humidity double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((p_humidity > (0)::double precision) AND (p_temperature > ('-200'::integer)::double precision)) THEN (((243.12)::double precision * (ln((p_humidity / (100)::double precision)) + (((17.62)::double precision * p_temperature) / ((243.12)::double precision + p_temperature)))) / ((17.62)::double precision - (ln((p_humidity / (100)::double precision)) + (((17.62)::double precision * p_temperature) / ((243.12)::double precision + p_temperature))))) ELSE NULL::double precision END;

ALTER FUNCTION public.dew_point(p_temperature double precision, p_humidity double precision) OWNER TO pitview_owner;

COMMENT ON FUNCTION public.dew_point(p_temperature double precision, p_humidity double precision) IS 'Of air of so many °C and %RH, in °C, by the Magnus formula.';

CREATE TABLE platform.packing (
    one boolean DEFAULT true NOT NULL,
    partition_name name NOT NULL,
    done_pit bigint NOT NULL,
    CONSTRAINT packing_one_check CHECK (one)
);

ALTER TABLE platform.packing OWNER TO pitview_owner;

COMMENT ON TABLE platform.packing IS 'The day that is being packed; empty when none is.';

COMMENT ON COLUMN platform.packing.partition_name IS 'Child of public.sensor_closing.';

COMMENT ON COLUMN platform.packing.done_pit IS 'Up to this pit its readings are in sensor_hours, and those in sensor_closing no longer count.';

CREATE TABLE public.sensor_closing (
    workshop_id bigint NOT NULL,
    pit_id bigint NOT NULL,
    device_key bigint NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    boot_id integer NOT NULL,
    seq integer NOT NULL,
    temperature real,
    humidity real,
    pressure real,
    gas_ohm real,
    aqi smallint,
    iaq_accuracy smallint,
    replayed boolean NOT NULL
);

ALTER TABLE ONLY public.sensor_closing FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sensor_closing OWNER TO pitview_owner;

COMMENT ON TABLE public.sensor_closing IS 'Always empty itself; its child is the day that platform.pack_readings() is packing.';

CREATE TABLE public.sensor_data (
    workshop_id bigint NOT NULL,
    pit_id bigint NOT NULL,
    device_key bigint NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    boot_id integer DEFAULT 0 NOT NULL,
    seq integer DEFAULT 0 NOT NULL,
    temperature real,
    humidity real,
    pressure real,
    gas_ohm real,
    aqi smallint,
    iaq_accuracy smallint,
    replayed boolean DEFAULT false NOT NULL,
    CONSTRAINT sensor_data_aqi_check CHECK (((aqi >= 0) AND (aqi <= 500))),
    CONSTRAINT sensor_data_boot_id_check CHECK ((boot_id >= 0)),
    CONSTRAINT sensor_data_gas_ohm_check CHECK (((gas_ohm >= (0)::double precision) AND (gas_ohm <= ('1000000000'::numeric)::double precision))),
    CONSTRAINT sensor_data_humidity_check CHECK (((humidity >= (0)::double precision) AND (humidity <= (100)::double precision))),
    CONSTRAINT sensor_data_iaq_accuracy_check CHECK (((iaq_accuracy >= 0) AND (iaq_accuracy <= 3))),
    CONSTRAINT sensor_data_pressure_check CHECK (((pressure >= (300)::double precision) AND (pressure <= (1100)::double precision))),
    CONSTRAINT sensor_data_seq_check CHECK ((seq >= 0)),
    CONSTRAINT sensor_data_temperature_check CHECK (((temperature >= ('-40'::integer)::double precision) AND (temperature <= (85)::double precision)))
)
PARTITION BY RANGE (measured_at);

ALTER TABLE ONLY public.sensor_data FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sensor_data OWNER TO pitview_owner;

COMMENT ON TABLE public.sensor_data IS 'Readings, one row each. Null means not measured, never a sentinel.';

COMMENT ON COLUMN public.sensor_data.measured_at IS 'By the device''s clock (SNTP).';

COMMENT ON COLUMN public.sensor_data.received_at IS 'By the server''s clock.';

COMMENT ON COLUMN public.sensor_data.boot_id IS 'Counts the starts of the device; 0 for devices that send no sequence.';

COMMENT ON COLUMN public.sensor_data.seq IS 'Counts the readings since that start; 0 for devices that send none.';

COMMENT ON COLUMN public.sensor_data.temperature IS '°C.';

COMMENT ON COLUMN public.sensor_data.humidity IS '% relative humidity.';

COMMENT ON COLUMN public.sensor_data.pressure IS 'hPa.';

COMMENT ON COLUMN public.sensor_data.gas_ohm IS 'Resistance of the gas sensor, Ω.';

COMMENT ON COLUMN public.sensor_data.aqi IS 'Air quality index from volatile organic compounds, 0 (good) to 500.';

COMMENT ON COLUMN public.sensor_data.iaq_accuracy IS '0 (warming up) to 3 (calibrated); null when the device does not report it.';

COMMENT ON COLUMN public.sensor_data.replayed IS 'Came late from the device''s memory: stored, raises no alert.';

CREATE TABLE public.sensor_hours (
    workshop_id bigint NOT NULL,
    pit_id bigint NOT NULL,
    device_key bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    boot_id integer NOT NULL,
    n integer NOT NULL,
    temperature_n integer NOT NULL,
    temperature_min real,
    temperature_mean real,
    temperature_max real,
    humidity_n integer NOT NULL,
    humidity_min real,
    humidity_mean real,
    humidity_max real,
    pressure_n integer NOT NULL,
    pressure_min real,
    pressure_mean real,
    pressure_max real,
    gas_ohm_n integer NOT NULL,
    gas_ohm_min real,
    gas_ohm_mean real,
    gas_ohm_max real,
    aqi_n integer NOT NULL,
    aqi_min real,
    aqi_mean real,
    aqi_max real,
    measured_ms integer[] NOT NULL,
    measured_us smallint[],
    seq integer[] NOT NULL,
    received_s integer[] NOT NULL,
    received_us integer[] NOT NULL,
    temperature real[],
    humidity real[],
    pressure real[],
    gas_ohm real[],
    aqi smallint[],
    iaq_accuracy smallint[],
    replayed boolean[],
    CONSTRAINT sensor_hours_check CHECK ((cardinality(measured_ms) = n)),
    CONSTRAINT sensor_hours_check1 CHECK ((cardinality(seq) = n)),
    CONSTRAINT sensor_hours_check2 CHECK ((cardinality(received_s) = n)),
    CONSTRAINT sensor_hours_check3 CHECK ((cardinality(received_us) = n)),
    CONSTRAINT sensor_hours_hour_check CHECK ((hour = date_bin('01:00:00'::interval, hour, '2000-01-01 00:00:00+00'::timestamp with time zone))),
    CONSTRAINT sensor_hours_n_check CHECK ((n > 0))
);
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN measured_ms SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN measured_us SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN seq SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN received_s SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN received_us SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN temperature SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN humidity SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN pressure SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN gas_ohm SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN aqi SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN iaq_accuracy SET COMPRESSION pglz;
ALTER TABLE ONLY public.sensor_hours ALTER COLUMN replayed SET COMPRESSION pglz;

ALTER TABLE ONLY public.sensor_hours FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sensor_hours OWNER TO pitview_owner;

COMMENT ON TABLE public.sensor_hours IS 'Readings of days that are over, packed: one row for each hour, device and start of the device, sorted by time. Read them by view readings or by readings_between().';

COMMENT ON COLUMN public.sensor_hours.n IS 'Readings in this row; _n counts those that have the value.';

COMMENT ON COLUMN public.sensor_hours.measured_ms IS 'measured_at - hour - min(i, 360) * 10 s of reading i = 1, 2, …, whole milliseconds.';

COMMENT ON COLUMN public.sensor_hours.measured_us IS 'What measured_ms leaves, 0 to 999 µs; null when it is nothing for all.';

COMMENT ON COLUMN public.sensor_hours.seq IS 'seq - i.';

COMMENT ON COLUMN public.sensor_hours.received_s IS 'received_at - measured_at, whole seconds, rounded down.';

COMMENT ON COLUMN public.sensor_hours.received_us IS 'What received_s leaves, in µs.';

COMMENT ON COLUMN public.sensor_hours.temperature IS 'Null when no reading of the row has one, like the other values.';

COMMENT ON COLUMN public.sensor_hours.replayed IS 'Null when none was.';

CREATE VIEW public.readings WITH (security_invoker='true') AS
 SELECT sensor_data.workshop_id,
    sensor_data.pit_id,
    sensor_data.device_key,
    sensor_data.measured_at,
    sensor_data.received_at,
    sensor_data.boot_id,
    sensor_data.seq,
    sensor_data.temperature,
    sensor_data.humidity,
    sensor_data.pressure,
    sensor_data.gas_ohm,
    sensor_data.aqi,
    sensor_data.iaq_accuracy,
    sensor_data.replayed
   FROM public.sensor_data
UNION ALL
 SELECT sensor_closing.workshop_id,
    sensor_closing.pit_id,
    sensor_closing.device_key,
    sensor_closing.measured_at,
    sensor_closing.received_at,
    sensor_closing.boot_id,
    sensor_closing.seq,
    sensor_closing.temperature,
    sensor_closing.humidity,
    sensor_closing.pressure,
    sensor_closing.gas_ohm,
    sensor_closing.aqi,
    sensor_closing.iaq_accuracy,
    sensor_closing.replayed
   FROM public.sensor_closing
  WHERE (sensor_closing.pit_id > COALESCE(( SELECT p.done_pit
           FROM platform.packing p), ('-1'::integer)::bigint))
UNION ALL
 SELECT h.workshop_id,
    h.pit_id,
    h.device_key,
    t.measured_at,
    ((t.measured_at + ((r.late_s)::double precision * '00:00:01'::interval)) + ((r.late_us)::double precision * '00:00:00.000001'::interval)) AS received_at,
    h.boot_id,
    ((r.seq + r.i))::integer AS seq,
    r.temperature,
    r.humidity,
    r.pressure,
    r.gas_ohm,
    r.aqi,
    r.iaq_accuracy,
    COALESCE(r.replayed, false) AS replayed
   FROM public.sensor_hours h,
    LATERAL UNNEST(h.measured_ms, h.measured_us, h.seq, h.received_s, h.received_us, h.temperature, h.humidity, h.pressure, h.gas_ohm, h.aqi, h.iaq_accuracy, h.replayed) WITH ORDINALITY r(ms, us, seq, late_s, late_us, temperature, humidity, pressure, gas_ohm, aqi, iaq_accuracy, replayed, i),
    LATERAL ( SELECT ((h.hour + (((r.ms + (LEAST(r.i, (360)::bigint) * 10000)))::double precision * '00:00:00.001'::interval)) + ((COALESCE((r.us)::integer, 0))::double precision * '00:00:00.000001'::interval)) AS measured_at) t;

ALTER TABLE public.readings OWNER TO pitview_owner;

COMMENT ON VIEW public.readings IS 'Every reading, packed or not. A range of time is not found by index here: readings_between() does that.';

CREATE FUNCTION public.latest_reading(p_pit bigint) RETURNS SETOF public.readings
    LANGUAGE sql STABLE
    AS $$
  WITH open AS (
    SELECT * FROM (
      (SELECT workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq, temperature, humidity,
              pressure, gas_ohm, aqi, iaq_accuracy, replayed
       FROM public.sensor_data WHERE pit_id = p_pit ORDER BY measured_at DESC LIMIT 1)
      UNION ALL
      (SELECT workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq, temperature, humidity,
              pressure, gas_ohm, aqi, iaq_accuracy, replayed
       FROM public.sensor_closing
       WHERE pit_id = p_pit AND pit_id > coalesce((SELECT p.done_pit FROM platform.packing p), -1)
       ORDER BY measured_at DESC LIMIT 1)) o
    ORDER BY measured_at DESC LIMIT 1
  ), newest AS (
    SELECT * FROM open
    UNION ALL
    SELECT h.workshop_id, h.pit_id, h.device_key, t.measured_at,
           t.measured_at + r.late_s * interval '1 second' + r.late_us * interval '1 microsecond', h.boot_id,
           (r.seq + r.i)::integer, r.temperature, r.humidity, r.pressure, r.gas_ohm, r.aqi, r.iaq_accuracy,
           coalesce(r.replayed, false)
    FROM public.sensor_hours h,
         unnest(h.measured_ms, h.measured_us, h.seq, h.received_s, h.received_us, h.temperature, h.humidity, h.pressure,
              h.gas_ohm, h.aqi, h.iaq_accuracy, h.replayed) WITH ORDINALITY
         AS r (ms, us, seq, late_s, late_us, temperature, humidity, pressure, gas_ohm, aqi, iaq_accuracy, replayed, i),
         LATERAL (SELECT h.hour + (r.ms + least(r.i, 360) * 10000) * interval '1 millisecond'
                      + coalesce(r.us, 0) * interval '1 microsecond' AS measured_at) t
    WHERE h.pit_id = p_pit AND h.hour = (SELECT max(m.hour) FROM public.sensor_hours m WHERE m.pit_id = p_pit)
      AND h.hour > coalesce((SELECT o.measured_at FROM open o), '-infinity') - interval '1 hour'
  )
  SELECT * FROM newest ORDER BY measured_at DESC LIMIT 1
$$;

ALTER FUNCTION public.latest_reading(p_pit bigint) OWNER TO pitview_owner;

COMMENT ON FUNCTION public.latest_reading(p_pit bigint) IS 'The newest reading of a pit; no row when there is none.';

CREATE FUNCTION public.quarters_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) RETURNS TABLE(at timestamp with time zone, n bigint, temperature_n integer, temperature_min real, temperature_mean real, temperature_max real, humidity_n integer, humidity_min real, humidity_mean real, humidity_max real, pressure_n integer, pressure_min real, pressure_mean real, pressure_max real, gas_ohm_n integer, gas_ohm_min real, gas_ohm_mean real, gas_ohm_max real, aqi_n integer, aqi_min real, aqi_mean real, aqi_max real)
    LANGUAGE sql STABLE
    AS $$
  WITH span AS MATERIALIZED (
    SELECT e.first, greatest(e.first, least(date_bin('15 minutes', p_to, '2000-01-01 00:00:00+00'), s.done_until)) AS past
    FROM platform.rollup_progress s,
         (SELECT least(date_bin('15 minutes', p_from + interval '15 minutes' - interval '1 microsecond', '2000-01-01 00:00:00+00'),
                       p_to) AS first) e
  ), late AS MATERIALIZED (
    SELECT DISTINCT d.hour FROM public.rollups_due d, span s
    WHERE d.pit_id = p_pit AND d.hour > s.first - interval '1 hour' AND d.hour < s.past
  ), open (since, until) AS (
    SELECT p_from, s.first FROM span s WHERE p_from < s.first
    UNION ALL
    SELECT s.past, p_to FROM span s WHERE s.past < p_to
    UNION ALL
    SELECT greatest(l.hour, s.first), least(l.hour + interval '1 hour', s.past) FROM late l, span s
  )
  SELECT r.at, r.n::bigint,
         r.temperature_n, r.temperature_min, r.temperature_mean, r.temperature_max,
         r.humidity_n, r.humidity_min, r.humidity_mean, r.humidity_max,
         r.pressure_n, r.pressure_min, r.pressure_mean, r.pressure_max,
         r.gas_ohm_n, r.gas_ohm_min, r.gas_ohm_mean, r.gas_ohm_max,
         r.aqi_n, r.aqi_min, r.aqi_mean, r.aqi_max
  FROM public.sensor_rollups r, span s
  WHERE r.pit_id = p_pit AND r.at >= s.first AND r.at < s.past
    AND date_bin('1 hour', r.at, '2000-01-01 00:00:00+00') NOT IN (SELECT l.hour FROM late l)
  UNION ALL
  SELECT date_bin('15 minutes', m.measured_at, '2000-01-01 00:00:00+00'), count(*),
         count(m.temperature)::integer, min(m.temperature)::real, avg(m.temperature)::real, max(m.temperature)::real,
         count(m.humidity)::integer, min(m.humidity)::real, avg(m.humidity)::real, max(m.humidity)::real,
         count(m.pressure)::integer, min(m.pressure)::real, avg(m.pressure)::real, max(m.pressure)::real,
         count(m.gas_ohm)::integer, min(m.gas_ohm)::real, avg(m.gas_ohm)::real, max(m.gas_ohm)::real,
         count(m.aqi)::integer, min(m.aqi)::real, avg(m.aqi)::real, max(m.aqi)::real
  FROM open o, LATERAL public.readings_between(p_pit, o.since, o.until) m
  GROUP BY 1
$$;

ALTER FUNCTION public.quarters_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION public.quarters_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) IS 'The readings of a pit from p_from and before p_to by quarters of an hour, exact to the reading at both ends while the readings are there; in no order.';

CREATE FUNCTION public.readings_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) RETURNS SETOF public.readings
    LANGUAGE sql STABLE
    AS $$
  SELECT workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq, temperature, humidity,
         pressure, gas_ohm, aqi, iaq_accuracy, replayed
  FROM public.sensor_data WHERE pit_id = p_pit AND measured_at >= p_from AND measured_at < p_to
  UNION ALL
  SELECT workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq, temperature, humidity,
         pressure, gas_ohm, aqi, iaq_accuracy, replayed
  FROM public.sensor_closing WHERE pit_id = p_pit AND measured_at >= p_from AND measured_at < p_to
   AND pit_id > coalesce((SELECT p.done_pit FROM platform.packing p), -1)
  UNION ALL
  SELECT h.workshop_id, h.pit_id, h.device_key, t.measured_at,
         t.measured_at + r.late_s * interval '1 second' + r.late_us * interval '1 microsecond', h.boot_id,
         (r.seq + r.i)::integer, r.temperature, r.humidity, r.pressure, r.gas_ohm, r.aqi, r.iaq_accuracy,
         coalesce(r.replayed, false)
  FROM public.sensor_hours h,
       unnest(h.measured_ms, h.measured_us, h.seq, h.received_s, h.received_us, h.temperature, h.humidity, h.pressure,
              h.gas_ohm, h.aqi, h.iaq_accuracy, h.replayed) WITH ORDINALITY
         AS r (ms, us, seq, late_s, late_us, temperature, humidity, pressure, gas_ohm, aqi, iaq_accuracy, replayed, i),
       LATERAL (SELECT h.hour + (r.ms + least(r.i, 360) * 10000) * interval '1 millisecond'
                      + coalesce(r.us, 0) * interval '1 microsecond' AS measured_at) t
  WHERE h.pit_id = p_pit AND h.hour > p_from - interval '1 hour' AND h.hour < p_to
    AND t.measured_at >= p_from AND t.measured_at < p_to
$$;

ALTER FUNCTION public.readings_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) OWNER TO pitview_owner;

COMMENT ON FUNCTION public.readings_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) IS 'The readings of a pit from p_from and before p_to, packed or not, in no order.';

CREATE TABLE platform.device_batches (
    id bigint NOT NULL,
    name text NOT NULL,
    hw_rev text NOT NULL,
    registered_by bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT device_batches_hw_rev_check CHECK (((length(hw_rev) >= 1) AND (length(hw_rev) <= 16))),
    CONSTRAINT device_batches_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);

ALTER TABLE platform.device_batches OWNER TO pitview_owner;

COMMENT ON TABLE platform.device_batches IS 'Devices that were made together, by the factory.';

COMMENT ON COLUMN platform.device_batches.registered_by IS 'Null for what no person registered, e.g. the demo.';

ALTER TABLE platform.device_batches ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME platform.device_batches_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE platform.firmware_campaigns (
    id bigint NOT NULL,
    release_id bigint NOT NULL,
    workshop_codes text[],
    batch text,
    percentage integer NOT NULL,
    max_failure_percent integer NOT NULL,
    status text DEFAULT 'running'::text NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT firmware_campaigns_batch_check CHECK (((length(batch) >= 1) AND (length(batch) <= 100))),
    CONSTRAINT firmware_campaigns_max_failure_percent_check CHECK (((max_failure_percent >= 1) AND (max_failure_percent <= 100))),
    CONSTRAINT firmware_campaigns_percentage_check CHECK (((percentage >= 1) AND (percentage <= 100))),
    CONSTRAINT firmware_campaigns_status_check CHECK ((status = ANY (ARRAY['running'::text, 'stopped'::text, 'halted'::text]))),
    CONSTRAINT firmware_campaigns_workshop_codes_check CHECK (((cardinality(workshop_codes) >= 1) AND (cardinality(workshop_codes) <= 500)))
);

ALTER TABLE platform.firmware_campaigns OWNER TO pitview_owner;

COMMENT ON TABLE platform.firmware_campaigns IS 'To whom a release is offered.';

COMMENT ON COLUMN platform.firmware_campaigns.workshop_codes IS 'Null: of every workshop.';

COMMENT ON COLUMN platform.firmware_campaigns.batch IS 'Name in platform.device_batches. Null: of every batch.';

COMMENT ON COLUMN platform.firmware_campaigns.percentage IS 'Of the cohort, chosen by a hash of release and device.';

COMMENT ON COLUMN platform.firmware_campaigns.status IS 'stopped by a person, who may let it run again; halted by too many failures, for good.';

COMMENT ON COLUMN platform.firmware_campaigns.changed_at IS 'When percentage or status changed last.';

ALTER TABLE platform.firmware_campaigns ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME platform.firmware_campaigns_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE platform.firmware_devices (
    campaign_id bigint NOT NULL,
    device_key bigint NOT NULL,
    state text DEFAULT 'offered'::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    offered_at timestamp with time zone DEFAULT now() NOT NULL,
    reported_at timestamp with time zone,
    CONSTRAINT firmware_devices_detail_check CHECK ((length(detail) <= 64)),
    CONSTRAINT firmware_devices_reported_check CHECK (((state = 'offered'::text) = (reported_at IS NULL))),
    CONSTRAINT firmware_devices_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'installed'::text, 'rolled_back'::text, 'failed'::text])))
);

ALTER TABLE platform.firmware_devices OWNER TO pitview_owner;

COMMENT ON TABLE platform.firmware_devices IS 'Whom a campaign has offered its release, and what the device reported.';

COMMENT ON COLUMN platform.firmware_devices.detail IS 'The device''s own word for what went wrong.';

COMMENT ON COLUMN platform.firmware_devices.offered_at IS 'The first time.';

CREATE TABLE platform.firmware_releases (
    id bigint NOT NULL,
    version text NOT NULL,
    hw_rev text NOT NULL,
    notes text NOT NULL,
    image bytea NOT NULL,
    sha256 bytea NOT NULL,
    signature bytea NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT firmware_releases_check CHECK ((sha256 = sha256(image))),
    CONSTRAINT firmware_releases_hw_rev_check CHECK (((length(hw_rev) >= 1) AND (length(hw_rev) <= 16))),
    CONSTRAINT firmware_releases_image_check CHECK (((length(image) >= 1) AND (length(image) <= 1638400))),
    CONSTRAINT firmware_releases_notes_check CHECK ((length(notes) <= 4000)),
    CONSTRAINT firmware_releases_signature_check CHECK (((length(signature) >= 1) AND (length(signature) <= 72))),
    CONSTRAINT firmware_releases_version_check CHECK ((version ~ '^(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}$'::text))
);
ALTER TABLE ONLY platform.firmware_releases ALTER COLUMN image SET STORAGE EXTERNAL;

ALTER TABLE platform.firmware_releases OWNER TO pitview_owner;

COMMENT ON TABLE platform.firmware_releases IS 'Images for devices of one board revision, as they were signed.';

COMMENT ON COLUMN platform.firmware_releases.image IS 'At most 1600 KiB, the slot of a device.';

COMMENT ON COLUMN platform.firmware_releases.signature IS 'ECDSA P-256 in DER over version, revision, size and SHA-256. Its private key is not on the server.';

ALTER TABLE platform.firmware_releases ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME platform.firmware_releases_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE platform.keywords_taken (
    provider_id text NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    CONSTRAINT keywords_taken_provider_id_check CHECK (((length(provider_id) >= 1) AND (length(provider_id) <= 64)))
);

ALTER TABLE platform.keywords_taken OWNER TO pitview_owner;

COMMENT ON TABLE platform.keywords_taken IS 'Each STOP and START by its provider''s name for it, and nothing else of it: a second time it means nothing.';

CREATE TABLE platform.licence_violations (
    id bigint NOT NULL,
    device_id text NOT NULL,
    reason text NOT NULL,
    hour timestamp with time zone NOT NULL,
    messages bigint NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT licence_violations_device_id_check CHECK ((length(device_id) <= 64)),
    CONSTRAINT licence_violations_messages_check CHECK ((messages > 0)),
    CONSTRAINT licence_violations_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 120)))
);

ALTER TABLE platform.licence_violations OWNER TO pitview_owner;

COMMENT ON TABLE platform.licence_violations IS 'Messages that devices had no right to send (plan §4.1, §5.2): how many in each hour, kept for 90 days.';

COMMENT ON COLUMN platform.licence_violations.device_id IS 'As the message said; it need not exist. Empty: many different ones that do not exist.';

COMMENT ON COLUMN platform.licence_violations.reason IS 'In the plan''s words, such as "Payment overdue".';

ALTER TABLE platform.licence_violations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME platform.licence_violations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE platform.login_failures (
    username_key text NOT NULL,
    ip inet NOT NULL,
    failures integer NOT NULL,
    first_failed_at timestamp with time zone NOT NULL,
    locked_until timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT login_failures_failures_check CHECK ((failures >= 1)),
    CONSTRAINT login_failures_username_key_check CHECK ((length(username_key) <= 50))
);

ALTER TABLE platform.login_failures OWNER TO pitview_owner;

COMMENT ON TABLE platform.login_failures IS 'Failed logins per account and address: a stranger can lock out an address, never an account.';

COMMENT ON COLUMN platform.login_failures.username_key IS 'As typed, in lower case and cut; need not exist.';

COMMENT ON COLUMN platform.login_failures.first_failed_at IS 'Start of the 15 minutes in which failures are counted.';

CREATE TABLE platform.readings_set_aside (
    id bigint NOT NULL,
    device_key bigint NOT NULL,
    measured_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    boot_id integer NOT NULL,
    seq integer NOT NULL,
    temperature real,
    humidity real,
    pressure real,
    gas_ohm real,
    aqi smallint,
    iaq_accuracy smallint,
    replayed boolean NOT NULL,
    reason text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT readings_set_aside_reason_check CHECK (((reason = ANY (ARRAY['no_assignment'::text, 'too_old'::text, 'in_future'::text])) OR ((reason ~~ 'refused: %'::text) AND (length(reason) <= 520))))
);

ALTER TABLE platform.readings_set_aside OWNER TO pitview_owner;

COMMENT ON TABLE platform.readings_set_aside IS 'Readings that have no place in sensor_data, each once: the newest 100,000, for 90 days.';

COMMENT ON COLUMN platform.readings_set_aside.temperature IS 'As it came: what is stored here may be what was wrong.';

COMMENT ON COLUMN platform.readings_set_aside.reason IS 'no_assignment: the device was at no pit when it measured. too_old: more than 90 days. in_future: more than a day ahead. refused: the database''s own SQLSTATE and words.';

ALTER TABLE platform.readings_set_aside ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME platform.readings_set_aside_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE platform.recordings_disk (
    only_one boolean DEFAULT true NOT NULL,
    free_bytes bigint NOT NULL,
    size_bytes bigint NOT NULL,
    dropped bigint NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    waiting_bytes bigint,
    bucket_fault text,
    CONSTRAINT recordings_disk_bucket_fault_check CHECK ((length(bucket_fault) <= 500)),
    CONSTRAINT recordings_disk_only_one_check CHECK (only_one),
    CONSTRAINT recordings_disk_waiting_bytes_check CHECK ((waiting_bytes >= 0))
);

ALTER TABLE platform.recordings_disk OWNER TO pitview_owner;

COMMENT ON TABLE platform.recordings_disk IS 'The disk of the recordings, as the gateway saw it last.';

COMMENT ON COLUMN platform.recordings_disk.waiting_bytes IS 'Not copied into the bucket yet; null: there is none.';

COMMENT ON COLUMN platform.recordings_disk.bucket_fault IS 'Why the bucket does not take them; null: it does.';

CREATE TABLE platform.rollup_progress (
    one boolean DEFAULT true NOT NULL,
    done_until timestamp with time zone NOT NULL,
    next_until timestamp with time zone,
    fence xid8,
    after_pit bigint DEFAULT '-1'::integer NOT NULL,
    after_hour timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT rollup_progress_next_check CHECK (((next_until IS NULL) = (fence IS NULL))),
    CONSTRAINT rollup_progress_one_check CHECK (one)
);

ALTER TABLE platform.rollup_progress OWNER TO pitview_owner;

COMMENT ON TABLE platform.rollup_progress IS 'One row: how far the rollups go.';

COMMENT ON COLUMN platform.rollup_progress.done_until IS 'Before it every hour of every pit is in sensor_rollups, or named in rollups_due.';

COMMENT ON COLUMN platform.rollup_progress.next_until IS 'Where done_until goes next, once all up to fence have ended.';

COMMENT ON COLUMN platform.rollup_progress.fence IS 'Transactions up to this one may hold readings of those hours that they did not name in rollups_due.';

COMMENT ON COLUMN platform.rollup_progress.after_pit IS 'With after_hour: the last one that was rolled up. The next step goes on behind it, so that nobody is left waiting for a pit that is due again and again.';

CREATE TABLE platform.schema_migrations (
    number integer NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT schema_migrations_number_check CHECK ((number >= 1))
);

ALTER TABLE platform.schema_migrations OWNER TO pitview_owner;

COMMENT ON TABLE platform.schema_migrations IS 'The files of db/migrations that this database has seen.';

CREATE UNLOGGED TABLE platform.ws_tickets (
    ticket_hash bytea NOT NULL,
    session_id bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT ws_tickets_ticket_hash_check CHECK ((length(ticket_hash) = 32))
);

ALTER TABLE platform.ws_tickets OWNER TO pitview_owner;

COMMENT ON TABLE platform.ws_tickets IS 'One-use tickets that are waiting to be used, for some seconds.';

COMMENT ON COLUMN platform.ws_tickets.ticket_hash IS 'SHA-256 of the ticket.';

COMMENT ON COLUMN platform.ws_tickets.session_id IS 'No foreign key: a session that has gone is looked for when the ticket is used.';

CREATE TABLE public.alert_events (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    alert_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    event text NOT NULL,
    severity text NOT NULL,
    value double precision,
    detail text DEFAULT ''::text NOT NULL,
    actor_id bigint,
    CONSTRAINT alert_events_detail_check CHECK ((length(detail) <= 500)),
    CONSTRAINT alert_events_event_check CHECK ((event = ANY (ARRAY['raised'::text, 'escalated'::text, 'acknowledged'::text, 'snoozed'::text, 'snooze_ended'::text, 'resolved'::text]))),
    CONSTRAINT alert_events_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text])))
);

ALTER TABLE ONLY public.alert_events FORCE ROW LEVEL SECURITY;

ALTER TABLE public.alert_events OWNER TO pitview_owner;

COMMENT ON TABLE public.alert_events IS 'What happened to alerts, in the order of id: the server can add to it and read it. Messages to people start here.';

COMMENT ON COLUMN public.alert_events.detail IS 'What the alert said, until when it is snoozed, or why it is over: back_to_normal, rule_disabled, not_watched.';

COMMENT ON COLUMN public.alert_events.actor_id IS 'Null for what the system did.';

ALTER TABLE public.alert_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alert_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.alert_rules (
    workshop_id bigint NOT NULL,
    work_type text DEFAULT ''::text NOT NULL,
    stage text DEFAULT ''::text NOT NULL,
    alert_type text NOT NULL,
    enabled boolean NOT NULL,
    severity text NOT NULL,
    low double precision,
    high double precision,
    critical_low double precision,
    critical_high double precision,
    hysteresis double precision NOT NULL,
    for_seconds integer NOT NULL,
    escalate_after_seconds integer,
    CONSTRAINT alert_rules_alert_type_check CHECK ((alert_type ~ '^[a-z0-9_]{1,50}$'::text)),
    CONSTRAINT alert_rules_escalate_after_seconds_check CHECK (((escalate_after_seconds >= 1) AND (escalate_after_seconds <= 86400))),
    CONSTRAINT alert_rules_for_seconds_check CHECK (((for_seconds >= 0) AND (for_seconds <= 86400))),
    CONSTRAINT alert_rules_hysteresis_check CHECK ((hysteresis >= (0)::double precision)),
    CONSTRAINT alert_rules_order_check CHECK (((critical_low < low) AND (low < high) AND (high < critical_high))),
    CONSTRAINT alert_rules_scope_check CHECK (((stage = ''::text) OR (work_type <> ''::text))),
    CONSTRAINT alert_rules_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))),
    CONSTRAINT alert_rules_stage_check CHECK ((length(stage) <= 80)),
    CONSTRAINT alert_rules_work_type_check CHECK ((length(work_type) <= 80))
);

ALTER TABLE ONLY public.alert_rules FORCE ROW LEVEL SECURITY;

ALTER TABLE public.alert_rules OWNER TO pitview_owner;

COMMENT ON TABLE public.alert_rules IS 'Where a workshop judges otherwise than the standard rules of the program: in all of its work, in a kind of work, or in one stage of it. The narrowest row holds.';

COMMENT ON COLUMN public.alert_rules.work_type IS 'As jobs name it, so that a job is judged by the names it was booked with; empty: all.';

COMMENT ON COLUMN public.alert_rules.stage IS 'Of the work type; empty: all.';

CREATE TABLE public.alerts (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    pit_id bigint,
    alert_type text NOT NULL,
    severity text NOT NULL,
    message text NOT NULL,
    acknowledged boolean DEFAULT false NOT NULL,
    acknowledged_by bigint,
    acknowledged_at timestamp with time zone,
    resolved_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    value double precision,
    snoozed_until timestamp with time zone,
    CONSTRAINT alerts_acknowledged_check CHECK ((acknowledged = (acknowledged_at IS NOT NULL))),
    CONSTRAINT alerts_alert_type_check CHECK ((alert_type ~ '^[a-z0-9_]{1,50}$'::text)),
    CONSTRAINT alerts_message_check CHECK (((length(message) >= 1) AND (length(message) <= 500))),
    CONSTRAINT alerts_resolved_check CHECK (((resolved_at IS NULL) OR (snoozed_until IS NULL))),
    CONSTRAINT alerts_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text])))
);

ALTER TABLE ONLY public.alerts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.alerts OWNER TO pitview_owner;

COMMENT ON TABLE public.alerts IS 'What went out of its limits, and who took notice.';

COMMENT ON COLUMN public.alerts.pit_id IS 'Null when the alert concerns the whole workshop or the platform.';

COMMENT ON COLUMN public.alerts.resolved_at IS 'Null while the cause lasts.';

COMMENT ON COLUMN public.alerts.created_at IS 'When it was raised; identifies it to the engine that judges.';

COMMENT ON COLUMN public.alerts.value IS 'What was measured when it was raised or became critical; null for what is not there.';

COMMENT ON COLUMN public.alerts.snoozed_until IS 'Nobody is to be reminded before; null when it is over.';

ALTER TABLE public.alerts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.alerts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_log (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor_user_id bigint,
    action text NOT NULL,
    subject_type text NOT NULL,
    subject_id bigint,
    before jsonb,
    after jsonb,
    request_id text,
    ip inet,
    CONSTRAINT audit_log_action_check CHECK ((action ~ '^[a-z0-9_.]{1,80}$'::text)),
    CONSTRAINT audit_log_request_id_check CHECK ((length(request_id) <= 100)),
    CONSTRAINT audit_log_subject_type_check CHECK ((subject_type ~ '^[a-z0-9_]{1,50}$'::text))
);

ALTER TABLE ONLY public.audit_log FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log OWNER TO pitview_owner;

COMMENT ON TABLE public.audit_log IS 'Who did what to what. The server can add to it and read it; of what is there it changes nothing but by forget_in_audit().';

COMMENT ON COLUMN public.audit_log.actor_user_id IS 'Null for what the system did. Not tied to the workshop: a super administrator acts in any of them.';

ALTER TABLE public.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.clips (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    pit_id bigint NOT NULL,
    job_id bigint,
    kind text DEFAULT 'clip'::text NOT NULL,
    title text NOT NULL,
    from_at timestamp with time zone NOT NULL,
    to_at timestamp with time zone NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    failure text,
    began_at timestamp with time zone,
    ended_at timestamp with time zone,
    size_bytes bigint DEFAULT 0 NOT NULL,
    author_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    share_hash bytea,
    share_expires_at timestamp with time zone,
    CONSTRAINT clips_failure_check CHECK ((length(failure) <= 500)),
    CONSTRAINT clips_kind_check CHECK ((kind = ANY (ARRAY['clip'::text, 'time_lapse'::text]))),
    CONSTRAINT clips_order_check CHECK ((to_at > from_at)),
    CONSTRAINT clips_share_check CHECK (((share_hash IS NULL) = (share_expires_at IS NULL))),
    CONSTRAINT clips_share_hash_check CHECK ((length(share_hash) = 32)),
    CONSTRAINT clips_size_bytes_check CHECK ((size_bytes >= 0)),
    CONSTRAINT clips_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'ready'::text, 'failed'::text, 'removed'::text]))),
    CONSTRAINT clips_time_lapse_check CHECK (((kind <> 'time_lapse'::text) OR (job_id IS NOT NULL))),
    CONSTRAINT clips_title_check CHECK (((length(title) >= 1) AND (length(title) <= 120)))
);

ALTER TABLE ONLY public.clips FORCE ROW LEVEL SECURITY;

ALTER TABLE public.clips OWNER TO pitview_owner;

COMMENT ON TABLE public.clips IS 'What of the recordings is kept: chosen by somebody, or made of a whole job.';

COMMENT ON COLUMN public.clips.status IS 'pending: the gateway is to make it; removed: it is to let it go, and the row goes then.';

COMMENT ON COLUMN public.clips.began_at IS 'What it shows, once it is made: from here …';

COMMENT ON COLUMN public.clips.ended_at IS '… to here.';

COMMENT ON COLUMN public.clips.share_hash IS 'SHA-256 of the secret in the link by which anybody may see it until share_expires_at.';

ALTER TABLE public.clips ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.clips_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.consent_texts (
    workshop_id bigint NOT NULL,
    version integer NOT NULL,
    live_video text NOT NULL,
    recording text NOT NULL,
    messages text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by bigint,
    CONSTRAINT consent_texts_live_video_check CHECK (((length(live_video) >= 1) AND (length(live_video) <= 2000))),
    CONSTRAINT consent_texts_messages_check CHECK (((length(messages) >= 1) AND (length(messages) <= 2000))),
    CONSTRAINT consent_texts_recording_check CHECK (((length(recording) >= 1) AND (length(recording) <= 2000))),
    CONSTRAINT consent_texts_version_check CHECK ((version >= 1))
);

ALTER TABLE ONLY public.consent_texts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.consent_texts OWNER TO pitview_owner;

COMMENT ON TABLE public.consent_texts IS 'What customers of a workshop are asked to agree to. The highest version counts; none is ever changed.';

COMMENT ON COLUMN public.consent_texts.created_by IS 'Null for the text that every workshop begins with.';

CREATE TABLE public.consents (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    subject text NOT NULL,
    given boolean NOT NULL,
    text_version integer NOT NULL,
    job_id bigint,
    recorded_by bigint NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    ip inet,
    by_message boolean DEFAULT false NOT NULL,
    CONSTRAINT consents_subject_check CHECK ((subject = ANY (ARRAY['live_video'::text, 'recording'::text, 'messages'::text])))
);

ALTER TABLE ONLY public.consents FORCE ROW LEVEL SECURITY;

ALTER TABLE public.consents OWNER TO pitview_owner;

COMMENT ON TABLE public.consents IS 'What customers agreed to and took back. The newest row of a subject counts; the others are its history.';

COMMENT ON COLUMN public.consents.job_id IS 'The job at whose booking staff wrote it down; null when the customer said it here.';

COMMENT ON COLUMN public.consents.ip IS 'Where it was said; taken away when the customer''s data is erased.';

COMMENT ON COLUMN public.consents.by_message IS 'The customer wrote STOP or START, or the provider says that they want no messages. START gives back only what that ended.';

ALTER TABLE public.consents ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.consents_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.device_assignments (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    device_key bigint NOT NULL,
    pit_id bigint NOT NULL,
    assigned_at timestamp with time zone DEFAULT now() NOT NULL,
    released_at timestamp with time zone,
    CONSTRAINT device_assignments_order_check CHECK ((released_at > assigned_at))
);

ALTER TABLE ONLY public.device_assignments FORCE ROW LEVEL SECURITY;

ALTER TABLE public.device_assignments OWNER TO pitview_owner;

COMMENT ON TABLE public.device_assignments IS 'Which device was at which pit and when: a late reading goes to the pit where it was measured.';

COMMENT ON COLUMN public.device_assignments.released_at IS 'Null while the device is there.';

ALTER TABLE public.device_assignments ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.device_assignments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.device_commands (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    device_key bigint NOT NULL,
    version bigint NOT NULL,
    command text NOT NULL,
    reason text NOT NULL,
    sent_at timestamp with time zone DEFAULT now() NOT NULL,
    acknowledged_at timestamp with time zone,
    actor_user_id bigint,
    CONSTRAINT device_commands_command_check CHECK ((command = ANY (ARRAY['DISABLE'::text, 'ENABLE'::text]))),
    CONSTRAINT device_commands_reason_check CHECK ((reason ~ '^[a-z0-9_]{0,64}$'::text)),
    CONSTRAINT device_commands_version_check CHECK ((version >= 1))
);

ALTER TABLE ONLY public.device_commands FORCE ROW LEVEL SECURITY;

ALTER TABLE public.device_commands OWNER TO pitview_owner;

COMMENT ON TABLE public.device_commands IS 'What devices were told to do, and when they said they had.';

COMMENT ON COLUMN public.device_commands.actor_user_id IS 'Null for what the system did. Not tied to the workshop: a super administrator acts in any of them.';

ALTER TABLE public.device_commands ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.device_commands_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.devices (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    device_id text NOT NULL,
    license_hash bytea NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    online boolean DEFAULT false NOT NULL,
    last_seen_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    mqtt_password_sealed bytea,
    command_key_sealed bytea,
    hw_rev text,
    fw text,
    batch_id bigint,
    claim_code_hash bytea,
    claim_expires_at timestamp with time zone,
    claimed_at timestamp with time zone,
    status_reason text DEFAULT ''::text NOT NULL,
    state_version bigint DEFAULT 1 NOT NULL,
    state_licence text DEFAULT 'unprovisioned'::text NOT NULL,
    state_reason text DEFAULT ''::text NOT NULL,
    acknowledged_version bigint DEFAULT 0 NOT NULL,
    acknowledged_at timestamp with time zone,
    temperature_offset_centi integer DEFAULT 0 NOT NULL,
    humidity_offset_centi integer DEFAULT 0 NOT NULL,
    calibrated_at timestamp with time zone,
    CONSTRAINT devices_acknowledged_check CHECK ((acknowledged_version <= state_version)),
    CONSTRAINT devices_acknowledged_version_check CHECK ((acknowledged_version >= 0)),
    CONSTRAINT devices_claim_check CHECK (((claim_code_hash IS NULL) = (claim_expires_at IS NULL))),
    CONSTRAINT devices_claim_code_hash_check CHECK ((length(claim_code_hash) = 32)),
    CONSTRAINT devices_device_id_check CHECK ((device_id ~ '^ESP32-[0-9A-F]{12}$'::text)),
    CONSTRAINT devices_fw_check CHECK ((length(fw) <= 32)),
    CONSTRAINT devices_humidity_offset_centi_check CHECK (((humidity_offset_centi >= '-5000'::integer) AND (humidity_offset_centi <= 5000))),
    CONSTRAINT devices_hw_rev_check CHECK ((length(hw_rev) <= 16)),
    CONSTRAINT devices_license_hash_check CHECK ((length(license_hash) = 32)),
    CONSTRAINT devices_state_licence_check CHECK ((state_licence = ANY (ARRAY['unprovisioned'::text, 'enabled'::text, 'disabled'::text]))),
    CONSTRAINT devices_state_reason_check CHECK ((state_reason ~ '^[a-z0-9_]{0,64}$'::text)),
    CONSTRAINT devices_state_version_check CHECK ((state_version >= 1)),
    CONSTRAINT devices_status_check CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text, 'retired'::text]))),
    CONSTRAINT devices_status_reason_check CHECK ((status_reason ~ '^[a-z0-9_]{0,64}$'::text)),
    CONSTRAINT devices_temperature_offset_centi_check CHECK (((temperature_offset_centi >= '-2000'::integer) AND (temperature_offset_centi <= 2000)))
)
WITH (fillfactor='70');

ALTER TABLE ONLY public.devices FORCE ROW LEVEL SECURITY;

ALTER TABLE public.devices OWNER TO pitview_owner;

COMMENT ON TABLE public.devices IS 'Sensor boxes. `id` is the device_key of other tables; device_id is printed on the box.';

COMMENT ON COLUMN public.devices.workshop_id IS 'That of the platform (1) until somebody claims the device.';

COMMENT ON COLUMN public.devices.device_id IS 'ESP32- and the base MAC in upper-case hexadecimal.';

COMMENT ON COLUMN public.devices.license_hash IS 'SHA-256 of the licence key. It identifies; the secrets are the MQTT password and the command key.';

COMMENT ON COLUMN public.devices.online IS 'What the device or its MQTT last will said last.';

COMMENT ON COLUMN public.devices.last_seen_at IS 'Of the last reading, up to 30 s behind.';

COMMENT ON COLUMN public.devices.mqtt_password_sealed IS 'AES-256-GCM. Sealed and not hashed, because the broker takes passwords in the clear only, and one that lost its accounts gets them back from here. Null: no account.';

COMMENT ON COLUMN public.devices.command_key_sealed IS 'AES-256-GCM of 32 bytes, the key of the HMAC that every command and desired state carries.';

COMMENT ON COLUMN public.devices.fw IS 'As the device said last.';

COMMENT ON COLUMN public.devices.batch_id IS 'In platform.device_batches; null for a device that no factory made. No foreign key: the device moves to a workshop, its batch does not.';

COMMENT ON COLUMN public.devices.claim_code_hash IS 'SHA-256 of the code on the label. Kept after the claim, so that a used code is told from a wrong one.';

COMMENT ON COLUMN public.devices.status_reason IS 'Why `status` is what it is, as whoever set it said.';

COMMENT ON COLUMN public.devices.state_version IS 'The counter of contracts/mqtt: the number of the newest command and desired state.';

COMMENT ON COLUMN public.devices.state_licence IS 'What that newest number says the device is to be.';

COMMENT ON COLUMN public.devices.acknowledged_version IS 'The newest number that the device said it obeyed.';

COMMENT ON COLUMN public.devices.temperature_offset_centi IS 'Calibration: 1/100 °C, added by the device.';

COMMENT ON COLUMN public.devices.humidity_offset_centi IS 'Calibration: 1/100 %RH, added by the device.';

COMMENT ON COLUMN public.devices.calibrated_at IS 'When the offsets were set last; null: as it was made.';

ALTER TABLE public.devices ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.devices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_certificates (
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    version integer NOT NULL,
    token text NOT NULL,
    facts_sha256 bytea NOT NULL,
    statement text NOT NULL,
    signature bytea NOT NULL,
    key_id text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    CONSTRAINT job_certificates_facts_sha256_check CHECK ((length(facts_sha256) = 32)),
    CONSTRAINT job_certificates_key_id_check CHECK ((key_id ~ '^[0-9a-f]{16}$'::text)),
    CONSTRAINT job_certificates_signature_check CHECK ((length(signature) = 64)),
    CONSTRAINT job_certificates_statement_check CHECK (((length(statement) >= 2) AND (length(statement) <= 200000))),
    CONSTRAINT job_certificates_token_check CHECK ((length(token) = 22)),
    CONSTRAINT job_certificates_version_check CHECK ((version >= 1))
);

ALTER TABLE ONLY public.job_certificates FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job_certificates OWNER TO pitview_owner;

COMMENT ON TABLE public.job_certificates IS 'In which air a job was done, signed. Another version when the facts have changed; never changed itself.';

COMMENT ON COLUMN public.job_certificates.token IS 'Opens the statement for whoever has the paper: 128 bits, in its QR code.';

COMMENT ON COLUMN public.job_certificates.facts_sha256 IS 'Of the statement without its version and time: whether there is anything new to say.';

COMMENT ON COLUMN public.job_certificates.statement IS 'What was signed, to the byte: canonical JSON (RFC 8785).';

COMMENT ON COLUMN public.job_certificates.signature IS 'Ed25519 (RFC 8032).';

COMMENT ON COLUMN public.job_certificates.key_id IS 'The first 8 bytes of the SHA-256 of the public key, in hexadecimal.';

CREATE TABLE public.job_conditions (
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    stage integer NOT NULL,
    measured_s double precision NOT NULL,
    judged_s double precision NOT NULL,
    in_spec_s double precision NOT NULL,
    temperature_s double precision NOT NULL,
    temperature_in_spec_s double precision,
    temperature_min double precision,
    temperature_mean double precision,
    temperature_max double precision,
    humidity_s double precision NOT NULL,
    humidity_in_spec_s double precision,
    humidity_min double precision,
    humidity_mean double precision,
    humidity_max double precision,
    dew_margin_s double precision NOT NULL,
    dew_margin_in_spec_s double precision,
    dew_margin_min double precision,
    dew_margin_mean double precision,
    dew_margin_max double precision,
    aqi_s double precision NOT NULL,
    aqi_in_spec_s double precision,
    aqi_min double precision,
    aqi_mean double precision,
    aqi_max double precision
);

ALTER TABLE ONLY public.job_conditions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job_conditions OWNER TO pitview_owner;

COMMENT ON TABLE public.job_conditions IS 'The air in each stage of a job that is over, from its readings (docs/design/jobs.md). The readings may be gone by now.';

COMMENT ON COLUMN public.job_conditions.measured_s IS 'Seconds for which there is a reading, of anything.';

COMMENT ON COLUMN public.job_conditions.judged_s IS 'Seconds in which something was measured that has a band.';

COMMENT ON COLUMN public.job_conditions.in_spec_s IS 'Of judged_s: nothing was outside of its band.';

COMMENT ON COLUMN public.job_conditions.temperature_s IS 'Seconds measured, °C; so the others, in their units.';

COMMENT ON COLUMN public.job_conditions.temperature_in_spec_s IS 'Seconds within the band of the stage; null: it has none.';

COMMENT ON COLUMN public.job_conditions.dew_margin_s IS 'K by which the air was warmer than its dew point (Magnus).';

COMMENT ON COLUMN public.job_conditions.aqi_s IS 'Only what the device trusted: accuracy 2 or 3, or none reported.';

CREATE TABLE public.job_documents (
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    kind text NOT NULL,
    language text NOT NULL,
    fingerprint bytea NOT NULL,
    bytes bytea NOT NULL,
    drawn_at timestamp with time zone NOT NULL,
    CONSTRAINT job_documents_fingerprint_check CHECK ((length(fingerprint) = 32)),
    CONSTRAINT job_documents_kind_check CHECK ((kind = ANY (ARRAY['report'::text, 'summary'::text, 'certificate'::text]))),
    CONSTRAINT job_documents_language_check CHECK ((language = ANY (ARRAY['en'::text, 'hi'::text])))
);
ALTER TABLE ONLY public.job_documents ALTER COLUMN bytes SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.job_documents FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job_documents OWNER TO pitview_owner;

COMMENT ON TABLE public.job_documents IS 'A cache: what was drawn last. Anything here may be deleted at any time.';

COMMENT ON COLUMN public.job_documents.fingerprint IS 'SHA-256 of all that the document says: another one, and it is drawn again.';

CREATE TABLE public.job_notes (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    author_id bigint NOT NULL,
    text text NOT NULL,
    visible_to_customer boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT job_notes_text_check CHECK (((length(text) >= 1) AND (length(text) <= 2000)))
);

ALTER TABLE ONLY public.job_notes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job_notes OWNER TO pitview_owner;

COMMENT ON TABLE public.job_notes IS 'What staff wrote about a job. Added to, never changed.';

COMMENT ON COLUMN public.job_notes.visible_to_customer IS 'False: for staff only.';

ALTER TABLE public.job_notes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_notes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_photos (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    stage integer,
    author_id bigint NOT NULL,
    visible_to_customer boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    content_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    size_bytes integer NOT NULL,
    sha256 bytea NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT job_photos_bytes_check CHECK (((length(bytes) >= 1) AND (length(bytes) <= 8388608))),
    CONSTRAINT job_photos_check CHECK ((size_bytes = length(bytes))),
    CONSTRAINT job_photos_content_type_check CHECK ((content_type = ANY (ARRAY['image/jpeg'::text, 'image/png'::text, 'image/webp'::text]))),
    CONSTRAINT job_photos_height_check CHECK (((height >= 1) AND (height <= 20000))),
    CONSTRAINT job_photos_sha256_check CHECK ((length(sha256) = 32)),
    CONSTRAINT job_photos_width_check CHECK (((width >= 1) AND (width <= 20000)))
);
ALTER TABLE ONLY public.job_photos ALTER COLUMN bytes SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.job_photos FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job_photos OWNER TO pitview_owner;

COMMENT ON TABLE public.job_photos IS 'Photographs of a job, without their metadata (libs/images). Why they are here: docs/design/jobs.md.';

COMMENT ON COLUMN public.job_photos.stage IS 'What they show, if somebody said so: a position in job_stages.';

COMMENT ON COLUMN public.job_photos.sha256 IS 'Of bytes: browsers ask whether they have it already.';

ALTER TABLE public.job_photos ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_photos_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.job_staff (
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    user_id bigint NOT NULL
);

ALTER TABLE ONLY public.job_staff FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job_staff OWNER TO pitview_owner;

COMMENT ON TABLE public.job_staff IS 'Who works on a job.';

CREATE TABLE public.job_stages (
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    weight integer NOT NULL,
    sentence text DEFAULT ''::text NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    temperature_min double precision,
    temperature_max double precision,
    humidity_min double precision,
    humidity_max double precision,
    dew_margin_min double precision,
    aqi_max integer,
    held_seconds integer DEFAULT 0 NOT NULL,
    CONSTRAINT job_stages_held_seconds_check CHECK ((held_seconds >= 0)),
    CONSTRAINT job_stages_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT job_stages_order_check CHECK (((finished_at IS NULL) OR (finished_at >= started_at))),
    CONSTRAINT job_stages_position_check CHECK ((("position" >= 1) AND ("position" <= 50))),
    CONSTRAINT job_stages_sentence_check CHECK ((length(sentence) <= 300)),
    CONSTRAINT job_stages_weight_check CHECK (((weight >= 1) AND (weight <= 1000)))
);

ALTER TABLE ONLY public.job_stages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job_stages OWNER TO pitview_owner;

COMMENT ON TABLE public.job_stages IS 'The stages of one job: started and not finished is the current one.';

COMMENT ON COLUMN public.job_stages.temperature_min IS 'This and the other bands as they were when the job was created; null: not judged.';

COMMENT ON COLUMN public.job_stages.held_seconds IS 'How much of its time the job was on hold.';

CREATE TABLE public.job_time_changes (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    changed_by bigint NOT NULL,
    end_before timestamp with time zone NOT NULL,
    end_after timestamp with time zone NOT NULL,
    cause text NOT NULL,
    reason text,
    CONSTRAINT job_time_changes_cause_check CHECK ((cause = ANY (ARRAY['staff'::text, 'hold'::text]))),
    CONSTRAINT job_time_changes_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 300)))
);

ALTER TABLE ONLY public.job_time_changes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.job_time_changes OWNER TO pitview_owner;

COMMENT ON TABLE public.job_time_changes IS 'Each time the promised end of a job moved.';

COMMENT ON COLUMN public.job_time_changes.cause IS 'staff: somebody promised another time; hold: the job went on after a hold, by whoever let it.';

ALTER TABLE public.job_time_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.job_time_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.jobs (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    pit_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    customer_name text NOT NULL,
    car_model text NOT NULL,
    car_plate text NOT NULL,
    work_type text NOT NULL,
    status text DEFAULT 'waiting'::text NOT NULL,
    estimated_duration_minutes integer NOT NULL,
    actual_start_time timestamp with time zone,
    estimated_end_time timestamp with time zone,
    actual_end_time timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    status_reason text,
    time_reason text,
    held_since timestamp with time zone,
    conditions_frozen_at timestamp with time zone,
    conditions_final boolean DEFAULT false NOT NULL,
    CONSTRAINT jobs_car_model_check CHECK (((length(car_model) >= 1) AND (length(car_model) <= 120))),
    CONSTRAINT jobs_car_plate_check CHECK (((length(car_plate) >= 1) AND (length(car_plate) <= 20))),
    CONSTRAINT jobs_customer_name_check CHECK (((length(customer_name) >= 1) AND (length(customer_name) <= 120))),
    CONSTRAINT jobs_ended_check CHECK (((status <> 'completed'::text) OR (actual_end_time IS NOT NULL))),
    CONSTRAINT jobs_estimated_duration_minutes_check CHECK (((estimated_duration_minutes >= 1) AND (estimated_duration_minutes <= 43200))),
    CONSTRAINT jobs_held_check CHECK (((held_since IS NULL) OR (status = 'on_hold'::text))),
    CONSTRAINT jobs_order_check CHECK ((actual_end_time >= actual_start_time)),
    CONSTRAINT jobs_started_check CHECK (((status = ANY (ARRAY['waiting'::text, 'cancelled'::text])) OR (actual_start_time IS NOT NULL))),
    CONSTRAINT jobs_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'in_progress'::text, 'on_hold'::text, 'quality_check'::text, 'completed'::text, 'cancelled'::text]))),
    CONSTRAINT jobs_status_reason_check CHECK (((length(status_reason) >= 1) AND (length(status_reason) <= 300))),
    CONSTRAINT jobs_time_reason_check CHECK (((length(time_reason) >= 1) AND (length(time_reason) <= 300))),
    CONSTRAINT jobs_work_type_check CHECK (((length(work_type) >= 1) AND (length(work_type) <= 80)))
);

ALTER TABLE ONLY public.jobs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.jobs OWNER TO pitview_owner;

COMMENT ON TABLE public.jobs IS 'One car at one pit, from booking to hand-over. Kept for good.';

COMMENT ON COLUMN public.jobs.customer_name IS 'As written for this job; the account may be renamed later.';

COMMENT ON COLUMN public.jobs.work_type IS 'The name of the template at creation, so that editing templates does not change history.';

COMMENT ON COLUMN public.jobs.estimated_end_time IS 'Set at the start and moved by staff; null while waiting.';

COMMENT ON COLUMN public.jobs.status_reason IS 'Why it is on hold or was cancelled, in words for the customer.';

COMMENT ON COLUMN public.jobs.time_reason IS 'Why the end was last moved, in words for the customer.';

COMMENT ON COLUMN public.jobs.held_since IS 'Since when its clock stands still: the hold, or the change of the end during it. The time until it goes on is added to the end.';

COMMENT ON COLUMN public.jobs.conditions_frozen_at IS 'When job_conditions was written last; null: not yet.';

COMMENT ON COLUMN public.jobs.conditions_final IS 'It is not written again: three days have passed, in which devices could send what they had kept.';

ALTER TABLE public.jobs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.message_settings (
    workshop_id bigint NOT NULL,
    quiet_from time without time zone DEFAULT '21:00:00'::time without time zone NOT NULL,
    quiet_until time without time zone DEFAULT '08:00:00'::time without time zone NOT NULL,
    daily_cap integer DEFAULT 500 NOT NULL,
    after_care boolean DEFAULT false NOT NULL,
    owner_alerts boolean DEFAULT true NOT NULL,
    CONSTRAINT message_settings_daily_cap_check CHECK (((daily_cap >= 0) AND (daily_cap <= 100000)))
);

ALTER TABLE ONLY public.message_settings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_settings OWNER TO pitview_owner;

COMMENT ON TABLE public.message_settings IS 'When a workshop''s messages go out, and how many. No row: the defaults.';

COMMENT ON COLUMN public.message_settings.quiet_from IS 'In the workshop''s time zone: what is not urgent waits until quiet_until. Both the same: never quiet.';

COMMENT ON COLUMN public.message_settings.daily_cap IS 'Messages in one of its days; more are dropped, and say so.';

COMMENT ON COLUMN public.message_settings.after_care IS 'Hints 1, 7, 14 and 30 days after a job.';

COMMENT ON COLUMN public.message_settings.owner_alerts IS 'Whether owners get messages of alerts.';

CREATE TABLE public.message_templates (
    workshop_id bigint NOT NULL,
    kind text NOT NULL,
    language text NOT NULL,
    text text NOT NULL,
    CONSTRAINT message_templates_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 40))),
    CONSTRAINT message_templates_language_check CHECK ((language = ANY (ARRAY['en'::text, 'hi'::text]))),
    CONSTRAINT message_templates_text_check CHECK (((length(text) >= 1) AND (length(text) <= 1000)))
);

ALTER TABLE ONLY public.message_templates FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_templates OWNER TO pitview_owner;

COMMENT ON TABLE public.message_templates IS 'A workshop''s own words. No row: the product''s.';

ALTER TABLE public.messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pits (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    pit_number integer NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    camera_model text,
    camera_ip inet,
    camera_rtsp_url_sealed bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    camera_status text DEFAULT 'unknown'::text NOT NULL,
    camera_since timestamp with time zone,
    CONSTRAINT pits_camera_model_check CHECK ((length(camera_model) <= 100)),
    CONSTRAINT pits_camera_status_check CHECK ((camera_status = ANY (ARRAY['online'::text, 'offline'::text, 'unknown'::text]))),
    CONSTRAINT pits_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT pits_pit_number_check CHECK (((pit_number >= 1) AND (pit_number <= 999))),
    CONSTRAINT pits_status_check CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text, 'maintenance'::text])))
);

ALTER TABLE ONLY public.pits FORCE ROW LEVEL SECURITY;

ALTER TABLE public.pits OWNER TO pitview_owner;

COMMENT ON TABLE public.pits IS 'A place where one car is worked on, with at most one camera and one device.';

COMMENT ON COLUMN public.pits.camera_rtsp_url_sealed IS 'AES-256-GCM: the address contains the camera''s password.';

COMMENT ON COLUMN public.pits.camera_status IS 'As the video gateway saw it last; unknown: nobody wanted its pictures.';

COMMENT ON COLUMN public.pits.camera_since IS 'Since when `camera_status` is so.';

ALTER TABLE public.pits ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.pits_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ratings (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    stars integer NOT NULL,
    comment text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT ratings_comment_check CHECK ((length(comment) <= 1000)),
    CONSTRAINT ratings_stars_check CHECK (((stars >= 1) AND (stars <= 5)))
);

ALTER TABLE ONLY public.ratings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.ratings OWNER TO pitview_owner;

COMMENT ON TABLE public.ratings IS 'What the customer said of a finished job.';

ALTER TABLE public.ratings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ratings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reading_archives (
    workshop_id bigint NOT NULL,
    day date NOT NULL,
    part integer NOT NULL,
    file text NOT NULL,
    readings bigint NOT NULL,
    bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    archived_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT reading_archives_bytes_check CHECK ((bytes > 0)),
    CONSTRAINT reading_archives_file_check CHECK (((length(file) >= 1) AND (length(file) <= 200))),
    CONSTRAINT reading_archives_part_check CHECK ((part >= 1)),
    CONSTRAINT reading_archives_readings_check CHECK ((readings > 0)),
    CONSTRAINT reading_archives_sha256_check CHECK ((length(sha256) = 32))
);

ALTER TABLE ONLY public.reading_archives FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reading_archives OWNER TO pitview_owner;

COMMENT ON TABLE public.reading_archives IS 'Days of readings that are no longer in the database. docs/reference/archive.md describes the files.';

COMMENT ON COLUMN public.reading_archives.day IS 'UTC.';

COMMENT ON COLUMN public.reading_archives.part IS '1; higher for what was found of a day that had been archived before.';

COMMENT ON COLUMN public.reading_archives.file IS 'Below archive.folder.';

COMMENT ON COLUMN public.reading_archives.bytes IS 'Of the compressed file.';

COMMENT ON COLUMN public.reading_archives.sha256 IS 'Of the text, uncompressed.';

CREATE TABLE public.recordings (
    workshop_id bigint NOT NULL,
    pit_id bigint NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    size_bytes bigint NOT NULL,
    listing text NOT NULL,
    CONSTRAINT recordings_listing_check CHECK (((length(listing) >= 1) AND (length(listing) <= 60))),
    CONSTRAINT recordings_order_check CHECK ((ended_at >= began_at)),
    CONSTRAINT recordings_size_bytes_check CHECK ((size_bytes >= 0))
);

ALTER TABLE ONLY public.recordings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.recordings OWNER TO pitview_owner;

COMMENT ON TABLE public.recordings IS 'The files of recordings that the video gateway has, each without a gap. It has the truth; this is its index.';

COMMENT ON COLUMN public.recordings.listing IS 'The listing of the gateway that told it last: what a whole listing has not told is gone.';

CREATE TABLE public.recovery_codes (
    workshop_id bigint NOT NULL,
    user_id bigint NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT recovery_codes_code_hash_check CHECK ((length(code_hash) = 32))
);

ALTER TABLE ONLY public.recovery_codes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.recovery_codes OWNER TO pitview_owner;

COMMENT ON TABLE public.recovery_codes IS 'For who has lost the authenticator; each is good once.';

COMMENT ON COLUMN public.recovery_codes.code_hash IS 'SHA-256 of 80 random bits.';

CREATE TABLE public.rollups_due (
    workshop_id bigint NOT NULL,
    pit_id bigint NOT NULL,
    hour timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.rollups_due FORCE ROW LEVEL SECURITY;

ALTER TABLE public.rollups_due OWNER TO pitview_owner;

COMMENT ON TABLE public.rollups_due IS 'Hours of a pit that have readings which its rollups lack; one hour may be named several times.';

CREATE TABLE public.second_factors (
    workshop_id bigint NOT NULL,
    user_id bigint NOT NULL,
    secret_sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    wrong_codes integer DEFAULT 0 NOT NULL,
    wrong_since timestamp with time zone,
    CONSTRAINT second_factors_last_step_check CHECK ((last_step >= 0)),
    CONSTRAINT second_factors_wrong_codes_check CHECK ((wrong_codes >= 0))
);

ALTER TABLE ONLY public.second_factors FORCE ROW LEVEL SECURITY;

ALTER TABLE public.second_factors OWNER TO pitview_owner;

COMMENT ON TABLE public.second_factors IS 'Authenticators (RFC 6238): who has a confirmed one needs its code to sign in.';

COMMENT ON COLUMN public.second_factors.secret_sealed IS 'AES-256-GCM, bound to the user.';

COMMENT ON COLUMN public.second_factors.confirmed_at IS 'Null until a first code has shown that the authenticator has the secret.';

COMMENT ON COLUMN public.second_factors.last_step IS 'Of the last code that was taken: no code is taken twice, and none from before it.';

COMMENT ON COLUMN public.second_factors.wrong_codes IS 'Since wrong_since, from whatever address.';

CREATE TABLE public.sensor_rollups (
    workshop_id bigint NOT NULL,
    pit_id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    n integer NOT NULL,
    temperature_n integer NOT NULL,
    temperature_min real,
    temperature_mean real,
    temperature_max real,
    humidity_n integer NOT NULL,
    humidity_min real,
    humidity_mean real,
    humidity_max real,
    pressure_n integer NOT NULL,
    pressure_min real,
    pressure_mean real,
    pressure_max real,
    gas_ohm_n integer NOT NULL,
    gas_ohm_min real,
    gas_ohm_mean real,
    gas_ohm_max real,
    aqi_n integer NOT NULL,
    aqi_min real,
    aqi_mean real,
    aqi_max real,
    CONSTRAINT sensor_rollups_at_check CHECK ((at = date_bin('00:15:00'::interval, at, '2000-01-01 00:00:00+00'::timestamp with time zone))),
    CONSTRAINT sensor_rollups_n_check CHECK ((n > 0))
);

ALTER TABLE ONLY public.sensor_rollups FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sensor_rollups OWNER TO pitview_owner;

COMMENT ON TABLE public.sensor_rollups IS 'The readings of a pit by quarters of an hour; none where there was no reading. Kept when the readings are archived. Read them by quarters_between(), which knows where they are not up to date.';

COMMENT ON COLUMN public.sensor_rollups.at IS 'The beginning of the quarter of an hour.';

COMMENT ON COLUMN public.sensor_rollups.n IS 'Readings; _n counts those that have the value.';

CREATE TABLE public.sessions (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    user_id bigint NOT NULL,
    refresh_hash bytea NOT NULL,
    previous_refresh_hash bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    ip inet,
    user_agent text,
    tracking_link_id bigint,
    CONSTRAINT sessions_end_check CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT sessions_end_reason_check CHECK ((length(end_reason) <= 50)),
    CONSTRAINT sessions_previous_refresh_hash_check CHECK ((length(previous_refresh_hash) = 32)),
    CONSTRAINT sessions_refresh_hash_check CHECK ((length(refresh_hash) = 32)),
    CONSTRAINT sessions_user_agent_check CHECK ((length(user_agent) <= 500))
);

ALTER TABLE ONLY public.sessions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.sessions OWNER TO pitview_owner;

COMMENT ON TABLE public.sessions IS 'A login until it ends by logout, expiry, suspension or the end of the job.';

COMMENT ON COLUMN public.sessions.refresh_hash IS 'SHA-256 of the refresh token that is valid now.';

COMMENT ON COLUMN public.sessions.previous_refresh_hash IS 'SHA-256 of the one before: whoever shows it again has stolen it, or was stolen from.';

COMMENT ON COLUMN public.sessions.expires_at IS 'The absolute end; refreshing does not move it.';

COMMENT ON COLUMN public.sessions.tracking_link_id IS 'The link it was opened with, and ends with; null: a password.';

ALTER TABLE public.sessions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.staff_pit_permissions (
    workshop_id bigint NOT NULL,
    user_id bigint NOT NULL,
    pit_id bigint NOT NULL
);

ALTER TABLE ONLY public.staff_pit_permissions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.staff_pit_permissions OWNER TO pitview_owner;

COMMENT ON TABLE public.staff_pit_permissions IS 'The pits an operator may see; owners and managers see all without a row.';

CREATE TABLE public.subscriptions (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    device_key bigint NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    plan text DEFAULT 'basic'::text NOT NULL,
    monthly_fee_paise bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_payment_at timestamp with time zone,
    status_since timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT subscriptions_monthly_fee_paise_check CHECK ((monthly_fee_paise >= 0)),
    CONSTRAINT subscriptions_plan_check CHECK ((plan = ANY (ARRAY['basic'::text, 'standard'::text, 'premium'::text]))),
    CONSTRAINT subscriptions_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'expired'::text])))
);

ALTER TABLE ONLY public.subscriptions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.subscriptions OWNER TO pitview_owner;

COMMENT ON TABLE public.subscriptions IS 'The licence of one device: without an active one its readings are refused.';

COMMENT ON COLUMN public.subscriptions.monthly_fee_paise IS '1/100 rupee.';

COMMENT ON COLUMN public.subscriptions.status_since IS 'When `status` became what it is; kept by a trigger.';

ALTER TABLE public.subscriptions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.subscriptions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.template_stages (
    workshop_id bigint NOT NULL,
    template_id bigint NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    weight integer NOT NULL,
    sentence text DEFAULT ''::text NOT NULL,
    temperature_min double precision,
    temperature_max double precision,
    humidity_min double precision,
    humidity_max double precision,
    dew_margin_min double precision,
    aqi_max integer,
    CONSTRAINT template_stages_aqi_max_check CHECK (((aqi_max >= 0) AND (aqi_max <= 500))),
    CONSTRAINT template_stages_bands_check CHECK (((temperature_min < temperature_max) AND (humidity_min < humidity_max))),
    CONSTRAINT template_stages_dew_margin_min_check CHECK (((dew_margin_min >= (0)::double precision) AND (dew_margin_min <= (50)::double precision))),
    CONSTRAINT template_stages_humidity_max_check CHECK (((humidity_max >= (0)::double precision) AND (humidity_max <= (100)::double precision))),
    CONSTRAINT template_stages_humidity_min_check CHECK (((humidity_min >= (0)::double precision) AND (humidity_min <= (100)::double precision))),
    CONSTRAINT template_stages_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT template_stages_position_check CHECK ((("position" >= 1) AND ("position" <= 50))),
    CONSTRAINT template_stages_sentence_check CHECK ((length(sentence) <= 300)),
    CONSTRAINT template_stages_temperature_max_check CHECK (((temperature_max >= ('-40'::integer)::double precision) AND (temperature_max <= (85)::double precision))),
    CONSTRAINT template_stages_temperature_min_check CHECK (((temperature_min >= ('-40'::integer)::double precision) AND (temperature_min <= (85)::double precision))),
    CONSTRAINT template_stages_weight_check CHECK (((weight >= 1) AND (weight <= 1000)))
);

ALTER TABLE ONLY public.template_stages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.template_stages OWNER TO pitview_owner;

COMMENT ON TABLE public.template_stages IS 'The stages of a kind of work; a job takes a copy when it is created.';

COMMENT ON COLUMN public.template_stages.weight IS 'Share of the progress bar, relative to the other stages.';

COMMENT ON COLUMN public.template_stages.sentence IS 'What the customer reads while this stage runs.';

COMMENT ON COLUMN public.template_stages.temperature_min IS 'Null, as in the other bands: that of the work type.';

CREATE TABLE public.tracking_links (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    token_sealed bytea,
    CONSTRAINT tracking_links_token_hash_check CHECK ((length(token_hash) = 32))
);

ALTER TABLE ONLY public.tracking_links FORCE ROW LEVEL SECURITY;

ALTER TABLE public.tracking_links OWNER TO pitview_owner;

COMMENT ON TABLE public.tracking_links IS 'The link of the message: whoever has it is signed in as the customer of that job.';

COMMENT ON COLUMN public.tracking_links.token_hash IS 'SHA-256 of the 256 random bits in the link.';

COMMENT ON COLUMN public.tracking_links.revoked_at IS 'Null for the one that opens; an earlier one of the job never does again.';

COMMENT ON COLUMN public.tracking_links.token_sealed IS 'The same bits under the server''s key, for the messages that come later; null: a link of before there were messages, or revoked.';

ALTER TABLE public.tracking_links ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tracking_links_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.tracking_opens (
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    day date NOT NULL,
    opens integer NOT NULL,
    CONSTRAINT tracking_opens_opens_check CHECK ((opens >= 1))
);

ALTER TABLE ONLY public.tracking_opens FORCE ROW LEVEL SECURITY;

ALTER TABLE public.tracking_opens OWNER TO pitview_owner;

COMMENT ON TABLE public.tracking_opens IS 'Openings of the tracking page by its customer, per job and day.';

COMMENT ON COLUMN public.tracking_opens.day IS 'In the time zone of the workshop.';

CREATE TABLE public.users (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    username text NOT NULL,
    display_name text NOT NULL,
    email text,
    phone_sealed bytea,
    phone_lookup bytea,
    password_hash text NOT NULL,
    role text NOT NULL,
    must_change_password boolean DEFAULT false NOT NULL,
    password_expires_at timestamp with time zone,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_login_at timestamp with time zone,
    erased_at timestamp with time zone,
    CONSTRAINT users_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 120))),
    CONSTRAINT users_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
    CONSTRAINT users_phone_check CHECK (((phone_sealed IS NULL) = (phone_lookup IS NULL))),
    CONSTRAINT users_phone_lookup_check CHECK ((length(phone_lookup) = 32)),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['super_admin'::text, 'owner'::text, 'manager'::text, 'operator'::text, 'customer'::text]))),
    CONSTRAINT users_super_admin_check CHECK (((role = 'super_admin'::text) = (workshop_id = 1))),
    CONSTRAINT users_username_check CHECK ((((length(username) >= 1) AND (length(username) <= 50)) AND (username !~ '\s'::text)))
);

ALTER TABLE ONLY public.users FORCE ROW LEVEL SECURITY;

ALTER TABLE public.users OWNER TO pitview_owner;

COMMENT ON TABLE public.users IS 'Everyone who can log in: staff, customers and super administrators.';

COMMENT ON COLUMN public.users.username IS 'Unique on the whole platform, whatever its case: login knows no workshop yet.';

COMMENT ON COLUMN public.users.phone_sealed IS 'The E.164 number, AES-256-GCM.';

COMMENT ON COLUMN public.users.phone_lookup IS 'HMAC-SHA-256 of the E.164 number: finds a returning customer without keeping the number readable.';

COMMENT ON COLUMN public.users.password_hash IS 'bcrypt.';

COMMENT ON COLUMN public.users.password_expires_at IS 'Temporary passwords only; null means it does not expire.';

COMMENT ON COLUMN public.users.erased_at IS 'When a customer''s personal data was removed; the account is disabled for good.';

ALTER TABLE public.users ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.view_sessions (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    job_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    session_id bigint NOT NULL,
    channel text DEFAULT 'live'::text NOT NULL,
    server text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT view_sessions_channel_check CHECK ((channel = ANY (ARRAY['live'::text, 'video'::text]))),
    CONSTRAINT view_sessions_order_check CHECK (((started_at <= last_seen_at) AND (last_seen_at <= ended_at))),
    CONSTRAINT view_sessions_server_check CHECK (((length(server) >= 1) AND (length(server) <= 32)))
);

ALTER TABLE ONLY public.view_sessions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.view_sessions OWNER TO pitview_owner;

COMMENT ON TABLE public.view_sessions IS 'Who looked at a job, from when to when: one row per session, job and server.';

COMMENT ON COLUMN public.view_sessions.channel IS 'live: the page with its live connection; video: the camera''s picture.';

COMMENT ON COLUMN public.view_sessions.server IS 'The server that has the connection, and says so every 15 s.';

COMMENT ON COLUMN public.view_sessions.last_seen_at IS 'Older than 45 s: the server has died, and the viewer with it.';

ALTER TABLE public.view_sessions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.view_sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.work_type_templates (
    id bigint NOT NULL,
    workshop_id bigint NOT NULL,
    name text NOT NULL,
    default_minutes integer,
    "position" integer NOT NULL,
    temperature_min double precision,
    temperature_max double precision,
    humidity_min double precision,
    humidity_max double precision,
    dew_margin_min double precision,
    aqi_max integer,
    CONSTRAINT work_type_templates_aqi_max_check CHECK (((aqi_max >= 0) AND (aqi_max <= 500))),
    CONSTRAINT work_type_templates_bands_check CHECK (((temperature_min < temperature_max) AND (humidity_min < humidity_max))),
    CONSTRAINT work_type_templates_default_minutes_check CHECK (((default_minutes >= 1) AND (default_minutes <= 43200))),
    CONSTRAINT work_type_templates_dew_margin_min_check CHECK (((dew_margin_min >= (0)::double precision) AND (dew_margin_min <= (50)::double precision))),
    CONSTRAINT work_type_templates_humidity_max_check CHECK (((humidity_max >= (0)::double precision) AND (humidity_max <= (100)::double precision))),
    CONSTRAINT work_type_templates_humidity_min_check CHECK (((humidity_min >= (0)::double precision) AND (humidity_min <= (100)::double precision))),
    CONSTRAINT work_type_templates_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
    CONSTRAINT work_type_templates_position_check CHECK (("position" >= 1)),
    CONSTRAINT work_type_templates_temperature_max_check CHECK (((temperature_max >= ('-40'::integer)::double precision) AND (temperature_max <= (85)::double precision))),
    CONSTRAINT work_type_templates_temperature_min_check CHECK (((temperature_min >= ('-40'::integer)::double precision) AND (temperature_min <= (85)::double precision)))
);

ALTER TABLE ONLY public.work_type_templates FORCE ROW LEVEL SECURITY;

ALTER TABLE public.work_type_templates OWNER TO pitview_owner;

COMMENT ON TABLE public.work_type_templates IS 'The kinds of work a workshop offers, each with its stages.';

COMMENT ON COLUMN public.work_type_templates.default_minutes IS 'Null: whoever books a job says how long it takes.';

COMMENT ON COLUMN public.work_type_templates."position" IS 'Order in lists; equal positions are ordered by id.';

COMMENT ON COLUMN public.work_type_templates.temperature_min IS '°C.';

COMMENT ON COLUMN public.work_type_templates.humidity_min IS '% relative humidity.';

COMMENT ON COLUMN public.work_type_templates.dew_margin_min IS 'K by which the air must be warmer than its dew point.';

COMMENT ON COLUMN public.work_type_templates.aqi_max IS 'Air quality index (VOC), 0 to 500.';

ALTER TABLE public.work_type_templates ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.work_type_templates_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.workshops (
    id bigint NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    timezone text DEFAULT 'Asia/Kolkata'::text NOT NULL,
    owner_id bigint,
    subscription_status text DEFAULT 'trial'::text NOT NULL,
    subscription_expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    status_since timestamp with time zone DEFAULT now() NOT NULL,
    plan text DEFAULT 'basic'::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    working_hours jsonb DEFAULT '[]'::jsonb NOT NULL,
    baseline_calls_per_job double precision,
    status_reason text DEFAULT ''::text NOT NULL,
    status_before text,
    suspend_requested_at timestamp with time zone,
    recording_days smallint DEFAULT 7 NOT NULL,
    record_always boolean DEFAULT false NOT NULL,
    CONSTRAINT workshops_address_check CHECK ((length(address) <= 500)),
    CONSTRAINT workshops_baseline_calls_per_job_check CHECK (((baseline_calls_per_job >= (0)::double precision) AND (baseline_calls_per_job <= (100)::double precision))),
    CONSTRAINT workshops_code_check CHECK ((code ~ '^workshop_[0-9]{3,}$'::text)),
    CONSTRAINT workshops_language_check CHECK ((language ~ '^[a-z]{2}$'::text)),
    CONSTRAINT workshops_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT workshops_phone_check CHECK ((length(phone) <= 20)),
    CONSTRAINT workshops_plan_check CHECK ((plan = ANY (ARRAY['basic'::text, 'standard'::text, 'premium'::text]))),
    CONSTRAINT workshops_recording_days_check CHECK (((recording_days >= 1) AND (recording_days <= 90))),
    CONSTRAINT workshops_status_before_check CHECK ((status_before = ANY (ARRAY['trial'::text, 'active'::text, 'past_due'::text, 'grace'::text, 'restricted'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT workshops_status_reason_check CHECK ((length(status_reason) <= 200)),
    CONSTRAINT workshops_subscription_status_check CHECK ((subscription_status = ANY (ARRAY['trial'::text, 'active'::text, 'past_due'::text, 'grace'::text, 'restricted'::text, 'suspended'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT workshops_suspension_check CHECK (((suspend_requested_at IS NULL) OR (status_before IS NOT NULL))),
    CONSTRAINT workshops_timezone_check CHECK (((length(timezone) >= 1) AND (length(timezone) <= 64))),
    CONSTRAINT workshops_working_hours_check CHECK ((jsonb_typeof(working_hours) = 'array'::text))
);

ALTER TABLE ONLY public.workshops FORCE ROW LEVEL SECURITY;

ALTER TABLE public.workshops OWNER TO pitview_owner;

COMMENT ON TABLE public.workshops IS 'One row per customer of the platform. Row 1 is the platform itself.';

COMMENT ON COLUMN public.workshops.code IS 'What people and MQTT topics see, e.g. workshop_042.';

COMMENT ON COLUMN public.workshops.timezone IS 'IANA name; times are stored in UTC and shown in this zone.';

COMMENT ON COLUMN public.workshops.owner_id IS 'Null only while the workshop is being set up.';

COMMENT ON COLUMN public.workshops.status_since IS 'When `subscription_status` became what it is; kept by a trigger.';

COMMENT ON COLUMN public.workshops.language IS 'Of messages to customers who have not chosen one; ISO 639-1.';

COMMENT ON COLUMN public.workshops.working_hours IS '[{"day": 1 (Monday) to 7, "opens": "09:00", "closes": "19:00"}, …].';

COMMENT ON COLUMN public.workshops.baseline_calls_per_job IS 'How often a customer called about one job before there was this product; null: nobody has said.';

COMMENT ON COLUMN public.workshops.status_reason IS 'Why `subscription_status` is what it is, as whoever set it said.';

COMMENT ON COLUMN public.workshops.status_before IS 'Before the suspension, or the one that waits; null: none.';

COMMENT ON COLUMN public.workshops.suspend_requested_at IS 'Since when a suspension waits for the end of the running jobs; null: none does.';

COMMENT ON COLUMN public.workshops.recording_days IS 'How long recordings are kept (decision D36); clips are kept until somebody removes them.';

COMMENT ON COLUMN public.workshops.record_always IS 'Recorded all the time, and not only while a job runs.';

ALTER TABLE public.workshops ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.workshops_id_seq
    START WITH 2
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY platform.device_batches
    ADD CONSTRAINT device_batches_name_key UNIQUE (name);

ALTER TABLE ONLY platform.device_batches
    ADD CONSTRAINT device_batches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.firmware_campaigns
    ADD CONSTRAINT firmware_campaigns_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.firmware_devices
    ADD CONSTRAINT firmware_devices_pkey PRIMARY KEY (campaign_id, device_key);

ALTER TABLE ONLY platform.firmware_releases
    ADD CONSTRAINT firmware_releases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.firmware_releases
    ADD CONSTRAINT firmware_releases_version_key UNIQUE (version, hw_rev);

ALTER TABLE ONLY platform.keywords_taken
    ADD CONSTRAINT keywords_taken_pkey PRIMARY KEY (provider_id);

ALTER TABLE ONLY platform.licence_violations
    ADD CONSTRAINT licence_violations_key UNIQUE (hour, device_id, reason);

ALTER TABLE ONLY platform.licence_violations
    ADD CONSTRAINT licence_violations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.login_failures
    ADD CONSTRAINT login_failures_pkey PRIMARY KEY (username_key, ip);

ALTER TABLE ONLY platform.packing
    ADD CONSTRAINT packing_pkey PRIMARY KEY (one);

ALTER TABLE ONLY platform.readings_set_aside
    ADD CONSTRAINT readings_set_aside_key UNIQUE (device_key, measured_at, boot_id, seq);

ALTER TABLE ONLY platform.readings_set_aside
    ADD CONSTRAINT readings_set_aside_pkey PRIMARY KEY (id);

ALTER TABLE ONLY platform.recordings_disk
    ADD CONSTRAINT recordings_disk_pkey PRIMARY KEY (only_one);

ALTER TABLE ONLY platform.rollup_progress
    ADD CONSTRAINT rollup_progress_pkey PRIMARY KEY (one);

ALTER TABLE ONLY platform.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (number);

ALTER TABLE ONLY platform.ws_tickets
    ADD CONSTRAINT ws_tickets_pkey PRIMARY KEY (ticket_hash);

ALTER TABLE ONLY public.alert_events
    ADD CONSTRAINT alert_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alert_rules
    ADD CONSTRAINT alert_rules_pkey PRIMARY KEY (workshop_id, work_type, stage, alert_type);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_workshop_id_id_key UNIQUE (workshop_id, id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.clips
    ADD CONSTRAINT clips_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.consent_texts
    ADD CONSTRAINT consent_texts_pkey PRIMARY KEY (workshop_id, version);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.device_assignments
    ADD CONSTRAINT device_assignments_one_device_at_a_time EXCLUDE USING gist (pit_id WITH =, tstzrange(assigned_at, released_at) WITH &&);

ALTER TABLE ONLY public.device_assignments
    ADD CONSTRAINT device_assignments_one_pit_at_a_time EXCLUDE USING gist (device_key WITH =, tstzrange(assigned_at, released_at) WITH &&);

ALTER TABLE ONLY public.device_assignments
    ADD CONSTRAINT device_assignments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.device_commands
    ADD CONSTRAINT device_commands_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.device_commands
    ADD CONSTRAINT device_commands_version_key UNIQUE (workshop_id, device_key, version);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_device_id_key UNIQUE (device_id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_license_hash_key UNIQUE (license_hash);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_workshop_id_id_key UNIQUE (workshop_id, id);

ALTER TABLE ONLY public.job_certificates
    ADD CONSTRAINT job_certificates_pkey PRIMARY KEY (workshop_id, job_id, version);

ALTER TABLE ONLY public.job_certificates
    ADD CONSTRAINT job_certificates_token_key UNIQUE (token);

ALTER TABLE ONLY public.job_conditions
    ADD CONSTRAINT job_conditions_pkey PRIMARY KEY (workshop_id, job_id, stage);

ALTER TABLE ONLY public.job_documents
    ADD CONSTRAINT job_documents_pkey PRIMARY KEY (workshop_id, job_id, kind, language);

ALTER TABLE ONLY public.job_notes
    ADD CONSTRAINT job_notes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_photos
    ADD CONSTRAINT job_photos_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_staff
    ADD CONSTRAINT job_staff_pkey PRIMARY KEY (workshop_id, job_id, user_id);

ALTER TABLE ONLY public.job_stages
    ADD CONSTRAINT job_stages_pkey PRIMARY KEY (workshop_id, job_id, "position");

ALTER TABLE ONLY public.job_time_changes
    ADD CONSTRAINT job_time_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_workshop_id_id_key UNIQUE (workshop_id, id);

ALTER TABLE ONLY public.message_settings
    ADD CONSTRAINT message_settings_pkey PRIMARY KEY (workshop_id);

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_pkey PRIMARY KEY (workshop_id, kind, language);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_key_key UNIQUE (workshop_id, key);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pits
    ADD CONSTRAINT pits_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pits
    ADD CONSTRAINT pits_workshop_id_id_key UNIQUE (workshop_id, id);

ALTER TABLE ONLY public.pits
    ADD CONSTRAINT pits_workshop_id_pit_number_key UNIQUE (workshop_id, pit_number);

ALTER TABLE ONLY public.ratings
    ADD CONSTRAINT ratings_job_key UNIQUE (workshop_id, job_id);

ALTER TABLE ONLY public.ratings
    ADD CONSTRAINT ratings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reading_archives
    ADD CONSTRAINT reading_archives_pkey PRIMARY KEY (workshop_id, day, part);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_pkey PRIMARY KEY (workshop_id, pit_id, began_at);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (workshop_id, user_id, code_hash);

ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_pkey PRIMARY KEY (workshop_id, user_id);

ALTER TABLE ONLY public.sensor_data
    ADD CONSTRAINT sensor_data_pkey PRIMARY KEY (pit_id, measured_at, device_key, boot_id, seq);

ALTER TABLE ONLY public.sensor_hours
    ADD CONSTRAINT sensor_hours_pkey PRIMARY KEY (pit_id, hour, device_key, boot_id);

ALTER TABLE ONLY public.sensor_rollups
    ADD CONSTRAINT sensor_rollups_pkey PRIMARY KEY (pit_id, at);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_refresh_hash_key UNIQUE (refresh_hash);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_workshop_id_id_key UNIQUE (workshop_id, id);

ALTER TABLE ONLY public.staff_pit_permissions
    ADD CONSTRAINT staff_pit_permissions_pkey PRIMARY KEY (workshop_id, user_id, pit_id);

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_device_key_key UNIQUE (device_key);

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.template_stages
    ADD CONSTRAINT template_stages_pkey PRIMARY KEY (workshop_id, template_id, "position");

ALTER TABLE ONLY public.tracking_links
    ADD CONSTRAINT tracking_links_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tracking_links
    ADD CONSTRAINT tracking_links_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.tracking_links
    ADD CONSTRAINT tracking_links_workshop_id_id_key UNIQUE (workshop_id, id);

ALTER TABLE ONLY public.tracking_opens
    ADD CONSTRAINT tracking_opens_pkey PRIMARY KEY (workshop_id, job_id, day);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_workshop_id_id_key UNIQUE (workshop_id, id);

ALTER TABLE ONLY public.view_sessions
    ADD CONSTRAINT view_sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.view_sessions
    ADD CONSTRAINT view_sessions_workshop_id_id_key UNIQUE (workshop_id, id);

ALTER TABLE ONLY public.work_type_templates
    ADD CONSTRAINT work_type_templates_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.work_type_templates
    ADD CONSTRAINT work_type_templates_workshop_id_id_key UNIQUE (workshop_id, id);

ALTER TABLE ONLY public.workshops
    ADD CONSTRAINT workshops_code_key UNIQUE (code);

ALTER TABLE ONLY public.workshops
    ADD CONSTRAINT workshops_pkey PRIMARY KEY (id);

CREATE INDEX firmware_campaigns_of_release ON platform.firmware_campaigns USING btree (release_id);

CREATE INDEX firmware_devices_of_device ON platform.firmware_devices USING btree (device_key);

CREATE INDEX licence_violations_of_device ON platform.licence_violations USING btree (device_id, id);

CREATE INDEX login_failures_by_age ON platform.login_failures USING btree (updated_at);

CREATE INDEX ws_tickets_by_age ON platform.ws_tickets USING btree (expires_at);

CREATE INDEX ws_tickets_of_session ON platform.ws_tickets USING btree (session_id);

CREATE INDEX alert_events_of_alert ON public.alert_events USING btree (workshop_id, alert_id, id);

CREATE INDEX alerts_of_pit ON public.alerts USING btree (workshop_id, pit_id, id);

CREATE UNIQUE INDEX alerts_one_open ON public.alerts USING btree (workshop_id, pit_id, alert_type) NULLS NOT DISTINCT WHERE (resolved_at IS NULL);

CREATE INDEX audit_log_of_actor ON public.audit_log USING btree (workshop_id, actor_user_id, id);

CREATE INDEX audit_log_of_subject ON public.audit_log USING btree (workshop_id, subject_type, subject_id, id);

CREATE INDEX audit_log_of_workshop ON public.audit_log USING btree (workshop_id, id);

CREATE UNIQUE INDEX clips_by_share ON public.clips USING btree (share_hash);

CREATE INDEX clips_of_workshop ON public.clips USING btree (workshop_id, id);

CREATE UNIQUE INDEX clips_time_lapse_of_job ON public.clips USING btree (workshop_id, job_id) WHERE (kind = 'time_lapse'::text);

CREATE INDEX clips_to_do ON public.clips USING btree (id) WHERE (status = ANY (ARRAY['pending'::text, 'removed'::text]));

CREATE INDEX consents_of_customer ON public.consents USING btree (workshop_id, customer_id, subject, id);

CREATE INDEX device_assignments_of_device ON public.device_assignments USING btree (device_key, assigned_at) INCLUDE (released_at, workshop_id, pit_id);

CREATE INDEX device_assignments_of_pit ON public.device_assignments USING btree (workshop_id, pit_id, assigned_at);

CREATE INDEX job_documents_drawn_at ON public.job_documents USING btree (drawn_at);

CREATE INDEX job_notes_of_job ON public.job_notes USING btree (workshop_id, job_id, id);

CREATE INDEX job_photos_of_job ON public.job_photos USING btree (workshop_id, job_id, id);

CREATE INDEX job_staff_of_user ON public.job_staff USING btree (workshop_id, user_id);

CREATE INDEX job_time_changes_of_job ON public.job_time_changes USING btree (workshop_id, job_id, id);

CREATE INDEX jobs_by_customer ON public.jobs USING btree (workshop_id, customer_id, id);

CREATE INDEX jobs_by_pit ON public.jobs USING btree (workshop_id, pit_id, id);

CREATE INDEX jobs_by_start ON public.jobs USING btree (workshop_id, actual_start_time);

CREATE INDEX jobs_by_status ON public.jobs USING btree (workshop_id, status, id);

CREATE INDEX jobs_completed_at ON public.jobs USING btree (actual_end_time) WHERE (status = 'completed'::text);

CREATE INDEX jobs_conditions_due ON public.jobs USING btree (actual_end_time) WHERE ((status = ANY (ARRAY['completed'::text, 'cancelled'::text])) AND (NOT conditions_final));

CREATE UNIQUE INDEX jobs_one_running_per_pit ON public.jobs USING btree (workshop_id, pit_id) WHERE (status = ANY (ARRAY['in_progress'::text, 'on_hold'::text, 'quality_check'::text]));

CREATE INDEX messages_due ON public.messages USING btree (is_urgent, due_at, id) WHERE (status = 'waiting'::text);

CREATE INDEX messages_of_alert ON public.messages USING btree (workshop_id, alert_id) WHERE (alert_id IS NOT NULL);

CREATE INDEX messages_of_job ON public.messages USING btree (workshop_id, job_id, id);

CREATE INDEX messages_taken ON public.messages USING btree (workshop_id, taken_at) WHERE (taken_at IS NOT NULL);

CREATE INDEX messages_waiting_of_job ON public.messages USING btree (workshop_id, job_id, due_at, id) WHERE (status = 'waiting'::text);

CREATE INDEX ratings_newest ON public.ratings USING btree (workshop_id, id);

CREATE INDEX ratings_of_customer ON public.ratings USING btree (workshop_id, customer_id);

CREATE INDEX recordings_by_age ON public.recordings USING btree (ended_at);

CREATE INDEX rollups_due_by_pit ON public.rollups_due USING btree (pit_id, hour);

CREATE INDEX sessions_ended ON public.sessions USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX sessions_of_tracking_link ON public.sessions USING btree (workshop_id, tracking_link_id) WHERE (tracking_link_id IS NOT NULL);

CREATE INDEX sessions_of_user ON public.sessions USING btree (workshop_id, user_id, ended_at);

CREATE UNIQUE INDEX sessions_previous_refresh_hash_key ON public.sessions USING btree (previous_refresh_hash) WHERE (previous_refresh_hash IS NOT NULL);

CREATE INDEX staff_pit_permissions_of_pit ON public.staff_pit_permissions USING btree (workshop_id, pit_id);

CREATE INDEX subscriptions_of_workshop ON public.subscriptions USING btree (workshop_id, device_key);

CREATE INDEX tracking_links_of_customer ON public.tracking_links USING btree (workshop_id, customer_id);

CREATE UNIQUE INDEX tracking_links_one_per_job ON public.tracking_links USING btree (workshop_id, job_id) WHERE (revoked_at IS NULL);

CREATE UNIQUE INDEX users_customer_phone_key ON public.users USING btree (workshop_id, phone_lookup) WHERE ((role = 'customer'::text) AND (phone_lookup IS NOT NULL));

CREATE INDEX users_customers_by_phone ON public.users USING btree (phone_lookup) WHERE ((role = 'customer'::text) AND (phone_lookup IS NOT NULL));

CREATE UNIQUE INDEX users_username_key ON public.users USING btree (lower(username));

CREATE INDEX view_sessions_of_customer ON public.view_sessions USING btree (workshop_id, customer_id, last_seen_at);

CREATE INDEX view_sessions_of_job ON public.view_sessions USING btree (workshop_id, job_id, id);

CREATE UNIQUE INDEX view_sessions_open ON public.view_sessions USING btree (server, session_id, job_id, channel) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX work_type_templates_name_key ON public.work_type_templates USING btree (workshop_id, lower(name));

CREATE INDEX workshops_suspension_waits ON public.workshops USING btree (suspend_requested_at) WHERE (suspend_requested_at IS NOT NULL);

CREATE TRIGGER note_status_since BEFORE UPDATE ON public.subscriptions FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION platform.note_status_since();

CREATE TRIGGER note_status_since BEFORE UPDATE ON public.workshops FOR EACH ROW WHEN ((old.subscription_status IS DISTINCT FROM new.subscription_status)) EXECUTE FUNCTION platform.note_status_since();

ALTER TABLE ONLY platform.device_batches
    ADD CONSTRAINT device_batches_registered_by_fkey FOREIGN KEY (registered_by) REFERENCES public.users(id);

ALTER TABLE ONLY platform.firmware_campaigns
    ADD CONSTRAINT firmware_campaigns_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY platform.firmware_campaigns
    ADD CONSTRAINT firmware_campaigns_release_fkey FOREIGN KEY (release_id) REFERENCES platform.firmware_releases(id);

ALTER TABLE ONLY platform.firmware_devices
    ADD CONSTRAINT firmware_devices_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES platform.firmware_campaigns(id);

ALTER TABLE ONLY platform.firmware_devices
    ADD CONSTRAINT firmware_devices_device_key_fkey FOREIGN KEY (device_key) REFERENCES public.devices(id);

ALTER TABLE ONLY platform.firmware_releases
    ADD CONSTRAINT firmware_releases_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.alert_events
    ADD CONSTRAINT alert_events_actor_fkey FOREIGN KEY (workshop_id, actor_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.alert_events
    ADD CONSTRAINT alert_events_alert_fkey FOREIGN KEY (workshop_id, alert_id) REFERENCES public.alerts(workshop_id, id);

ALTER TABLE ONLY public.alert_rules
    ADD CONSTRAINT alert_rules_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_acknowledged_by_fkey FOREIGN KEY (workshop_id, acknowledged_by) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits(workshop_id, id);

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_actor_user_id_fkey FOREIGN KEY (actor_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.clips
    ADD CONSTRAINT clips_author_fkey FOREIGN KEY (workshop_id, author_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.clips
    ADD CONSTRAINT clips_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.clips
    ADD CONSTRAINT clips_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits(workshop_id, id);

ALTER TABLE ONLY public.consent_texts
    ADD CONSTRAINT consent_texts_created_by_fkey FOREIGN KEY (workshop_id, created_by) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.consent_texts
    ADD CONSTRAINT consent_texts_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_customer_fkey FOREIGN KEY (workshop_id, customer_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_recorded_by_fkey FOREIGN KEY (workshop_id, recorded_by) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_text_fkey FOREIGN KEY (workshop_id, text_version) REFERENCES public.consent_texts(workshop_id, version);

ALTER TABLE ONLY public.device_assignments
    ADD CONSTRAINT device_assignments_device_fkey FOREIGN KEY (workshop_id, device_key) REFERENCES public.devices(workshop_id, id);

ALTER TABLE ONLY public.device_assignments
    ADD CONSTRAINT device_assignments_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits(workshop_id, id);

ALTER TABLE ONLY public.device_commands
    ADD CONSTRAINT device_commands_actor_user_id_fkey FOREIGN KEY (actor_user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.device_commands
    ADD CONSTRAINT device_commands_device_fkey FOREIGN KEY (workshop_id, device_key) REFERENCES public.devices(workshop_id, id);

ALTER TABLE ONLY public.devices
    ADD CONSTRAINT devices_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.job_certificates
    ADD CONSTRAINT job_certificates_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.job_conditions
    ADD CONSTRAINT job_conditions_stage_fkey FOREIGN KEY (workshop_id, job_id, stage) REFERENCES public.job_stages(workshop_id, job_id, "position");

ALTER TABLE ONLY public.job_documents
    ADD CONSTRAINT job_documents_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.job_notes
    ADD CONSTRAINT job_notes_author_fkey FOREIGN KEY (workshop_id, author_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.job_notes
    ADD CONSTRAINT job_notes_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.job_photos
    ADD CONSTRAINT job_photos_author_fkey FOREIGN KEY (workshop_id, author_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.job_photos
    ADD CONSTRAINT job_photos_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.job_photos
    ADD CONSTRAINT job_photos_stage_fkey FOREIGN KEY (workshop_id, job_id, stage) REFERENCES public.job_stages(workshop_id, job_id, "position");

ALTER TABLE ONLY public.job_staff
    ADD CONSTRAINT job_staff_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.job_staff
    ADD CONSTRAINT job_staff_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.job_stages
    ADD CONSTRAINT job_stages_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.job_time_changes
    ADD CONSTRAINT job_time_changes_changed_by_fkey FOREIGN KEY (workshop_id, changed_by) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.job_time_changes
    ADD CONSTRAINT job_time_changes_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_customer_fkey FOREIGN KEY (workshop_id, customer_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits(workshop_id, id);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.message_settings
    ADD CONSTRAINT message_settings_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_alert_fkey FOREIGN KEY (workshop_id, alert_id) REFERENCES public.alerts(workshop_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_recipient_fkey FOREIGN KEY (workshop_id, recipient_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.pits
    ADD CONSTRAINT pits_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.ratings
    ADD CONSTRAINT ratings_customer_fkey FOREIGN KEY (workshop_id, customer_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.ratings
    ADD CONSTRAINT ratings_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.reading_archives
    ADD CONSTRAINT reading_archives_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits(workshop_id, id);

ALTER TABLE ONLY public.recovery_codes
    ADD CONSTRAINT recovery_codes_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.second_factors
    ADD CONSTRAINT second_factors_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_tracking_link_fkey FOREIGN KEY (workshop_id, tracking_link_id) REFERENCES public.tracking_links(workshop_id, id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.staff_pit_permissions
    ADD CONSTRAINT staff_pit_permissions_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits(workshop_id, id);

ALTER TABLE ONLY public.staff_pit_permissions
    ADD CONSTRAINT staff_pit_permissions_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.subscriptions
    ADD CONSTRAINT subscriptions_device_fkey FOREIGN KEY (workshop_id, device_key) REFERENCES public.devices(workshop_id, id);

ALTER TABLE ONLY public.template_stages
    ADD CONSTRAINT template_stages_template_fkey FOREIGN KEY (workshop_id, template_id) REFERENCES public.work_type_templates(workshop_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tracking_links
    ADD CONSTRAINT tracking_links_created_by_fkey FOREIGN KEY (workshop_id, created_by) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.tracking_links
    ADD CONSTRAINT tracking_links_customer_fkey FOREIGN KEY (workshop_id, customer_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.tracking_links
    ADD CONSTRAINT tracking_links_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.tracking_opens
    ADD CONSTRAINT tracking_opens_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.view_sessions
    ADD CONSTRAINT view_sessions_customer_fkey FOREIGN KEY (workshop_id, customer_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE ONLY public.view_sessions
    ADD CONSTRAINT view_sessions_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs(workshop_id, id);

ALTER TABLE ONLY public.view_sessions
    ADD CONSTRAINT view_sessions_session_fkey FOREIGN KEY (workshop_id, session_id) REFERENCES public.sessions(workshop_id, id);

ALTER TABLE ONLY public.work_type_templates
    ADD CONSTRAINT work_type_templates_workshop_id_fkey FOREIGN KEY (workshop_id) REFERENCES public.workshops(id);

ALTER TABLE ONLY public.workshops
    ADD CONSTRAINT workshops_owner_fkey FOREIGN KEY (id, owner_id) REFERENCES public.users(workshop_id, id);

ALTER TABLE public.alert_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.alert_rules ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.alerts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.clips ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.consent_texts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.consents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.device_assignments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.device_commands ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.devices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job_certificates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job_conditions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job_documents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job_notes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job_photos ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job_staff ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job_stages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.job_time_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.message_settings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.message_templates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner_sees_all ON public.alert_events TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.alert_rules TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.alerts TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.audit_log TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.clips TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.consent_texts TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.consents TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.device_assignments TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.device_commands TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.devices TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.job_certificates TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.job_conditions TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.job_documents TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.job_notes TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.job_photos TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.job_staff TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.job_stages TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.job_time_changes TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.jobs TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.message_settings TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.message_templates TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.messages TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.pits TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.ratings TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.reading_archives TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.recordings TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.recovery_codes TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.rollups_due TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.second_factors TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.sensor_closing TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.sensor_data TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.sensor_hours TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.sensor_rollups TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.sessions TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.staff_pit_permissions TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.subscriptions TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.template_stages TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.tracking_links TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.tracking_opens TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.users TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.view_sessions TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.work_type_templates TO pitview_owner USING (true) WITH CHECK (true);

CREATE POLICY owner_sees_all ON public.workshops TO pitview_owner USING (true) WITH CHECK (true);

ALTER TABLE public.pits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ratings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.reading_archives ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recordings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recovery_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rollups_due ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.second_factors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sensor_closing ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sensor_data ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sensor_hours ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sensor_rollups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_pit_permissions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.subscriptions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.template_stages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tracking_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tracking_opens ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.view_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.work_type_templates ENABLE ROW LEVEL SECURITY;

CREATE POLICY workshop_of_report ON public.alert_events FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.alert_rules FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.alerts FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.audit_log FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.clips FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.consent_texts FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.consents FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.device_assignments FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.device_commands FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.devices FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.job_certificates FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.job_conditions FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.job_documents FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.job_notes FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.job_photos FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.job_staff FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.job_stages FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.job_time_changes FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.jobs FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.message_settings FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.message_templates FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.messages FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.pits FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.ratings FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.reading_archives FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.recordings FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.recovery_codes FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.rollups_due FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.second_factors FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.sensor_closing FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.sensor_data FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.sensor_hours FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.sensor_rollups FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.sessions FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.staff_pit_permissions FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.subscriptions FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.template_stages FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.tracking_links FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.tracking_opens FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.users FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.view_sessions FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.work_type_templates FOR SELECT TO pitview_readonly USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_report ON public.workshops FOR SELECT TO pitview_readonly USING ((id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.alert_events TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.alert_rules TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.alerts TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.audit_log TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.clips TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.consent_texts TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.consents TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.device_assignments TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.device_commands TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.devices TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.job_certificates TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.job_conditions TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.job_documents TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.job_notes TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.job_photos TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.job_staff TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.job_stages TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.job_time_changes TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.jobs TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.message_settings TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.message_templates TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.messages TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.pits TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.ratings TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.reading_archives TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.recordings TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.recovery_codes TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.rollups_due TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.second_factors TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.sensor_closing TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.sensor_data TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.sensor_hours TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.sensor_rollups TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.sessions TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.staff_pit_permissions TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.subscriptions TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.template_stages TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.tracking_links TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.tracking_opens TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.users TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.view_sessions TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.work_type_templates TO pitview_app USING ((workshop_id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((workshop_id = ( SELECT public.current_workshop() AS current_workshop)));

CREATE POLICY workshop_of_transaction ON public.workshops TO pitview_app USING ((id = ( SELECT public.current_workshop() AS current_workshop))) WITH CHECK ((id = ( SELECT public.current_workshop() AS current_workshop)));

ALTER TABLE public.workshops ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA platform TO pitview_app;
GRANT USAGE ON SCHEMA platform TO pitview_readonly;

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO pitview_app;
GRANT USAGE ON SCHEMA public TO pitview_readonly;

REVOKE ALL ON FUNCTION platform.add_default_work_types(p_workshop bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.add_default_work_types(p_workshop bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.alert_rules_of_all() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.alert_rules_of_all() TO pitview_app;

REVOKE ALL ON FUNCTION platform.apply_due_suspensions() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.apply_due_suspensions() TO pitview_app;

REVOKE ALL ON FUNCTION platform.await_receipt(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_fallback_at timestamp with time zone, p_whatsapp_id text, p_reason text, p_text text, p_cost_paise bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.await_receipt(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_fallback_at timestamp with time zone, p_whatsapp_id text, p_reason text, p_text text, p_cost_paise bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.bound_readings_set_aside() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.broker_devices(p_device_key bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.broker_devices(p_device_key bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.certificate_of_token(p_token text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.certificate_of_token(p_token text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.claim_device(p_device_id text, p_code_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.claim_device(p_device_id text, p_code_hash bytea) TO pitview_app;

REVOKE ALL ON FUNCTION platform.claim_messages(p_now timestamp with time zone, p_lease interval, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.claim_messages(p_now timestamp with time zone, p_lease interval, p_limit integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.clear_login_failures(p_username text, p_ip inet) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.clear_login_failures(p_username text, p_ip inet) TO pitview_app;

REVOKE ALL ON FUNCTION platform.clips_to_do() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.clips_to_do() TO pitview_app;

REVOKE ALL ON FUNCTION platform.commit_readings(OUT inserted bigint, OUT duplicates bigint, OUT no_assignment bigint, OUT too_old bigint, OUT in_future bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.commit_readings(OUT inserted bigint, OUT duplicates bigint, OUT no_assignment bigint, OUT too_old bigint, OUT in_future bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.conditions_due(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.conditions_due(p_before timestamp with time zone, p_limit integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.create_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_timezone text, p_language text, p_plan text, p_trial_ends_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.create_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_timezone text, p_language text, p_plan text, p_trial_ends_at timestamp with time zone) TO pitview_app;

REVOKE ALL ON FUNCTION platform.device_directory() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.device_directory() TO pitview_app;

REVOKE ALL ON FUNCTION platform.drop_archived(p_day date, p_part integer, p_file text, p_readings bigint, p_bytes bigint, p_sha256 bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.drop_archived(p_day date, p_part integer, p_file text, p_readings bigint, p_bytes bigint, p_sha256 bytea) TO pitview_app;

REVOKE ALL ON FUNCTION platform.end_message(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_status text, p_reason text, p_channel text, p_provider_id text, p_text text, p_segments integer, p_cost_paise bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.end_message(p_id bigint, p_attempt integer, p_now timestamp with time zone, p_status text, p_reason text, p_channel text, p_provider_id text, p_text text, p_segments integer, p_cost_paise bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.ended_sessions(p_since timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.ended_sessions(p_since timestamp with time zone) TO pitview_app;

REVOKE ALL ON FUNCTION platform.ensure_partition(p_day date) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.ensure_partitions(p_days_ahead integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.ensure_partitions(p_days_ahead integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.find_device_credentials(p_device_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.find_device_credentials(p_device_id text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.find_login(p_username text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.find_login(p_username text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.find_session(p_session_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.find_session(p_session_id bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.find_session_by_refresh(p_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.find_session_by_refresh(p_hash bytea) TO pitview_app;

REVOKE ALL ON FUNCTION platform.find_shared_clip(p_share_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.find_shared_clip(p_share_hash bytea) TO pitview_app;

REVOKE ALL ON FUNCTION platform.finish_listing(p_listing text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.finish_listing(p_listing text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.firmware_campaign_devices(p_campaign_id bigint, p_before bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.firmware_campaign_devices(p_campaign_id bigint, p_before bigint, p_limit integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.firmware_candidates(p_device_key bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.firmware_candidates(p_device_key bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.firmware_cohort(p_workshop_codes text[], p_batch text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.firmware_cohort(p_workshop_codes text[], p_batch text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.firmware_image(p_release_id bigint, p_device_key bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.firmware_image(p_release_id bigint, p_device_key bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.firmware_offer(p_campaign_id bigint, p_device_key bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.firmware_offer(p_campaign_id bigint, p_device_key bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.firmware_size(p_release_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.firmware_size(p_release_id bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.forget_in_audit(p_customer_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.forget_in_audit(p_customer_id bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.forget_old_documents(p_before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.forget_old_documents(p_before timestamp with time zone) TO pitview_app;

REVOKE ALL ON FUNCTION platform.forget_old_login_failures() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.forget_old_login_failures() TO pitview_app;

REVOKE ALL ON FUNCTION platform.from_ms(p_ms bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.has_video(p_subscription_status text) FROM PUBLIC;

GRANT SELECT,INSERT,DELETE ON TABLE public.messages TO pitview_app;

GRANT SELECT(id) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(workshop_id) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(job_id) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(recipient_id) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(kind) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(key) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(is_urgent) ON TABLE public.messages TO pitview_readonly;

GRANT UPDATE(secrets_sealed) ON TABLE public.messages TO pitview_app;

GRANT SELECT(due_at) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(pointless_at) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(status) ON TABLE public.messages TO pitview_readonly;
GRANT UPDATE(status) ON TABLE public.messages TO pitview_app;

GRANT SELECT(reason) ON TABLE public.messages TO pitview_readonly;
GRANT UPDATE(reason) ON TABLE public.messages TO pitview_app;

GRANT SELECT(channel) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(attempts) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(next_try_at) ON TABLE public.messages TO pitview_readonly;
GRANT UPDATE(next_try_at) ON TABLE public.messages TO pitview_app;

GRANT SELECT(lease_until) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(provider_id) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(created_at) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(ended_at) ON TABLE public.messages TO pitview_readonly;
GRANT UPDATE(ended_at) ON TABLE public.messages TO pitview_app;

GRANT SELECT(receipt) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(whatsapp_receipt) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(taken_at) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(sms_segments) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(cost_paise) ON TABLE public.messages TO pitview_readonly;

GRANT SELECT(alert_id) ON TABLE public.messages TO pitview_readonly;

REVOKE ALL ON FUNCTION platform.is_next_message(m public.messages, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.is_packed(p_pit bigint, p_device_key bigint, p_measured_at timestamp with time zone, p_boot_id integer, p_seq integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.is_timezone(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.is_timezone(p_name text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.issue_ws_ticket(p_hash bytea, p_session_id bigint, p_seconds bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.issue_ws_ticket(p_hash bytea, p_session_id bigint, p_seconds bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.known_devices(p_device_ids text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.known_devices(p_device_ids text[]) TO pitview_app;

REVOKE ALL ON FUNCTION platform.list_violations(p_device_id text, p_workshop_id bigint, p_before bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.list_violations(p_device_id text, p_workshop_id bigint, p_before bigint, p_limit integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.list_workshops(p_status text, p_before bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.list_workshops(p_status text, p_before bigint, p_limit integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.lock_firmware_offer(p_release_id bigint, p_device_key bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.lock_firmware_offer(p_release_id bigint, p_device_key bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.login_key(p_username text) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.login_locked_until(p_username text, p_ip inet) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.login_locked_until(p_username text, p_ip inet) TO pitview_app;

REVOKE ALL ON FUNCTION platform.may_replay(p_sessions bigint[], p_pits bigint[], p_clips bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.may_replay(p_sessions bigint[], p_pits bigint[], p_clips bigint[]) TO pitview_app;

REVOKE ALL ON FUNCTION platform.may_watch(p_sessions bigint[], p_pits bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.may_watch(p_sessions bigint[], p_pits bigint[]) TO pitview_app;

REVOKE ALL ON FUNCTION platform.next_archive(p_retention_days integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.next_archive(p_retention_days integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.next_workshop_id() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.next_workshop_id() TO pitview_app;

REVOKE ALL ON FUNCTION platform.not_quiet(p_at timestamp with time zone, p_zone text, p_from time without time zone, p_until time without time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_cameras(p_pits bigint[], p_states text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.note_cameras(p_pits bigint[], p_states text[]) TO pitview_app;

REVOKE ALL ON FUNCTION platform.note_clip(p_clip bigint, p_status text, p_failure text, p_began_ms bigint, p_ended_ms bigint, p_bytes bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.note_clip(p_clip bigint, p_status text, p_failure text, p_began_ms bigint, p_ended_ms bigint, p_bytes bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.note_receipt(p_id bigint, p_is_whatsapp boolean, p_provider_id text, p_receipt text, p_reason text, p_now timestamp with time zone, p_fallback_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.note_receipt(p_id bigint, p_is_whatsapp boolean, p_provider_id text, p_receipt text, p_reason text, p_now timestamp with time zone, p_fallback_at timestamp with time zone) TO pitview_app;

REVOKE ALL ON FUNCTION platform.note_recordings(p_listing text, p_pits bigint[], p_began_ms bigint[], p_ended_ms bigint[], p_bytes bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.note_recordings(p_listing text, p_pits bigint[], p_began_ms bigint[], p_ended_ms bigint[], p_bytes bigint[]) TO pitview_app;

REVOKE ALL ON FUNCTION platform.note_recordings_disk(p_free bigint, p_size bigint, p_dropped bigint, p_waiting bigint, p_fault text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.note_recordings_disk(p_free bigint, p_size bigint, p_dropped bigint, p_waiting bigint, p_fault text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.note_status_since() FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.note_viewers(p_server text, p_channel text, p_sessions bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.note_viewers(p_server text, p_channel text, p_sessions bigint[]) TO pitview_app;

REVOKE ALL ON FUNCTION platform.open_alerts() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.open_alerts() TO pitview_app;

REVOKE ALL ON FUNCTION platform.open_tracking_link(p_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.open_tracking_link(p_hash bytea) TO pitview_app;

REVOKE ALL ON FUNCTION platform.pack_pits(p_after bigint, p_last bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.pack_readings(p_rows integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.pack_readings(p_rows integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.pit_places() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.pit_places() TO pitview_app;

REVOKE ALL ON FUNCTION platform.place_device(p_device_id text, p_user_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.place_device(p_device_id text, p_user_id bigint) TO pitview_app;

REVOKE ALL ON FUNCTION platform.prepare_readings_staging() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.prepare_readings_staging() TO pitview_app;

REVOKE ALL ON FUNCTION platform.protect_tenant_table(p_table regclass, p_column name) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.prune_readings_set_aside() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.prune_readings_set_aside() TO pitview_app;

REVOKE ALL ON FUNCTION platform.prune_violations() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.prune_violations() TO pitview_app;

REVOKE ALL ON FUNCTION platform.put_message_off(p_id bigint, p_attempt integer, p_due timestamp with time zone, p_next_try timestamp with time zone, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.put_message_off(p_id bigint, p_attempt integer, p_due timestamp with time zone, p_next_try timestamp with time zone, p_reason text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.queue_time_lapses() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.queue_time_lapses() TO pitview_app;

REVOKE ALL ON FUNCTION platform.receipt_rank(p_receipt text) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.record_device_status(p_device_key bigint, p_online boolean, p_at timestamp with time zone, p_state_version bigint, p_fw text, p_hw_rev text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.record_device_status(p_device_key bigint, p_online boolean, p_at timestamp with time zone, p_state_version bigint, p_fw text, p_hw_rev text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.record_firmware_state(p_campaign_id bigint, p_device_key bigint, p_state text, p_detail text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.record_firmware_state(p_campaign_id bigint, p_device_key bigint, p_state text, p_detail text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.record_login_failure(p_username text, p_ip inet) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.record_login_failure(p_username text, p_ip inet) TO pitview_app;

REVOKE ALL ON FUNCTION platform.record_sign_in_failure(p_username text, p_client inet, p_action text, p_reason text, p_ip inet, p_request_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.record_sign_in_failure(p_username text, p_client inet, p_action text, p_reason text, p_ip inet, p_request_id text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.record_violations(p_device_ids text[], p_reasons text[], p_hours_s bigint[], p_messages bigint[], p_first_us bigint[], p_last_us bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.record_violations(p_device_ids text[], p_reasons text[], p_hours_s bigint[], p_messages bigint[], p_first_us bigint[], p_last_us bigint[]) TO pitview_app;

REVOKE ALL ON FUNCTION platform.recordings_forecast() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.recordings_forecast() TO pitview_app;

REVOKE ALL ON FUNCTION platform.recordings_to_let_go(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.recordings_to_let_go(p_limit integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.redeem_ws_ticket(p_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.redeem_ws_ticket(p_hash bytea) TO pitview_app;

REVOKE ALL ON FUNCTION platform.register_batch(p_name text, p_hw_rev text, p_claim_expires_at timestamp with time zone, p_user_id bigint, p_device_ids text[], p_license_hashes text[], p_mqtt_passwords_sealed text[], p_command_keys_sealed text[], p_claim_code_hashes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.register_batch(p_name text, p_hw_rev text, p_claim_expires_at timestamp with time zone, p_user_id bigint, p_device_ids text[], p_license_hashes text[], p_mqtt_passwords_sealed text[], p_command_keys_sealed text[], p_claim_code_hashes text[]) TO pitview_app;

REVOKE ALL ON FUNCTION platform.require_super_admin(p_user_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION platform.roll_up(p_hours integer) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.roll_up(p_hours integer) TO pitview_app;

REVOKE ALL ON FUNCTION platform.save_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_plan text, p_status text, p_status_reason text, p_status_before text, p_suspend_requested_at timestamp with time zone, p_expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.save_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_plan text, p_status text, p_status_reason text, p_status_before text, p_suspend_requested_at timestamp with time zone, p_expires_at timestamp with time zone) TO pitview_app;

REVOKE ALL ON FUNCTION platform.set_aside_reading(p_device_key bigint, p_measured_at timestamp with time zone, p_received_at timestamp with time zone, p_boot_id integer, p_seq integer, p_temperature real, p_humidity real, p_pressure real, p_aqi smallint, p_iaq_accuracy smallint, p_gas_ohm real, p_replayed boolean, p_refusal text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.set_aside_reading(p_device_key bigint, p_measured_at timestamp with time zone, p_received_at timestamp with time zone, p_boot_id integer, p_seq integer, p_temperature real, p_humidity real, p_pressure real, p_aqi smallint, p_iaq_accuracy smallint, p_gas_ohm real, p_replayed boolean, p_refusal text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.set_messages_wanted(p_phone_lookup bytea, p_wanted boolean, p_provider_id text, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.set_messages_wanted(p_phone_lookup bytea, p_wanted boolean, p_provider_id text, p_now timestamp with time zone) TO pitview_app;

REVOKE ALL ON FUNCTION platform.video_cameras() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.video_cameras() TO pitview_app;

REVOKE ALL ON FUNCTION platform.watched_pits() FROM PUBLIC;
GRANT ALL ON FUNCTION platform.watched_pits() TO pitview_app;

REVOKE ALL ON FUNCTION platform.workshop_of_device(p_device_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.workshop_of_device(p_device_id text) TO pitview_app;

REVOKE ALL ON FUNCTION platform.workshop_of_subscription(p_subscription_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION platform.workshop_of_subscription(p_subscription_id bigint) TO pitview_app;

REVOKE ALL ON FUNCTION public.air_of_stages(p_job bigint, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.air_of_stages(p_job bigint, p_now timestamp with time zone) TO pitview_app;
GRANT ALL ON FUNCTION public.air_of_stages(p_job bigint, p_now timestamp with time zone) TO pitview_readonly;

REVOKE ALL ON FUNCTION public.current_workshop() FROM PUBLIC;
GRANT ALL ON FUNCTION public.current_workshop() TO pitview_app;
GRANT ALL ON FUNCTION public.current_workshop() TO pitview_readonly;

REVOKE ALL ON FUNCTION public.customer_access_ends(p_status text, p_actual_end_time timestamp with time zone, p_updated_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.customer_access_ends(p_status text, p_actual_end_time timestamp with time zone, p_updated_at timestamp with time zone) TO pitview_app;
GRANT ALL ON FUNCTION public.customer_access_ends(p_status text, p_actual_end_time timestamp with time zone, p_updated_at timestamp with time zone) TO pitview_readonly;

REVOKE ALL ON FUNCTION public.dew_point(p_temperature double precision, p_humidity double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.dew_point(p_temperature double precision, p_humidity double precision) TO pitview_app;
GRANT ALL ON FUNCTION public.dew_point(p_temperature double precision, p_humidity double precision) TO pitview_readonly;

GRANT SELECT ON TABLE platform.packing TO pitview_app;
GRANT SELECT ON TABLE platform.packing TO pitview_readonly;

GRANT SELECT ON TABLE public.sensor_closing TO pitview_app;
GRANT SELECT ON TABLE public.sensor_closing TO pitview_readonly;

GRANT SELECT ON TABLE public.sensor_data TO pitview_app;
GRANT SELECT ON TABLE public.sensor_data TO pitview_readonly;

GRANT SELECT ON TABLE public.sensor_hours TO pitview_app;
GRANT SELECT ON TABLE public.sensor_hours TO pitview_readonly;

GRANT SELECT ON TABLE public.readings TO pitview_app;
GRANT SELECT ON TABLE public.readings TO pitview_readonly;

REVOKE ALL ON FUNCTION public.latest_reading(p_pit bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.latest_reading(p_pit bigint) TO pitview_app;
GRANT ALL ON FUNCTION public.latest_reading(p_pit bigint) TO pitview_readonly;

REVOKE ALL ON FUNCTION public.quarters_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.quarters_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) TO pitview_app;
GRANT ALL ON FUNCTION public.quarters_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) TO pitview_readonly;

REVOKE ALL ON FUNCTION public.readings_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.readings_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) TO pitview_app;
GRANT ALL ON FUNCTION public.readings_between(p_pit bigint, p_from timestamp with time zone, p_to timestamp with time zone) TO pitview_readonly;

GRANT SELECT,INSERT ON TABLE platform.firmware_campaigns TO pitview_app;

GRANT UPDATE(percentage) ON TABLE platform.firmware_campaigns TO pitview_app;

GRANT UPDATE(status) ON TABLE platform.firmware_campaigns TO pitview_app;

GRANT UPDATE(changed_at) ON TABLE platform.firmware_campaigns TO pitview_app;

GRANT SELECT(campaign_id) ON TABLE platform.firmware_devices TO pitview_app;

GRANT SELECT(state) ON TABLE platform.firmware_devices TO pitview_app;

GRANT INSERT ON TABLE platform.firmware_releases TO pitview_app;

GRANT SELECT(id) ON TABLE platform.firmware_releases TO pitview_app;

GRANT SELECT(version) ON TABLE platform.firmware_releases TO pitview_app;

GRANT SELECT(hw_rev) ON TABLE platform.firmware_releases TO pitview_app;

GRANT SELECT(notes) ON TABLE platform.firmware_releases TO pitview_app;

GRANT SELECT(sha256) ON TABLE platform.firmware_releases TO pitview_app;

GRANT SELECT(signature) ON TABLE platform.firmware_releases TO pitview_app;

GRANT SELECT(created_by) ON TABLE platform.firmware_releases TO pitview_app;

GRANT SELECT(created_at) ON TABLE platform.firmware_releases TO pitview_app;

GRANT SELECT ON TABLE platform.rollup_progress TO pitview_app;
GRANT SELECT ON TABLE platform.rollup_progress TO pitview_readonly;

GRANT SELECT ON TABLE platform.schema_migrations TO pitview_app;

GRANT SELECT,INSERT ON TABLE public.alert_events TO pitview_app;
GRANT SELECT ON TABLE public.alert_events TO pitview_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.alert_rules TO pitview_app;
GRANT SELECT ON TABLE public.alert_rules TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.alerts TO pitview_app;
GRANT SELECT ON TABLE public.alerts TO pitview_readonly;

GRANT SELECT,INSERT ON TABLE public.audit_log TO pitview_app;
GRANT SELECT ON TABLE public.audit_log TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.clips TO pitview_app;

GRANT SELECT(id) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(workshop_id) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(pit_id) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(job_id) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(kind) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(title) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(from_at) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(to_at) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(status) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(failure) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(began_at) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(ended_at) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(size_bytes) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(author_id) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(created_at) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT(share_expires_at) ON TABLE public.clips TO pitview_readonly;

GRANT SELECT,INSERT ON TABLE public.consent_texts TO pitview_app;
GRANT SELECT ON TABLE public.consent_texts TO pitview_readonly;

GRANT SELECT,INSERT ON TABLE public.consents TO pitview_app;

GRANT SELECT(id) ON TABLE public.consents TO pitview_readonly;

GRANT SELECT(workshop_id) ON TABLE public.consents TO pitview_readonly;

GRANT SELECT(customer_id) ON TABLE public.consents TO pitview_readonly;

GRANT SELECT(subject) ON TABLE public.consents TO pitview_readonly;

GRANT SELECT(given) ON TABLE public.consents TO pitview_readonly;

GRANT SELECT(text_version) ON TABLE public.consents TO pitview_readonly;

GRANT SELECT(job_id) ON TABLE public.consents TO pitview_readonly;

GRANT SELECT(recorded_by) ON TABLE public.consents TO pitview_readonly;

GRANT SELECT(recorded_at) ON TABLE public.consents TO pitview_readonly;

GRANT UPDATE(ip) ON TABLE public.consents TO pitview_app;

GRANT SELECT(by_message) ON TABLE public.consents TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.device_assignments TO pitview_app;
GRANT SELECT ON TABLE public.device_assignments TO pitview_readonly;

GRANT SELECT,INSERT ON TABLE public.device_commands TO pitview_app;
GRANT SELECT ON TABLE public.device_commands TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.devices TO pitview_app;

GRANT SELECT(id) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(workshop_id) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(device_id) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(status) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(online) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(last_seen_at) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(created_at) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(hw_rev) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(fw) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(claimed_at) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(status_reason) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(state_version) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(state_licence) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(state_reason) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(acknowledged_version) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(acknowledged_at) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT(calibrated_at) ON TABLE public.devices TO pitview_readonly;

GRANT SELECT,INSERT,DELETE ON TABLE public.job_certificates TO pitview_app;
GRANT SELECT ON TABLE public.job_certificates TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.job_conditions TO pitview_app;
GRANT SELECT ON TABLE public.job_conditions TO pitview_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.job_documents TO pitview_app;

GRANT SELECT(workshop_id) ON TABLE public.job_documents TO pitview_readonly;

GRANT SELECT(job_id) ON TABLE public.job_documents TO pitview_readonly;

GRANT SELECT(kind) ON TABLE public.job_documents TO pitview_readonly;

GRANT SELECT(language) ON TABLE public.job_documents TO pitview_readonly;

GRANT SELECT(fingerprint) ON TABLE public.job_documents TO pitview_readonly;

GRANT SELECT(drawn_at) ON TABLE public.job_documents TO pitview_readonly;

GRANT SELECT,INSERT ON TABLE public.job_notes TO pitview_app;
GRANT SELECT ON TABLE public.job_notes TO pitview_readonly;

GRANT SELECT,INSERT,DELETE ON TABLE public.job_photos TO pitview_app;

GRANT SELECT(id) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(workshop_id) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(job_id) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(stage) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(author_id) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(visible_to_customer) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(created_at) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(content_type) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(width) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(height) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT(size_bytes) ON TABLE public.job_photos TO pitview_readonly;

GRANT SELECT,INSERT,DELETE ON TABLE public.job_staff TO pitview_app;
GRANT SELECT ON TABLE public.job_staff TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.job_stages TO pitview_app;
GRANT SELECT ON TABLE public.job_stages TO pitview_readonly;

GRANT SELECT,INSERT ON TABLE public.job_time_changes TO pitview_app;
GRANT SELECT ON TABLE public.job_time_changes TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.jobs TO pitview_app;
GRANT SELECT ON TABLE public.jobs TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.message_settings TO pitview_app;
GRANT SELECT ON TABLE public.message_settings TO pitview_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message_templates TO pitview_app;
GRANT SELECT ON TABLE public.message_templates TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.pits TO pitview_app;

GRANT SELECT(id) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT(workshop_id) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT(pit_number) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT(name) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT(status) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT(camera_model) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT(camera_ip) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT(created_at) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT(camera_status) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT(camera_since) ON TABLE public.pits TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.ratings TO pitview_app;
GRANT SELECT ON TABLE public.ratings TO pitview_readonly;

GRANT SELECT ON TABLE public.reading_archives TO pitview_app;
GRANT SELECT ON TABLE public.reading_archives TO pitview_readonly;

GRANT SELECT ON TABLE public.recordings TO pitview_app;
GRANT SELECT ON TABLE public.recordings TO pitview_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recovery_codes TO pitview_app;

GRANT SELECT ON TABLE public.rollups_due TO pitview_app;
GRANT SELECT ON TABLE public.rollups_due TO pitview_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.second_factors TO pitview_app;

GRANT SELECT(workshop_id) ON TABLE public.second_factors TO pitview_readonly;

GRANT SELECT(user_id) ON TABLE public.second_factors TO pitview_readonly;

GRANT SELECT(created_at) ON TABLE public.second_factors TO pitview_readonly;

GRANT SELECT(confirmed_at) ON TABLE public.second_factors TO pitview_readonly;

GRANT SELECT ON TABLE public.sensor_rollups TO pitview_app;
GRANT SELECT ON TABLE public.sensor_rollups TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.sessions TO pitview_app;

GRANT SELECT(id) ON TABLE public.sessions TO pitview_readonly;

GRANT SELECT(workshop_id) ON TABLE public.sessions TO pitview_readonly;

GRANT SELECT(user_id) ON TABLE public.sessions TO pitview_readonly;

GRANT SELECT(created_at) ON TABLE public.sessions TO pitview_readonly;

GRANT SELECT(last_used_at) ON TABLE public.sessions TO pitview_readonly;

GRANT SELECT(expires_at) ON TABLE public.sessions TO pitview_readonly;

GRANT SELECT(ended_at) ON TABLE public.sessions TO pitview_readonly;

GRANT SELECT(end_reason) ON TABLE public.sessions TO pitview_readonly;

GRANT SELECT(tracking_link_id) ON TABLE public.sessions TO pitview_readonly;

GRANT SELECT,INSERT,DELETE ON TABLE public.staff_pit_permissions TO pitview_app;
GRANT SELECT ON TABLE public.staff_pit_permissions TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.subscriptions TO pitview_app;
GRANT SELECT ON TABLE public.subscriptions TO pitview_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.template_stages TO pitview_app;
GRANT SELECT ON TABLE public.template_stages TO pitview_readonly;

GRANT SELECT,INSERT ON TABLE public.tracking_links TO pitview_app;

GRANT SELECT(id) ON TABLE public.tracking_links TO pitview_readonly;

GRANT SELECT(workshop_id) ON TABLE public.tracking_links TO pitview_readonly;

GRANT SELECT(job_id) ON TABLE public.tracking_links TO pitview_readonly;

GRANT SELECT(customer_id) ON TABLE public.tracking_links TO pitview_readonly;

GRANT SELECT(created_by) ON TABLE public.tracking_links TO pitview_readonly;

GRANT SELECT(created_at) ON TABLE public.tracking_links TO pitview_readonly;

GRANT UPDATE(revoked_at) ON TABLE public.tracking_links TO pitview_app;
GRANT SELECT(revoked_at) ON TABLE public.tracking_links TO pitview_readonly;

GRANT UPDATE(token_sealed) ON TABLE public.tracking_links TO pitview_app;

GRANT SELECT ON TABLE public.tracking_opens TO pitview_app;
GRANT SELECT ON TABLE public.tracking_opens TO pitview_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.users TO pitview_app;

GRANT SELECT(id) ON TABLE public.users TO pitview_readonly;

GRANT SELECT(workshop_id) ON TABLE public.users TO pitview_readonly;

GRANT SELECT(username) ON TABLE public.users TO pitview_readonly;

GRANT SELECT(display_name) ON TABLE public.users TO pitview_readonly;

GRANT SELECT(role) ON TABLE public.users TO pitview_readonly;

GRANT SELECT(must_change_password) ON TABLE public.users TO pitview_readonly;

GRANT SELECT(disabled_at) ON TABLE public.users TO pitview_readonly;

GRANT SELECT(created_at) ON TABLE public.users TO pitview_readonly;

GRANT SELECT(last_login_at) ON TABLE public.users TO pitview_readonly;

GRANT SELECT(erased_at) ON TABLE public.users TO pitview_readonly;

GRANT SELECT ON TABLE public.view_sessions TO pitview_app;
GRANT SELECT ON TABLE public.view_sessions TO pitview_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.work_type_templates TO pitview_app;
GRANT SELECT ON TABLE public.work_type_templates TO pitview_readonly;

GRANT SELECT ON TABLE public.workshops TO pitview_app;
GRANT SELECT ON TABLE public.workshops TO pitview_readonly;

GRANT UPDATE(name) ON TABLE public.workshops TO pitview_app;

GRANT UPDATE(address) ON TABLE public.workshops TO pitview_app;

GRANT UPDATE(phone) ON TABLE public.workshops TO pitview_app;

GRANT UPDATE(timezone) ON TABLE public.workshops TO pitview_app;

GRANT UPDATE(owner_id) ON TABLE public.workshops TO pitview_app;

GRANT UPDATE(language) ON TABLE public.workshops TO pitview_app;

GRANT UPDATE(working_hours) ON TABLE public.workshops TO pitview_app;

GRANT UPDATE(baseline_calls_per_job) ON TABLE public.workshops TO pitview_app;

GRANT UPDATE(recording_days) ON TABLE public.workshops TO pitview_app;

GRANT UPDATE(record_always) ON TABLE public.workshops TO pitview_app;

ALTER DEFAULT PRIVILEGES FOR ROLE pitview_owner REVOKE ALL ON FUNCTIONS  FROM PUBLIC;
