-- Work types with the air their work needs, and those every workshop begins with.
--
-- A band that is null is not judged. A stage's own band wins over that of its work
-- type; a job takes what holds for each of its stages when it is created.

ALTER TABLE public.work_type_templates
  ALTER COLUMN default_minutes DROP NOT NULL,
  ADD COLUMN temperature_min double precision CHECK (temperature_min BETWEEN -40 AND 85),
  ADD COLUMN temperature_max double precision CHECK (temperature_max BETWEEN -40 AND 85),
  ADD COLUMN humidity_min double precision CHECK (humidity_min BETWEEN 0 AND 100),
  ADD COLUMN humidity_max double precision CHECK (humidity_max BETWEEN 0 AND 100),
  ADD COLUMN dew_margin_min double precision CHECK (dew_margin_min BETWEEN 0 AND 50),
  ADD COLUMN aqi_max integer CHECK (aqi_max BETWEEN 0 AND 500),
  ADD CONSTRAINT work_type_templates_bands_check
    CHECK (temperature_min < temperature_max AND humidity_min < humidity_max),
  DROP CONSTRAINT work_type_templates_name_key;
CREATE UNIQUE INDEX work_type_templates_name_key ON public.work_type_templates (workshop_id, lower(name));
COMMENT ON COLUMN public.work_type_templates.default_minutes IS 'Null: whoever books a job says how long it takes.';
COMMENT ON COLUMN public.work_type_templates.temperature_min IS '°C.';
COMMENT ON COLUMN public.work_type_templates.humidity_min IS '% relative humidity.';
COMMENT ON COLUMN public.work_type_templates.dew_margin_min IS 'K by which the air must be warmer than its dew point.';
COMMENT ON COLUMN public.work_type_templates.aqi_max IS 'Air quality index (VOC), 0 to 500.';

ALTER TABLE public.template_stages
  ADD COLUMN temperature_min double precision CHECK (temperature_min BETWEEN -40 AND 85),
  ADD COLUMN temperature_max double precision CHECK (temperature_max BETWEEN -40 AND 85),
  ADD COLUMN humidity_min double precision CHECK (humidity_min BETWEEN 0 AND 100),
  ADD COLUMN humidity_max double precision CHECK (humidity_max BETWEEN 0 AND 100),
  ADD COLUMN dew_margin_min double precision CHECK (dew_margin_min BETWEEN 0 AND 50),
  ADD COLUMN aqi_max integer CHECK (aqi_max BETWEEN 0 AND 500),
  ADD CONSTRAINT template_stages_bands_check CHECK (temperature_min < temperature_max AND humidity_min < humidity_max);
COMMENT ON COLUMN public.template_stages.temperature_min IS 'Null, as in the other bands: that of the work type.';

ALTER TABLE public.job_stages
  ADD COLUMN temperature_min double precision,
  ADD COLUMN temperature_max double precision,
  ADD COLUMN humidity_min double precision,
  ADD COLUMN humidity_max double precision,
  ADD COLUMN dew_margin_min double precision,
  ADD COLUMN aqi_max integer;
COMMENT ON COLUMN public.job_stages.temperature_min IS
  'This and the other bands as they were when the job was created; null: not judged.';

-- With the rights of who calls: pitview_owner for a new workshop, or the server for its own.
CREATE FUNCTION platform.add_default_work_types(p_workshop bigint) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
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
COMMENT ON FUNCTION platform.add_default_work_types(bigint) IS
  'Gives a workshop the work types everyone begins with; those whose name it has already are left as they are.';
GRANT EXECUTE ON FUNCTION platform.add_default_work_types(bigint) TO pitview_app;

UPDATE public.work_type_templates
SET temperature_min = 15, temperature_max = CASE name WHEN 'Ceramic Coating' THEN 25 ELSE 30 END,
    humidity_min = CASE name WHEN 'Ceramic Coating' THEN 40 ELSE 30 END,
    humidity_max = CASE name WHEN 'Ceramic Coating' THEN 60 ELSE 70 END, dew_margin_min = 3, aqi_max = 150
WHERE name IN ('Full PPF', 'Partial PPF', 'Ceramic Coating');
SELECT platform.add_default_work_types(id) FROM public.workshops WHERE id <> 1;
UPDATE public.job_stages s
SET temperature_min = t.temperature_min, temperature_max = t.temperature_max, humidity_min = t.humidity_min,
    humidity_max = t.humidity_max, dew_margin_min = t.dew_margin_min, aqi_max = t.aqi_max
FROM public.jobs j JOIN public.work_type_templates t ON t.workshop_id = j.workshop_id AND t.name = j.work_type
WHERE s.workshop_id = j.workshop_id AND s.job_id = j.id AND j.status NOT IN ('completed', 'cancelled');
