-- What is written down and photographed while a job is done.

CREATE TABLE public.job_notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  author_id bigint NOT NULL,
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
  visible_to_customer boolean NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT job_notes_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT job_notes_author_fkey FOREIGN KEY (workshop_id, author_id) REFERENCES public.users (workshop_id, id)
);
CREATE INDEX job_notes_of_job ON public.job_notes (workshop_id, job_id, id);
COMMENT ON TABLE public.job_notes IS 'What staff wrote about a job. Added to, never changed.';
COMMENT ON COLUMN public.job_notes.visible_to_customer IS 'False: for staff only.';
SELECT platform.protect_tenant_table('public.job_notes');
GRANT SELECT, INSERT ON public.job_notes TO pitview_app;
GRANT SELECT ON public.job_notes TO pitview_readonly;

CREATE TABLE public.job_photos (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  stage integer,
  author_id bigint NOT NULL,
  visible_to_customer boolean NOT NULL,
  created_at timestamptz NOT NULL,
  content_type text NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png', 'image/webp')),
  width integer NOT NULL CHECK (width BETWEEN 1 AND 20000),
  height integer NOT NULL CHECK (height BETWEEN 1 AND 20000),
  size_bytes integer NOT NULL CHECK (size_bytes = length(bytes)),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  bytes bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 8388608),
  CONSTRAINT job_photos_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT job_photos_stage_fkey FOREIGN KEY (workshop_id, job_id, stage)
    REFERENCES public.job_stages (workshop_id, job_id, position),
  CONSTRAINT job_photos_author_fkey FOREIGN KEY (workshop_id, author_id) REFERENCES public.users (workshop_id, id)
);
-- Images are compressed already: trying again costs time and saves nothing.
ALTER TABLE public.job_photos ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX job_photos_of_job ON public.job_photos (workshop_id, job_id, id);
COMMENT ON TABLE public.job_photos IS
  'Photographs of a job, without their metadata (libs/images). Why they are here: docs/design/jobs.md.';
COMMENT ON COLUMN public.job_photos.stage IS 'What they show, if somebody said so: a position in job_stages.';
COMMENT ON COLUMN public.job_photos.sha256 IS 'Of bytes: browsers ask whether they have it already.';
SELECT platform.protect_tenant_table('public.job_photos');
GRANT SELECT, INSERT, DELETE ON public.job_photos TO pitview_app;
GRANT SELECT (id, workshop_id, job_id, stage, author_id, visible_to_customer, created_at, content_type, width, height,
              size_bytes) ON public.job_photos TO pitview_readonly;
