CREATE TABLE public.work_type_templates (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  default_minutes integer NOT NULL CHECK (default_minutes BETWEEN 1 AND 43200),
  position integer NOT NULL CHECK (position >= 1),
  CONSTRAINT work_type_templates_workshop_id_id_key UNIQUE (workshop_id, id),
  CONSTRAINT work_type_templates_name_key UNIQUE (workshop_id, name)
);
COMMENT ON TABLE public.work_type_templates IS 'The kinds of work a workshop offers, each with its stages.';
COMMENT ON COLUMN public.work_type_templates.position IS 'Order in lists; equal positions are ordered by id.';

CREATE TABLE public.template_stages (
  workshop_id bigint NOT NULL,
  template_id bigint NOT NULL,
  position integer NOT NULL CHECK (position BETWEEN 1 AND 50),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  weight integer NOT NULL CHECK (weight BETWEEN 1 AND 1000),
  sentence text NOT NULL DEFAULT '' CHECK (length(sentence) <= 300),
  PRIMARY KEY (workshop_id, template_id, position),
  CONSTRAINT template_stages_template_fkey FOREIGN KEY (workshop_id, template_id)
    REFERENCES public.work_type_templates (workshop_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.template_stages IS 'The stages of a kind of work; a job takes a copy when it is created.';
COMMENT ON COLUMN public.template_stages.weight IS 'Share of the progress bar, relative to the other stages.';
COMMENT ON COLUMN public.template_stages.sentence IS 'What the customer reads while this stage runs.';

CREATE TABLE public.jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  pit_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  customer_name text NOT NULL CHECK (length(customer_name) BETWEEN 1 AND 120),
  car_model text NOT NULL CHECK (length(car_model) BETWEEN 1 AND 120),
  car_plate text NOT NULL CHECK (length(car_plate) BETWEEN 1 AND 20),
  work_type text NOT NULL CHECK (length(work_type) BETWEEN 1 AND 80),
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN
    ('waiting', 'in_progress', 'on_hold', 'quality_check', 'completed', 'cancelled')),
  estimated_duration_minutes integer NOT NULL CHECK (estimated_duration_minutes BETWEEN 1 AND 43200),
  actual_start_time timestamptz,
  estimated_end_time timestamptz,
  actual_end_time timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT jobs_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits (workshop_id, id),
  CONSTRAINT jobs_customer_fkey FOREIGN KEY (workshop_id, customer_id) REFERENCES public.users (workshop_id, id),
  CONSTRAINT jobs_started_check CHECK (status IN ('waiting', 'cancelled') OR actual_start_time IS NOT NULL),
  CONSTRAINT jobs_ended_check CHECK (status <> 'completed' OR actual_end_time IS NOT NULL),
  CONSTRAINT jobs_order_check CHECK (actual_end_time >= actual_start_time),
  -- Also the index of the history: the newest first, page by page.
  CONSTRAINT jobs_workshop_id_id_key UNIQUE (workshop_id, id)
);
CREATE UNIQUE INDEX jobs_one_running_per_pit ON public.jobs (workshop_id, pit_id)
  WHERE status IN ('in_progress', 'on_hold', 'quality_check');
CREATE INDEX jobs_by_status ON public.jobs (workshop_id, status, id);
CREATE INDEX jobs_by_pit ON public.jobs (workshop_id, pit_id, id);
CREATE INDEX jobs_by_customer ON public.jobs (workshop_id, customer_id, id);
COMMENT ON TABLE public.jobs IS 'One car at one pit, from booking to hand-over. Kept for good.';
COMMENT ON COLUMN public.jobs.customer_name IS 'As written for this job; the account may be renamed later.';
COMMENT ON COLUMN public.jobs.work_type IS 'The name of the template at creation, so that editing templates does not change history.';
COMMENT ON COLUMN public.jobs.estimated_end_time IS 'Set at the start and moved by staff; null while waiting.';

CREATE TABLE public.job_stages (
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  position integer NOT NULL CHECK (position BETWEEN 1 AND 50),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  weight integer NOT NULL CHECK (weight BETWEEN 1 AND 1000),
  sentence text NOT NULL DEFAULT '' CHECK (length(sentence) <= 300),
  started_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (workshop_id, job_id, position),
  CONSTRAINT job_stages_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT job_stages_order_check CHECK (finished_at IS NULL OR finished_at >= started_at)
);
COMMENT ON TABLE public.job_stages IS 'The stages of one job: started and not finished is the current one.';

CREATE TABLE public.job_staff (
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  user_id bigint NOT NULL,
  PRIMARY KEY (workshop_id, job_id, user_id),
  CONSTRAINT job_staff_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT job_staff_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users (workshop_id, id)
);
CREATE INDEX job_staff_of_user ON public.job_staff (workshop_id, user_id);
COMMENT ON TABLE public.job_staff IS 'Who works on a job.';

SELECT platform.protect_tenant_table('public.work_type_templates');
SELECT platform.protect_tenant_table('public.template_stages');
SELECT platform.protect_tenant_table('public.jobs');
SELECT platform.protect_tenant_table('public.job_stages');
SELECT platform.protect_tenant_table('public.job_staff');

GRANT SELECT, INSERT, UPDATE, DELETE ON public.work_type_templates, public.template_stages TO pitview_app;
GRANT SELECT, INSERT, UPDATE ON public.jobs, public.job_stages TO pitview_app;
GRANT SELECT, INSERT, DELETE ON public.job_staff TO pitview_app;
GRANT SELECT ON public.work_type_templates, public.template_stages, public.jobs, public.job_stages, public.job_staff
  TO pitview_readonly;
