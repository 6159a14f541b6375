-- Packed hours: a day that is over becomes one row for each device and hour, with
-- every value of every reading in arrays, and what long charts need of the hour.
-- docs/design/ingest.md, "Packed hours", says why and what it saves.
--
-- Nothing is rounded: unpacking gives the same bits. The arrays hold what repeats,
-- because TOAST compresses repetition: times and sequence numbers as their distance
-- from a regular course (ordinal × 10 s, ordinal × 1).
CREATE TABLE public.sensor_hours (
  workshop_id bigint NOT NULL,
  pit_id bigint NOT NULL,
  device_key bigint NOT NULL,
  hour timestamptz NOT NULL CHECK (hour = date_bin('1 hour', hour, '2000-01-01 00:00:00+00')),
  boot_id integer NOT NULL,
  n integer NOT NULL CHECK (n > 0),
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
  measured_ms integer[] NOT NULL CHECK (cardinality(measured_ms) = n),
  measured_us smallint[],
  seq integer[] NOT NULL CHECK (cardinality(seq) = n),
  received_s integer[] NOT NULL CHECK (cardinality(received_s) = n),
  received_us integer[] NOT NULL CHECK (cardinality(received_us) = n),
  temperature real[],
  humidity real[],
  pressure real[],
  gas_ohm real[],
  aqi smallint[],
  iaq_accuracy smallint[],
  replayed boolean[],
  CONSTRAINT sensor_hours_pkey PRIMARY KEY (pit_id, hour, device_key, boot_id)
);
COMMENT ON TABLE public.sensor_hours IS
  'Readings of days that are over, packed: one row for each hour, device and start of the device, sorted by time. '
  'Read them by view readings or by readings_between().';
COMMENT ON COLUMN public.sensor_hours.n IS 'Readings in this row; _n counts those that have the value.';
COMMENT ON COLUMN public.sensor_hours.measured_ms IS
  'measured_at - hour - min(i, 360) * 10 s of reading i = 1, 2, …, whole milliseconds.';
COMMENT ON COLUMN public.sensor_hours.measured_us IS
  'What measured_ms leaves, 0 to 999 µs; null when it is nothing for all.';
COMMENT ON COLUMN public.sensor_hours.seq IS 'seq - i.';
COMMENT ON COLUMN public.sensor_hours.received_s IS 'received_at - measured_at, whole seconds, rounded down.';
COMMENT ON COLUMN public.sensor_hours.received_us IS 'What received_s leaves, in µs.';
COMMENT ON COLUMN public.sensor_hours.temperature IS 'Null when no reading of the row has one, like the other values.';
COMMENT ON COLUMN public.sensor_hours.replayed IS 'Null when none was.';
SELECT platform.protect_tenant_table('public.sensor_hours');
GRANT SELECT ON public.sensor_hours TO pitview_app, pitview_readonly;
-- pglz, because it leaves 18 bytes of a reading where lz4 leaves 24.
ALTER TABLE public.sensor_hours
  ALTER COLUMN measured_ms SET COMPRESSION pglz,
  ALTER COLUMN measured_us SET COMPRESSION pglz,
  ALTER COLUMN seq SET COMPRESSION pglz,
  ALTER COLUMN received_s SET COMPRESSION pglz,
  ALTER COLUMN received_us SET COMPRESSION pglz,
  ALTER COLUMN temperature SET COMPRESSION pglz,
  ALTER COLUMN humidity SET COMPRESSION pglz,
  ALTER COLUMN pressure SET COMPRESSION pglz,
  ALTER COLUMN gas_ohm SET COMPRESSION pglz,
  ALTER COLUMN aqi SET COMPRESSION pglz,
  ALTER COLUMN iaq_accuracy SET COMPRESSION pglz,
  ALTER COLUMN replayed SET COMPRESSION pglz;

-- Where the partition of a day waits while it is packed, out of the way of the
-- ingest: a reading that comes now goes to a new partition of sensor_data.
CREATE TABLE public.sensor_closing (LIKE public.sensor_data);
COMMENT ON TABLE public.sensor_closing IS
  'Always empty itself; its child is the day that platform.pack_readings() is packing.';
SELECT platform.protect_tenant_table('public.sensor_closing');
GRANT SELECT ON public.sensor_closing TO pitview_app, pitview_readonly;

CREATE TABLE platform.packing (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  partition_name name NOT NULL,
  done_pit bigint NOT NULL
);
COMMENT ON TABLE platform.packing IS 'The day that is being packed; empty when none is.';
COMMENT ON COLUMN platform.packing.partition_name IS 'Child of public.sensor_closing.';
COMMENT ON COLUMN platform.packing.done_pit IS
  'Up to this pit its readings are in sensor_hours, and those in sensor_closing no longer count.';
-- The views of all readings ask it, with the rights of who reads.
GRANT USAGE ON SCHEMA platform TO pitview_readonly;
GRANT SELECT ON platform.packing TO pitview_app, pitview_readonly;

CREATE VIEW public.readings WITH (security_invoker = true) AS
  SELECT workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq, temperature, humidity,
         pressure, gas_ohm, aqi, iaq_accuracy, replayed
  FROM public.sensor_data
  UNION ALL
  SELECT workshop_id, pit_id, device_key, measured_at, received_at, boot_id, seq, temperature, humidity,
         pressure, gas_ohm, aqi, iaq_accuracy, replayed
  FROM public.sensor_closing WHERE pit_id > coalesce((SELECT p.done_pit FROM platform.packing p), -1)
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
                      + coalesce(r.us, 0) * interval '1 microsecond' AS measured_at) t;
COMMENT ON VIEW public.readings IS
  'Every reading, packed or not. A range of time is not found by index here: readings_between() does that.';
GRANT SELECT ON public.readings TO pitview_app, pitview_readonly;

-- Functions of plain SQL without SECURITY DEFINER: the planner inlines them, and
-- row-level security is that of who calls.
CREATE FUNCTION public.readings_between(p_pit bigint, p_from timestamptz, p_to timestamptz)
RETURNS SETOF public.readings
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
COMMENT ON FUNCTION public.readings_between(bigint, timestamptz, timestamptz) IS
  'The readings of a pit from p_from and before p_to, packed or not, in no order.';
GRANT EXECUTE ON FUNCTION public.readings_between(bigint, timestamptz, timestamptz) TO pitview_app, pitview_readonly;

-- A packed hour is unpacked only when nothing newer is open.
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
COMMENT ON FUNCTION public.latest_reading(bigint) IS 'The newest reading of a pit; no row when there is none.';
GRANT EXECUTE ON FUNCTION public.latest_reading(bigint) TO pitview_app, pitview_readonly;

CREATE FUNCTION public.hours_between(p_pit bigint, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (at timestamptz, n bigint, temperature_n bigint, temperature_mean double precision,
              humidity_n bigint, humidity_mean double precision,
              pressure_n bigint, pressure_mean double precision,
              aqi_n bigint, aqi_mean double precision)
LANGUAGE sql STABLE
AS $$
  SELECT h.hour + interval '30 minutes', h.n::bigint,
         h.temperature_n::bigint, h.temperature_mean::double precision,
         h.humidity_n::bigint, h.humidity_mean::double precision,
         h.pressure_n::bigint, h.pressure_mean::double precision,
         h.aqi_n::bigint, h.aqi_mean::double precision
  FROM public.sensor_hours h
  WHERE h.pit_id = p_pit AND h.hour >= p_from AND h.hour <= p_to - interval '1 hour'
  UNION ALL
  SELECT to_timestamp(avg(date_part('epoch', o.measured_at))), count(*),
         count(o.temperature), avg(o.temperature)::double precision,
         count(o.humidity), avg(o.humidity)::double precision,
         count(o.pressure), avg(o.pressure)::double precision,
         count(o.aqi), avg(o.aqi)::double precision
  FROM (SELECT measured_at, temperature, humidity, pressure, aqi
        FROM public.sensor_data WHERE pit_id = p_pit AND measured_at >= p_from AND measured_at < p_to
        UNION ALL
        SELECT measured_at, temperature, humidity, pressure, aqi
        FROM public.sensor_closing WHERE pit_id = p_pit AND measured_at >= p_from AND measured_at < p_to
         AND pit_id > coalesce((SELECT p.done_pit FROM platform.packing p), -1)) o
  GROUP BY date_bin('1 hour', o.measured_at, '2000-01-01 00:00:00+00')
$$;
COMMENT ON FUNCTION public.hours_between(bigint, timestamptz, timestamptz) IS
  'The means of whole hours of a pit, for long charts; an hour may have several rows.';
GRANT EXECUTE ON FUNCTION public.hours_between(bigint, timestamptz, timestamptz) TO pitview_app, pitview_readonly;

-- Packs the readings of the closing day of the pits beyond p_after up to p_last. An
-- hour that was packed before, because more of it came late, is packed anew.
CREATE FUNCTION platform.pack_pits(p_after bigint, p_last bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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

-- One bounded step, in the transaction of the caller: killed anywhere it has
-- happened or it has not.
--
--   close   the oldest partition whose day ended two days ago leaves sensor_data for
--           sensor_closing. Readers and writers are locked out for that moment only,
--           or not at all when that cannot be had within 200 ms.
--   pack    the next pits, about p_rows readings, go to sensor_hours.
--   drop    the partition, once all of its pits are there.
CREATE FUNCTION platform.pack_readings(p_rows integer DEFAULT 100000) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
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
$$;
COMMENT ON FUNCTION platform.pack_readings(integer) IS
  'Housekeeping, one step. more: call again; busy: later, somebody else has what it needs; nothing: all is packed.';
GRANT EXECUTE ON FUNCTION platform.pack_readings(integer) TO pitview_app;

-- For a reading of a day that may be packed: was it stored before?
CREATE FUNCTION platform.is_packed(p_pit bigint, p_device_key bigint, p_measured_at timestamptz, p_boot_id integer,
                                   p_seq integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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

CREATE OR REPLACE FUNCTION platform.commit_readings(OUT inserted bigint, OUT duplicates bigint,
                                                    OUT no_assignment bigint, OUT too_old bigint,
                                                    OUT in_future bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  oldest timestamptz := now() - interval '90 days';
  newest timestamptz := now() + interval '1 day';
  -- Packed is what is at least two days older than this midnight; a day more,
  -- because packing may look at the clock later than this transaction.
  open_since timestamptz := date_trunc('day', now(), 'UTC') - interval '1 day';
  day date;
  staged bigint;
BEGIN
  -- Days that may be packed must not leave sensor_data between here and the INSERT.
  -- The table's lock, which the INSERT takes anyway, makes this session forget what
  -- it knew of partitions: an advisory lock alone does not, and one that has left
  -- would still seem to be there.
  IF EXISTS (SELECT FROM pg_temp.readings_staging s WHERE s.measured_at < open_since) THEN
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
