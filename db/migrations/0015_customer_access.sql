-- What a job's customer may do and for how long: the link of the message, consent,
-- rating; and who watches.

CREATE FUNCTION public.customer_access_ends(p_status text, p_actual_end_time timestamptz, p_updated_at timestamptz)
RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN p_status IN ('completed', 'cancelled')
  THEN coalesce(p_actual_end_time, p_updated_at) + interval '30 days' ELSE 'infinity' END;
COMMENT ON FUNCTION public.customer_access_ends(text, timestamptz, timestamptz) IS
  'Until when the customer of a job may see it: 30 days after its end (a job that was cancelled before its start '
  'ended with its last change); infinity while it is not over.';
GRANT EXECUTE ON FUNCTION public.customer_access_ends(text, timestamptz, timestamptz) TO pitview_app, pitview_readonly;

CREATE TABLE public.tracking_links (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  token_hash bytea NOT NULL CONSTRAINT tracking_links_token_hash_key UNIQUE CHECK (length(token_hash) = 32),
  created_by bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  CONSTRAINT tracking_links_workshop_id_id_key UNIQUE (workshop_id, id),
  CONSTRAINT tracking_links_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT tracking_links_customer_fkey FOREIGN KEY (workshop_id, customer_id)
    REFERENCES public.users (workshop_id, id),
  CONSTRAINT tracking_links_created_by_fkey FOREIGN KEY (workshop_id, created_by)
    REFERENCES public.users (workshop_id, id)
);
CREATE UNIQUE INDEX tracking_links_one_per_job ON public.tracking_links (workshop_id, job_id) WHERE revoked_at IS NULL;
CREATE INDEX tracking_links_of_customer ON public.tracking_links (workshop_id, customer_id);
COMMENT ON TABLE public.tracking_links IS 'The link of the message: whoever has it is signed in as the customer of that job.';
COMMENT ON COLUMN public.tracking_links.token_hash IS 'SHA-256 of the 256 random bits in the link; the link itself is nowhere.';
COMMENT ON COLUMN public.tracking_links.revoked_at IS 'Null for the one that opens; an earlier one of the job never does again.';
SELECT platform.protect_tenant_table('public.tracking_links');
GRANT SELECT, INSERT, UPDATE (revoked_at) ON public.tracking_links TO pitview_app;
GRANT SELECT (id, workshop_id, job_id, customer_id, created_by, created_at, revoked_at) ON public.tracking_links
  TO pitview_readonly;

ALTER TABLE public.sessions
  ADD tracking_link_id bigint,
  ADD CONSTRAINT sessions_tracking_link_fkey FOREIGN KEY (workshop_id, tracking_link_id)
    REFERENCES public.tracking_links (workshop_id, id);
CREATE INDEX sessions_of_tracking_link ON public.sessions (workshop_id, tracking_link_id)
  WHERE tracking_link_id IS NOT NULL;
COMMENT ON COLUMN public.sessions.tracking_link_id IS 'The link it was opened with, and ends with; null: a password.';
GRANT SELECT (tracking_link_id) ON public.sessions TO pitview_readonly;

CREATE FUNCTION platform.open_tracking_link(p_hash bytea)
RETURNS TABLE (link_id bigint, workshop_id bigint, job_id bigint, customer_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT l.id, l.workshop_id, l.job_id, l.customer_id
  FROM public.tracking_links l
  JOIN public.jobs j ON j.workshop_id = l.workshop_id AND j.id = l.job_id AND j.customer_id = l.customer_id
  JOIN public.users u ON u.workshop_id = l.workshop_id AND u.id = l.customer_id
  WHERE l.token_hash = p_hash AND l.revoked_at IS NULL AND u.role = 'customer' AND u.disabled_at IS NULL
    AND public.customer_access_ends(j.status, j.actual_end_time, j.updated_at) > now()
$$;
COMMENT ON FUNCTION platform.open_tracking_link(bytea) IS
  'Whom the link with this SHA-256 signs in; no row when it is none, revoked or too old: nobody learns which.';
GRANT EXECUTE ON FUNCTION platform.open_tracking_link(bytea) TO pitview_app;

CREATE TABLE public.view_sessions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  session_id bigint NOT NULL,
  channel text NOT NULL DEFAULT 'live' CHECK (channel IN ('live', 'video')),
  server text NOT NULL CHECK (length(server) BETWEEN 1 AND 32),
  started_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CONSTRAINT view_sessions_workshop_id_id_key UNIQUE (workshop_id, id),
  CONSTRAINT view_sessions_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT view_sessions_customer_fkey FOREIGN KEY (workshop_id, customer_id)
    REFERENCES public.users (workshop_id, id),
  CONSTRAINT view_sessions_session_fkey FOREIGN KEY (workshop_id, session_id)
    REFERENCES public.sessions (workshop_id, id),
  CONSTRAINT view_sessions_order_check CHECK (started_at <= last_seen_at AND last_seen_at <= ended_at)
);
CREATE UNIQUE INDEX view_sessions_open ON public.view_sessions (server, session_id, job_id, channel)
  WHERE ended_at IS NULL;
CREATE INDEX view_sessions_of_job ON public.view_sessions (workshop_id, job_id, id);
CREATE INDEX view_sessions_of_customer ON public.view_sessions (workshop_id, customer_id, last_seen_at);
COMMENT ON TABLE public.view_sessions IS 'Who looked at a job, from when to when: one row per session, job and server.';
COMMENT ON COLUMN public.view_sessions.channel IS 'live: the page with its live connection; video: the camera''s picture.';
COMMENT ON COLUMN public.view_sessions.server IS 'The server that has the connection, and says so every 15 s.';
COMMENT ON COLUMN public.view_sessions.last_seen_at IS 'Older than 45 s: the server has died, and the viewer with it.';
SELECT platform.protect_tenant_table('public.view_sessions');
GRANT SELECT ON public.view_sessions TO pitview_app, pitview_readonly;

-- The sessions know their workshops and the jobs their customers, so a server can say no more than who is connected.
CREATE FUNCTION platform.note_viewers(p_server text, p_sessions bigint[])
RETURNS TABLE (workshop_id bigint, job_id bigint, pit_id bigint, customer_id bigint, customer_name text,
               watching boolean, since timestamptz, viewers bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  heartbeat CONSTANT interval := interval '15 seconds';
  stale CONSTANT interval := interval '45 seconds';
  changed bigint[];
  gone bigint[];
BEGIN
  WITH present AS (
    SELECT s.workshop_id, s.id AS session_id, s.user_id, j.id AS job_id
    FROM public.sessions s
    JOIN public.jobs j ON j.workshop_id = s.workshop_id AND j.customer_id = s.user_id
    WHERE s.id = ANY (p_sessions) AND s.ended_at IS NULL AND j.status NOT IN ('completed', 'cancelled')
  ), mine AS (
    SELECT v.id, v.session_id, v.job_id FROM public.view_sessions v
    WHERE v.server = p_server AND v.ended_at IS NULL AND v.channel = 'live'
  ), ended AS (
    -- After a crash nobody knows better than: at most one heartbeat longer than seen.
    UPDATE public.view_sessions v SET ended_at = least(greatest(now(), v.last_seen_at), v.last_seen_at + heartbeat)
    FROM mine m
    WHERE v.id = m.id AND NOT EXISTS
      (SELECT FROM present p WHERE p.session_id = m.session_id AND p.job_id = m.job_id)
    RETURNING v.id
  ), kept AS (
    UPDATE public.view_sessions v SET last_seen_at = greatest(now(), v.last_seen_at)
    FROM mine m JOIN present p ON p.session_id = m.session_id AND p.job_id = m.job_id
    WHERE v.id = m.id
  ), fresh AS (
    SELECT p.* FROM present p
    WHERE NOT EXISTS (SELECT FROM mine m WHERE m.session_id = p.session_id AND m.job_id = p.job_id)
  ), opened AS (
    -- A reload, or a connection that broke and came back, opens nothing anew.
    INSERT INTO public.tracking_opens AS t (workshop_id, job_id, day, opens)
    SELECT f.workshop_id, f.job_id, (now() AT TIME ZONE w.timezone)::date, count(*)
    FROM fresh f JOIN public.workshops w ON w.id = f.workshop_id
    WHERE NOT EXISTS (SELECT FROM public.view_sessions v
                      WHERE v.workshop_id = f.workshop_id AND v.job_id = f.job_id AND v.session_id = f.session_id
                        AND coalesce(v.ended_at, now()) > now() - interval '5 minutes')
    GROUP BY 1, 2, 3
    ON CONFLICT ON CONSTRAINT tracking_opens_pkey DO UPDATE SET opens = t.opens + excluded.opens
  ), started AS (
    INSERT INTO public.view_sessions (workshop_id, job_id, customer_id, session_id, server)
    SELECT f.workshop_id, f.job_id, f.user_id, f.session_id, p_server FROM fresh f
    RETURNING id
  )
  SELECT array(SELECT id FROM ended UNION ALL SELECT id FROM started) INTO changed;

  WITH dead AS (
    UPDATE public.view_sessions v SET ended_at = v.last_seen_at + heartbeat
    WHERE v.ended_at IS NULL AND v.server <> p_server AND v.last_seen_at < now() - stale
    RETURNING v.id
  )
  SELECT array(SELECT id FROM dead) INTO gone;

  RETURN QUERY
    SELECT v.workshop_id, v.job_id, j.pit_id, v.customer_id, u.display_name, v.ended_at IS NULL, v.started_at,
           (SELECT count(DISTINCT o.session_id) FROM public.view_sessions o
            WHERE o.workshop_id = v.workshop_id AND o.job_id = v.job_id AND o.ended_at IS NULL)
    FROM public.view_sessions v
    JOIN public.jobs j ON j.workshop_id = v.workshop_id AND j.id = v.job_id
    JOIN public.users u ON u.workshop_id = v.workshop_id AND u.id = v.customer_id
    WHERE v.id = ANY (changed || gone)
    ORDER BY v.id;
END
$$;
COMMENT ON FUNCTION platform.note_viewers(text, bigint[]) IS
  'The sessions of customers with a live connection at this server, all of them, at least every 15 s: begins and ends '
  'the rows of view_sessions, counts openings of the page, ends what a dead server left. Returns what has changed, '
  'with the number of sessions that now look at that job.';
GRANT EXECUTE ON FUNCTION platform.note_viewers(text, bigint[]) TO pitview_app;

CREATE TABLE public.consent_texts (
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  version integer NOT NULL CHECK (version >= 1),
  live_video text NOT NULL CHECK (length(live_video) BETWEEN 1 AND 2000),
  recording text NOT NULL CHECK (length(recording) BETWEEN 1 AND 2000),
  messages text NOT NULL CHECK (length(messages) BETWEEN 1 AND 2000),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by bigint,
  PRIMARY KEY (workshop_id, version),
  CONSTRAINT consent_texts_created_by_fkey FOREIGN KEY (workshop_id, created_by)
    REFERENCES public.users (workshop_id, id)
);
COMMENT ON TABLE public.consent_texts IS 'What customers of a workshop are asked to agree to. The highest version counts; none is ever changed.';
COMMENT ON COLUMN public.consent_texts.created_by IS 'Null for the text that every workshop begins with.';

CREATE TABLE public.consents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  subject text NOT NULL CHECK (subject IN ('live_video', 'recording', 'messages')),
  given boolean NOT NULL,
  text_version integer NOT NULL,
  job_id bigint,
  recorded_by bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  ip inet,
  CONSTRAINT consents_customer_fkey FOREIGN KEY (workshop_id, customer_id) REFERENCES public.users (workshop_id, id),
  CONSTRAINT consents_text_fkey FOREIGN KEY (workshop_id, text_version)
    REFERENCES public.consent_texts (workshop_id, version),
  CONSTRAINT consents_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT consents_recorded_by_fkey FOREIGN KEY (workshop_id, recorded_by)
    REFERENCES public.users (workshop_id, id)
);
CREATE INDEX consents_of_customer ON public.consents (workshop_id, customer_id, subject, id);
COMMENT ON TABLE public.consents IS 'What customers agreed to and took back. The newest row of a subject counts; the others are its history.';
COMMENT ON COLUMN public.consents.job_id IS 'The job at whose booking staff wrote it down; null when the customer said it here.';
COMMENT ON COLUMN public.consents.ip IS 'Where it was said; taken away when the customer''s data is erased.';

CREATE TABLE public.ratings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  customer_id bigint NOT NULL,
  stars integer NOT NULL CHECK (stars BETWEEN 1 AND 5),
  comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 1000),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT ratings_job_key UNIQUE (workshop_id, job_id),
  CONSTRAINT ratings_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT ratings_customer_fkey FOREIGN KEY (workshop_id, customer_id) REFERENCES public.users (workshop_id, id)
);
CREATE INDEX ratings_newest ON public.ratings (workshop_id, id);
CREATE INDEX ratings_of_customer ON public.ratings (workshop_id, customer_id);
COMMENT ON TABLE public.ratings IS 'What the customer said of a finished job.';

ALTER TABLE public.users ADD erased_at timestamptz;
COMMENT ON COLUMN public.users.erased_at IS 'When a customer''s personal data was removed; the account is disabled for good.';
GRANT SELECT (erased_at) ON public.users TO pitview_readonly;

SELECT platform.protect_tenant_table('public.consent_texts');
SELECT platform.protect_tenant_table('public.consents');
SELECT platform.protect_tenant_table('public.ratings');
GRANT SELECT, INSERT ON public.consent_texts TO pitview_app;
GRANT SELECT, INSERT, UPDATE (ip) ON public.consents TO pitview_app;
GRANT SELECT, INSERT, UPDATE ON public.ratings TO pitview_app;
GRANT SELECT ON public.consent_texts, public.ratings TO pitview_readonly;
GRANT SELECT (id, workshop_id, customer_id, subject, given, text_version, job_id, recorded_by, recorded_at)
  ON public.consents TO pitview_readonly;
