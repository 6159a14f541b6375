-- Jobs by when they began, as reports look for them.
CREATE INDEX jobs_by_start ON public.jobs (workshop_id, actual_start_time);
