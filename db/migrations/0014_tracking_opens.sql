-- How often customers look for themselves instead of calling the workshop.

CREATE TABLE public.tracking_opens (
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  day date NOT NULL,
  opens integer NOT NULL CHECK (opens >= 1),
  PRIMARY KEY (workshop_id, job_id, day),
  CONSTRAINT tracking_opens_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id)
);
COMMENT ON TABLE public.tracking_opens IS 'Openings of the tracking page by its customer, per job and day.';
COMMENT ON COLUMN public.tracking_opens.day IS 'In the time zone of the workshop.';
SELECT platform.protect_tenant_table('public.tracking_opens');
GRANT SELECT ON public.tracking_opens TO pitview_app, pitview_readonly;
