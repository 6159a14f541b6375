-- Why a job waits or was cancelled, what its promise was before, and the time it stood still.

ALTER TABLE public.jobs
  ADD COLUMN status_reason text CHECK (length(status_reason) BETWEEN 1 AND 300),
  ADD COLUMN time_reason text CHECK (length(time_reason) BETWEEN 1 AND 300),
  ADD COLUMN held_since timestamptz;
COMMENT ON COLUMN public.jobs.status_reason IS 'Why it is on hold or was cancelled, in words for the customer.';
COMMENT ON COLUMN public.jobs.time_reason IS 'Why the end was last moved, in words for the customer.';
COMMENT ON COLUMN public.jobs.held_since IS
  'Since when its clock stands still: the hold, or the change of the end during it. The time until it goes on is added to the end.';
UPDATE public.jobs SET held_since = updated_at WHERE status = 'on_hold';
ALTER TABLE public.jobs ADD CONSTRAINT jobs_held_check CHECK (held_since IS NULL OR status = 'on_hold');

ALTER TABLE public.job_stages ADD COLUMN held_seconds integer NOT NULL DEFAULT 0 CHECK (held_seconds >= 0);
COMMENT ON COLUMN public.job_stages.held_seconds IS 'How much of its time the job was on hold.';

CREATE TABLE public.job_time_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  at timestamptz NOT NULL,
  changed_by bigint NOT NULL,
  end_before timestamptz NOT NULL,
  end_after timestamptz NOT NULL,
  cause text NOT NULL CHECK (cause IN ('staff', 'hold')),
  reason text CHECK (length(reason) BETWEEN 1 AND 300),
  CONSTRAINT job_time_changes_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT job_time_changes_changed_by_fkey FOREIGN KEY (workshop_id, changed_by)
    REFERENCES public.users (workshop_id, id)
);
CREATE INDEX job_time_changes_of_job ON public.job_time_changes (workshop_id, job_id, id);
COMMENT ON TABLE public.job_time_changes IS 'Each time the promised end of a job moved.';
COMMENT ON COLUMN public.job_time_changes.cause IS
  'staff: somebody promised another time; hold: the job went on after a hold, by whoever let it.';
SELECT platform.protect_tenant_table('public.job_time_changes');
GRANT SELECT, INSERT ON public.job_time_changes TO pitview_app;
GRANT SELECT ON public.job_time_changes TO pitview_readonly;
