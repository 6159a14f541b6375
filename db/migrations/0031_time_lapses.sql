-- A time-lapse of every completed job, with the words that stand before and behind it.

CREATE FUNCTION platform.queue_time_lapses() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
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
COMMENT ON FUNCTION platform.queue_time_lapses() IS
  'A time-lapse is to be made of every job that was completed in the last day, of which there are recordings. Returns how many are new.';
GRANT EXECUTE ON FUNCTION platform.queue_time_lapses() TO pitview_app;
CREATE INDEX jobs_completed_at ON public.jobs (actual_end_time) WHERE status = 'completed';

DROP FUNCTION platform.clips_to_do();
CREATE FUNCTION platform.clips_to_do()
RETURNS TABLE (workshop_id bigint, clip_id bigint, pit_id bigint, kind text, status text, from_at timestamptz, to_at timestamptz,
               workshop_name text, workshop_phone text, car_model text, work_type text, started_on text, ended_at_local text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT c.workshop_id, c.id, c.pit_id, c.kind, c.status, c.from_at, c.to_at, w.name, w.phone,
         coalesce(j.car_model, ''), coalesce(j.work_type, ''),
         to_char(c.from_at AT TIME ZONE w.timezone, 'FMDD Mon YYYY'),
         to_char(c.to_at AT TIME ZONE w.timezone, 'FMDD Mon YYYY, FMHH12:MI am')
  FROM public.clips c JOIN public.workshops w ON w.id = c.workshop_id
  LEFT JOIN public.jobs j ON j.workshop_id = c.workshop_id AND j.id = c.job_id
  WHERE c.status IN ('pending', 'removed') ORDER BY c.id LIMIT 200
$$;
COMMENT ON FUNCTION platform.clips_to_do() IS
  'Clips that the gateway is to make, or to let go; of time-lapses with their words, which name no person and no plate.';
GRANT EXECUTE ON FUNCTION platform.clips_to_do() TO pitview_app;
