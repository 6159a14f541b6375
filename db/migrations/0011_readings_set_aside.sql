-- A reading that cannot be stored is kept with the reason, and counted apart from
-- those that were stored before.
--
-- It belongs to no workshop: that is what is unknown about most of them.
CREATE TABLE platform.readings_set_aside (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_key bigint NOT NULL,
  measured_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  boot_id integer NOT NULL,
  seq integer NOT NULL,
  temperature real,
  humidity real,
  pressure real,
  gas_ohm real,
  aqi smallint,
  iaq_accuracy smallint,
  replayed boolean NOT NULL,
  reason text NOT NULL
    CHECK (reason IN ('no_assignment', 'too_old', 'in_future') OR reason LIKE 'refused: %' AND length(reason) <= 520),
  at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT readings_set_aside_key UNIQUE (device_key, measured_at, boot_id, seq)
);
COMMENT ON TABLE platform.readings_set_aside IS
  'Readings that have no place in sensor_data, each once: the newest 100,000, for 90 days.';
COMMENT ON COLUMN platform.readings_set_aside.reason IS
  'no_assignment: the device was at no pit when it measured. too_old: more than 90 days. in_future: more than a '
  'day ahead. refused: the database''s own SQLSTATE and words.';
COMMENT ON COLUMN platform.readings_set_aside.temperature IS 'As it came: what is stored here may be what was wrong.';

-- Called whenever some were added, so that no flood outgrows the bound. What
-- another session is deleting is left to it: this never waits.
CREATE FUNCTION platform.bound_readings_set_aside() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  DELETE FROM platform.readings_set_aside WHERE id IN (
    SELECT id FROM platform.readings_set_aside
    WHERE id <= (SELECT max(id) FROM platform.readings_set_aside) - 100000
    FOR UPDATE SKIP LOCKED)
$$;

CREATE FUNCTION platform.prune_readings_set_aside() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH gone AS (DELETE FROM platform.readings_set_aside WHERE at < now() - interval '90 days' RETURNING 1)
  SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION platform.prune_readings_set_aside() IS 'Housekeeping; returns how many rows went.';
GRANT EXECUTE ON FUNCTION platform.prune_readings_set_aside() TO pitview_app;

CREATE FUNCTION platform.set_aside_reading(p_device_key bigint, p_measured_at timestamptz, p_received_at timestamptz,
                                           p_boot_id integer, p_seq integer, p_temperature real, p_humidity real,
                                           p_pressure real, p_aqi smallint, p_iaq_accuracy smallint, p_gas_ohm real,
                                           p_replayed boolean, p_refusal text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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
COMMENT ON FUNCTION platform.set_aside_reading(bigint, timestamptz, timestamptz, integer, integer, real, real, real,
                                               smallint, smallint, real, boolean, text) IS
  'Keeps one reading that the database refused, with its refusal.';
GRANT EXECUTE ON FUNCTION platform.set_aside_reading(bigint, timestamptz, timestamptz, integer, integer, real, real,
                                                     real, smallint, smallint, real, boolean, text) TO pitview_app;

DROP FUNCTION platform.commit_readings();
CREATE FUNCTION platform.commit_readings(OUT inserted bigint, OUT duplicates bigint, OUT no_assignment bigint,
                                         OUT too_old bigint, OUT in_future bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  oldest timestamptz := now() - interval '90 days';
  newest timestamptz := now() + interval '1 day';
  day date;
  staged bigint;
BEGIN
  FOR day IN SELECT DISTINCT (s.measured_at AT TIME ZONE 'UTC')::date FROM pg_temp.readings_staging s
             WHERE s.measured_at BETWEEN oldest AND newest
  LOOP
    PERFORM platform.ensure_partition(day);
  END LOOP;

  -- One statement, so that every reading is judged by one state of the
  -- assignments: it is stored or set aside, never neither.
  -- In the order of the keys: two sessions that store the same redelivered
  -- readings then wait for each other and cannot deadlock.
  WITH placed AS MATERIALIZED (
    SELECT s.*, a.workshop_id, a.pit_id,
           CASE WHEN s.measured_at < oldest THEN 'too_old'
                WHEN s.measured_at > newest THEN 'in_future'
                WHEN a.pit_id IS NULL THEN 'no_assignment' END AS reason
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
    INSERT INTO platform.readings_set_aside (device_key, measured_at, received_at, boot_id, seq, temperature, humidity,
                                             pressure, aqi, iaq_accuracy, gas_ohm, replayed, reason)
    SELECT p.device_key, p.measured_at, p.received_at, p.boot_id, p.seq, p.temperature, p.humidity,
           p.pressure, p.aqi, p.iaq_accuracy, p.gas_ohm, p.replayed, p.reason
    FROM placed p WHERE p.reason IS NOT NULL
    ORDER BY p.device_key, p.measured_at, p.boot_id, p.seq
    ON CONFLICT DO NOTHING
  )
  SELECT (SELECT count(*) FROM stored), count(*), count(*) FILTER (WHERE p.reason = 'no_assignment'),
         count(*) FILTER (WHERE p.reason = 'too_old'), count(*) FILTER (WHERE p.reason = 'in_future')
  INTO inserted, staged, no_assignment, too_old, in_future FROM placed p;
  duplicates := staged - inserted - no_assignment - too_old - in_future;
  IF no_assignment + too_old + in_future > 0 THEN
    PERFORM platform.bound_readings_set_aside();
  END IF;

  -- Every 30 s per device is enough, and a row that another session is writing
  -- is left to it: this must neither wait nor deadlock.
  WITH seen AS (
    SELECT s.device_key, max(s.received_at) AS at FROM pg_temp.readings_staging s GROUP BY s.device_key
  ), due AS (
    SELECT d.id, seen.at FROM seen JOIN public.devices d ON d.id = seen.device_key
    WHERE d.last_seen_at IS NULL OR d.last_seen_at < seen.at - interval '30 seconds'
    FOR UPDATE OF d SKIP LOCKED
  )
  UPDATE public.devices d SET last_seen_at = due.at FROM due WHERE d.id = due.id;
END
$$;
COMMENT ON FUNCTION platform.commit_readings() IS
  'Moves this session''s staged readings to sensor_data and says what became of them: stored now, stored before, or '
  'set aside (platform.readings_set_aside). Workshop and pit come from the assignment valid at measured_at.';
GRANT EXECUTE ON FUNCTION platform.commit_readings() TO pitview_app;
