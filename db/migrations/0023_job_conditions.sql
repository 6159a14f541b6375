-- What the air was while a job was done: a row for each stage, frozen when the job is over.

ALTER TABLE public.jobs
  ADD COLUMN conditions_frozen_at timestamptz,
  ADD COLUMN conditions_final boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN public.jobs.conditions_frozen_at IS 'When job_conditions was written last; null: not yet.';
COMMENT ON COLUMN public.jobs.conditions_final IS
  'It is not written again: three days have passed, in which devices could send what they had kept.';
-- Jobs that are over and not final: few, whatever the history.
CREATE INDEX jobs_conditions_due ON public.jobs (actual_end_time)
  WHERE status IN ('completed', 'cancelled') AND NOT conditions_final;

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
  aqi_max double precision,
  PRIMARY KEY (workshop_id, job_id, stage),
  CONSTRAINT job_conditions_stage_fkey FOREIGN KEY (workshop_id, job_id, stage)
    REFERENCES public.job_stages (workshop_id, job_id, position)
);
COMMENT ON TABLE public.job_conditions IS
  'The air in each stage of a job that is over, from its readings (docs/design/jobs.md). The readings may be gone by now.';
COMMENT ON COLUMN public.job_conditions.measured_s IS 'Seconds for which there is a reading, of anything.';
COMMENT ON COLUMN public.job_conditions.judged_s IS 'Seconds in which something was measured that has a band.';
COMMENT ON COLUMN public.job_conditions.in_spec_s IS 'Of judged_s: nothing was outside of its band.';
COMMENT ON COLUMN public.job_conditions.temperature_s IS 'Seconds measured, °C; so the others, in their units.';
COMMENT ON COLUMN public.job_conditions.temperature_in_spec_s IS 'Seconds within the band of the stage; null: it has none.';
COMMENT ON COLUMN public.job_conditions.dew_margin_s IS 'K by which the air was warmer than its dew point (Magnus).';
COMMENT ON COLUMN public.job_conditions.aqi_s IS 'Only what the device trusted: accuracy 2 or 3, or none reported.';
SELECT platform.protect_tenant_table('public.job_conditions');
GRANT SELECT, INSERT, UPDATE ON public.job_conditions TO pitview_app;
GRANT SELECT ON public.job_conditions TO pitview_readonly;

-- Sonntag's constants (Z. Meteorol. 70, 1990), as WMO-No. 8 uses them: 0.1 K from -45 to 60 °C.
-- Null where there is none: no humidity at all.
CREATE FUNCTION public.dew_point(p_temperature double precision, p_humidity double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN p_humidity > 0 AND p_temperature > -200 THEN
  243.12 * (ln(p_humidity / 100) + 17.62 * p_temperature / (243.12 + p_temperature))
  / (17.62 - (ln(p_humidity / 100) + 17.62 * p_temperature / (243.12 + p_temperature))) END;
COMMENT ON FUNCTION public.dew_point(double precision, double precision) IS
  'Of air of so many °C and %RH, in °C, by the Magnus formula.';
GRANT EXECUTE ON FUNCTION public.dew_point(double precision, double precision) TO pitview_app, pitview_readonly;

-- A reading holds until the next one, at most 30 s: what is longer was not measured.
-- With the rights of who calls, so that row-level security is theirs.
CREATE FUNCTION public.air_of_stages(p_job bigint, p_now timestamptz)
RETURNS TABLE (stage integer, measured_s double precision, judged_s double precision, in_spec_s double precision,
               temperature_s double precision, temperature_in_spec_s double precision,
               temperature_min double precision, temperature_mean double precision, temperature_max double precision,
               humidity_s double precision, humidity_in_spec_s double precision,
               humidity_min double precision, humidity_mean double precision, humidity_max double precision,
               dew_margin_s double precision, dew_margin_in_spec_s double precision,
               dew_margin_min double precision, dew_margin_mean double precision, dew_margin_max double precision,
               aqi_s double precision, aqi_in_spec_s double precision,
               aqi_min double precision, aqi_mean double precision, aqi_max double precision)
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
COMMENT ON FUNCTION public.air_of_stages(bigint, timestamptz) IS
  'What the readings say of the air in each stage of a job that has begun, up to p_now.';
GRANT EXECUTE ON FUNCTION public.air_of_stages(bigint, timestamptz) TO pitview_app, pitview_readonly;

CREATE FUNCTION platform.conditions_due(p_before timestamptz, p_limit integer)
RETURNS TABLE (workshop_id bigint, job_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT j.workshop_id, j.id FROM public.jobs j
  WHERE j.status IN ('completed', 'cancelled') AND NOT j.conditions_final AND j.actual_end_time <= p_before
  ORDER BY j.actual_end_time LIMIT p_limit
$$;
COMMENT ON FUNCTION platform.conditions_due(timestamptz, integer) IS
  'Jobs that ended at p_before or earlier and whose conditions are not final, the oldest first.';
GRANT EXECUTE ON FUNCTION platform.conditions_due(timestamptz, integer) TO pitview_app;
