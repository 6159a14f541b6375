-- The history of a pit in quarters of an hour, kept beside the readings, and the
-- archive that readings go to after their retention. docs/design/history.md says
-- why it is done so and what it costs.

-- The planner thinks much dearer of ranges of time than they are, and would compile
-- for 0.8 s what then takes 3 ms. Nothing here runs long enough to gain by it.
DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
END
$$;

CREATE TABLE public.sensor_rollups (
  workshop_id bigint NOT NULL,
  pit_id bigint NOT NULL,
  at timestamptz NOT NULL CHECK (at = date_bin('15 minutes', at, '2000-01-01 00:00:00+00')),
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
  CONSTRAINT sensor_rollups_pkey PRIMARY KEY (pit_id, at)
);
COMMENT ON TABLE public.sensor_rollups IS
  'The readings of a pit by quarters of an hour; none where there was no reading. Kept when the readings are archived. '
  'Read them by quarters_between(), which knows where they are not up to date.';
COMMENT ON COLUMN public.sensor_rollups.at IS 'The beginning of the quarter of an hour.';
COMMENT ON COLUMN public.sensor_rollups.n IS 'Readings; _n counts those that have the value.';
SELECT platform.protect_tenant_table('public.sensor_rollups');
GRANT SELECT ON public.sensor_rollups TO pitview_app, pitview_readonly;

-- A log and no set: who stores readings only adds to it, so that two who store
-- never wait for each other, and who rolls up takes away only what it has seen.
CREATE TABLE public.rollups_due (
  workshop_id bigint NOT NULL,
  pit_id bigint NOT NULL,
  hour timestamptz NOT NULL
);
CREATE INDEX rollups_due_by_pit ON public.rollups_due (pit_id, hour);
COMMENT ON TABLE public.rollups_due IS
  'Hours of a pit that have readings which its rollups lack; one hour may be named several times.';
SELECT platform.protect_tenant_table('public.rollups_due');
GRANT SELECT ON public.rollups_due TO pitview_app, pitview_readonly;

CREATE TABLE platform.rollup_progress (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  done_until timestamptz NOT NULL,
  next_until timestamptz,
  fence xid8,
  after_pit bigint NOT NULL DEFAULT -1,
  after_hour timestamptz NOT NULL DEFAULT '-infinity',
  CONSTRAINT rollup_progress_next_check CHECK ((next_until IS NULL) = (fence IS NULL))
);
COMMENT ON TABLE platform.rollup_progress IS 'One row: how far the rollups go.';
COMMENT ON COLUMN platform.rollup_progress.done_until IS
  'Before it every hour of every pit is in sensor_rollups, or named in rollups_due.';
COMMENT ON COLUMN platform.rollup_progress.next_until IS 'Where done_until goes next, once all up to fence have ended.';
COMMENT ON COLUMN platform.rollup_progress.fence IS
  'Transactions up to this one may hold readings of those hours that they did not name in rollups_due.';
COMMENT ON COLUMN platform.rollup_progress.after_pit IS
  'With after_hour: the last one that was rolled up. The next step goes on behind it, so that nobody is left waiting '
  'for a pit that is due again and again.';
-- Whoever reads a chart asks it.
GRANT SELECT ON platform.rollup_progress TO pitview_app, pitview_readonly;

-- What there is already is due.
INSERT INTO platform.rollup_progress (done_until) VALUES (date_bin('1 hour', now(), '2000-01-01 00:00:00+00'));
INSERT INTO public.rollups_due (workshop_id, pit_id, hour)
SELECT DISTINCT workshop_id, pit_id, hour FROM public.sensor_hours
UNION
SELECT p.workshop_id, p.id, h.hour
FROM public.pits p,
     pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
     LATERAL (SELECT right(c.relname, 8)::date::timestamp AT TIME ZONE 'UTC' AS midnight) d,
     generate_series(d.midnight, d.midnight + interval '23 hours', '1 hour') h (hour)
WHERE i.inhparent IN ('public.sensor_data'::regclass, 'public.sensor_closing'::regclass)
  AND h.hour < (SELECT done_until FROM platform.rollup_progress);

-- One bounded step, in the transaction of the caller: about p_hours hours of pits.
--
-- A reading is named in rollups_due by commit_readings() when its hour was over
-- before; the others come with their hour, all pits at once, when the hour is over.
-- In between is the moment of danger: a transaction that found the hour not over yet,
-- and commits after its rollup was made. So done_until moves only when every
-- transaction has ended that had begun to write before the hour had been over for
-- two minutes (the fence); commit_readings() names what has been over for one.
CREATE FUNCTION platform.roll_up(p_hours integer DEFAULT 200) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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
COMMENT ON FUNCTION platform.roll_up(integer) IS
  'Brings sensor_rollups up to date, one step. more: call again; busy: somebody else does; nothing: all is there.';
GRANT EXECUTE ON FUNCTION platform.roll_up(integer) TO pitview_app;

-- Rolled up is what lies in whole quarters before done_until and is not due; the
-- rest, seldom more than the last hour, is counted from the readings.
CREATE FUNCTION public.quarters_between(p_pit bigint, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (at timestamptz, n bigint,
               temperature_n integer, temperature_min real, temperature_mean real, temperature_max real,
               humidity_n integer, humidity_min real, humidity_mean real, humidity_max real,
               pressure_n integer, pressure_min real, pressure_mean real, pressure_max real,
               gas_ohm_n integer, gas_ohm_min real, gas_ohm_mean real, gas_ohm_max real,
               aqi_n integer, aqi_min real, aqi_mean real, aqi_max real)
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
COMMENT ON FUNCTION public.quarters_between(bigint, timestamptz, timestamptz) IS
  'The readings of a pit from p_from and before p_to by quarters of an hour, exact to the reading at both ends while '
  'the readings are there; in no order.';
GRANT EXECUTE ON FUNCTION public.quarters_between(bigint, timestamptz, timestamptz) TO pitview_app, pitview_readonly;

-- Nobody asks for hours any more.
DROP FUNCTION public.hours_between(bigint, timestamptz, timestamptz);

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

-- What has been archived: each row a file in the cold storage of the server that wrote it.
CREATE TABLE public.reading_archives (
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  day date NOT NULL,
  part integer NOT NULL CHECK (part >= 1),
  file text NOT NULL CHECK (length(file) BETWEEN 1 AND 200),
  readings bigint NOT NULL CHECK (readings > 0),
  bytes bigint NOT NULL CHECK (bytes > 0),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  archived_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workshop_id, day, part)
);
COMMENT ON TABLE public.reading_archives IS
  'Days of readings that are no longer in the database. docs/reference/archive.md describes the files.';
COMMENT ON COLUMN public.reading_archives.day IS 'UTC.';
COMMENT ON COLUMN public.reading_archives.part IS '1; higher for what was found of a day that had been archived before.';
COMMENT ON COLUMN public.reading_archives.file IS 'Below archive.folder.';
COMMENT ON COLUMN public.reading_archives.bytes IS 'Of the compressed file.';
COMMENT ON COLUMN public.reading_archives.sha256 IS 'Of the text, uncompressed.';
SELECT platform.protect_tenant_table('public.reading_archives');
GRANT SELECT ON public.reading_archives TO pitview_app, pitview_readonly;

-- A day is due as a whole: all of its readings are packed and rolled up. No reading of
-- it can come any more, commit_readings() refuses what is 90 days old; what a
-- transaction commits that began before that moment is a part of its own.
CREATE FUNCTION platform.next_archive(p_retention_days integer)
RETURNS TABLE (workshop_id bigint, workshop_code text, day date, part integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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
COMMENT ON FUNCTION platform.next_archive(integer) IS
  'The oldest day of a workshop that is older than so many days and can be archived; no row when there is none.';
GRANT EXECUTE ON FUNCTION platform.next_archive(integer) TO pitview_app;

-- Last step of archiving: what the file holds leaves the database, in the transaction
-- that read it. An error, and nothing has happened, when that is not exactly as much.
CREATE FUNCTION platform.drop_archived(p_day date, p_part integer, p_file text, p_readings bigint, p_bytes bigint,
                                       p_sha256 bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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
GRANT EXECUTE ON FUNCTION platform.drop_archived(date, integer, text, bigint, bigint, bytea) TO pitview_app;
