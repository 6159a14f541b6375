-- One partition a day, sensor_data_YYYYMMDD in UTC, made by platform.ensure_partitions().
-- No default partition: without one PostgreSQL knows the partitions are in order
-- of time and finds the newest reading of a pit by looking at the newest first.
--
-- Columns go from wide to narrow (8, 4, 2, 1 bytes): PostgreSQL pads each to its
-- own size, and in this order there is nothing to pad between them.
--
-- No foreign keys: their checks would cost more than the insert, and rows come
-- only through platform.commit_readings(), which takes workshop and pit from
-- device_assignments. Pits and devices are never deleted.
CREATE TABLE public.sensor_data (
  workshop_id bigint NOT NULL,
  pit_id bigint NOT NULL,
  device_key bigint NOT NULL,
  measured_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  boot_id integer NOT NULL DEFAULT 0 CHECK (boot_id >= 0),
  seq integer NOT NULL DEFAULT 0 CHECK (seq >= 0),
  temperature real CHECK (temperature BETWEEN -40 AND 85),
  humidity real CHECK (humidity BETWEEN 0 AND 100),
  pressure real CHECK (pressure BETWEEN 300 AND 1100),
  gas_ohm real CHECK (gas_ohm BETWEEN 0 AND 1e9),
  aqi smallint CHECK (aqi BETWEEN 0 AND 500),
  iaq_accuracy smallint CHECK (iaq_accuracy BETWEEN 0 AND 3),
  replayed boolean NOT NULL DEFAULT false,
  -- The one index: the history of a pit by time, and what makes a reading unique.
  CONSTRAINT sensor_data_pkey PRIMARY KEY (pit_id, measured_at, device_key, boot_id, seq)
) PARTITION BY RANGE (measured_at);
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

SELECT platform.protect_tenant_table('public.sensor_data');
-- No INSERT: commit_readings() is the only way in. No grants on partitions: they
-- are reached through this table, where its policies apply.
GRANT SELECT ON public.sensor_data TO pitview_app, pitview_readonly;

CREATE FUNCTION platform.ensure_partition(p_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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
COMMENT ON FUNCTION platform.ensure_partition(date) IS 'Makes the partition of that UTC day; false when it is there.';

CREATE FUNCTION platform.ensure_partitions(p_days_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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
COMMENT ON FUNCTION platform.ensure_partitions(integer) IS
  'Makes the partitions from yesterday to so many days ahead; returns how many were missing.';
GRANT EXECUTE ON FUNCTION platform.ensure_partitions(integer) TO pitview_app;

-- The staging table belongs to pitview_owner and the caller may only insert:
-- commit_readings() runs with the owner's rights, so what it reads must not be
-- something the caller could have made (a view that calls functions, say).
CREATE FUNCTION platform.prepare_readings_staging() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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
COMMENT ON FUNCTION platform.prepare_readings_staging() IS
  'Makes this session''s pg_temp.readings_staging, the target of COPY. It empties itself at the end of each transaction.';
GRANT EXECUTE ON FUNCTION platform.prepare_readings_staging() TO pitview_app;

CREATE FUNCTION platform.commit_readings() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  oldest timestamptz := now() - interval '90 days';
  newest timestamptz := now() + interval '1 day';
  day date;
  inserted bigint;
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

  RETURN inserted;
END
$$;
COMMENT ON FUNCTION platform.commit_readings() IS
  'Moves this session''s staged readings to sensor_data and returns how many were new. Workshop and pit come '
  'from the assignment valid at measured_at; readings without one, older than 90 days or more than a day '
  'ahead are left out, known ones ignored.';
GRANT EXECUTE ON FUNCTION platform.commit_readings() TO pitview_app;
