-- What a batch of readings costs, found by measuring (docs/design/ingest.md).

-- The whole answer in the index: without it the planner takes the GiST index of the
-- exclusion constraint, which is three times as slow.
DROP INDEX public.device_assignments_of_device;
CREATE INDEX device_assignments_of_device ON public.device_assignments (device_key, assigned_at)
  INCLUDE (released_at, workshop_id, pit_id);

CREATE OR REPLACE FUNCTION platform.commit_readings(OUT inserted bigint, OUT duplicates bigint,
                                                    OUT no_assignment bigint, OUT too_old bigint,
                                                    OUT in_future bigint)
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
      INSERT INTO platform.readings_set_aside (device_key, measured_at, received_at, boot_id, seq, temperature,
                                               humidity, pressure, aqi, iaq_accuracy, gas_ohm, replayed, reason)
      SELECT p.device_key, p.measured_at, p.received_at, p.boot_id, p.seq, p.temperature, p.humidity,
             p.pressure, p.aqi, p.iaq_accuracy, p.gas_ohm, p.replayed, p.reason
      FROM placed p WHERE p.reason IS NOT NULL
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
