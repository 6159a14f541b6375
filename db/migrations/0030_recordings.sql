-- What was recorded, what of it is kept, and who may see it again.

ALTER TABLE public.workshops
  ADD recording_days smallint NOT NULL DEFAULT 7
    CONSTRAINT workshops_recording_days_check CHECK (recording_days BETWEEN 1 AND 90),
  ADD record_always boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN public.workshops.recording_days IS 'How long recordings are kept (decision D36); clips are kept until somebody removes them.';
COMMENT ON COLUMN public.workshops.record_always IS 'Recorded all the time, and not only while a job runs.';
GRANT UPDATE (recording_days, record_always) ON public.workshops TO pitview_app;

CREATE TABLE public.recordings (
  workshop_id bigint NOT NULL,
  pit_id bigint NOT NULL,
  began_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
  listing text NOT NULL CHECK (length(listing) BETWEEN 1 AND 60),
  CONSTRAINT recordings_pkey PRIMARY KEY (workshop_id, pit_id, began_at),
  CONSTRAINT recordings_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits (workshop_id, id),
  CONSTRAINT recordings_order_check CHECK (ended_at >= began_at)
);
CREATE INDEX recordings_by_age ON public.recordings (ended_at);
COMMENT ON TABLE public.recordings IS
  'The files of recordings that the video gateway has, each without a gap. It has the truth; this is its index.';
COMMENT ON COLUMN public.recordings.listing IS 'The listing of the gateway that told it last: what a whole listing has not told is gone.';
SELECT platform.protect_tenant_table('public.recordings');
GRANT SELECT ON public.recordings TO pitview_app, pitview_readonly;

CREATE TABLE public.clips (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  pit_id bigint NOT NULL,
  job_id bigint,
  kind text NOT NULL DEFAULT 'clip' CHECK (kind IN ('clip', 'time_lapse')),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'failed', 'removed')),
  failure text CHECK (length(failure) <= 500),
  began_at timestamptz,
  ended_at timestamptz,
  size_bytes bigint NOT NULL DEFAULT 0 CHECK (size_bytes >= 0),
  author_id bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  share_hash bytea CHECK (length(share_hash) = 32),
  share_expires_at timestamptz,
  CONSTRAINT clips_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits (workshop_id, id),
  CONSTRAINT clips_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id),
  CONSTRAINT clips_author_fkey FOREIGN KEY (workshop_id, author_id) REFERENCES public.users (workshop_id, id),
  CONSTRAINT clips_order_check CHECK (to_at > from_at),
  CONSTRAINT clips_share_check CHECK ((share_hash IS NULL) = (share_expires_at IS NULL)),
  CONSTRAINT clips_time_lapse_check CHECK (kind <> 'time_lapse' OR job_id IS NOT NULL)
);
CREATE INDEX clips_of_workshop ON public.clips (workshop_id, id);
CREATE UNIQUE INDEX clips_time_lapse_of_job ON public.clips (workshop_id, job_id) WHERE kind = 'time_lapse';
CREATE UNIQUE INDEX clips_by_share ON public.clips (share_hash);
CREATE INDEX clips_to_do ON public.clips (id) WHERE status IN ('pending', 'removed');
COMMENT ON TABLE public.clips IS 'What of the recordings is kept: chosen by somebody, or made of a whole job.';
COMMENT ON COLUMN public.clips.status IS 'pending: the gateway is to make it; removed: it is to let it go, and the row goes then.';
COMMENT ON COLUMN public.clips.began_at IS 'What it shows, once it is made: from here …';
COMMENT ON COLUMN public.clips.ended_at IS '… to here.';
COMMENT ON COLUMN public.clips.share_hash IS 'SHA-256 of the secret in the link by which anybody may see it until share_expires_at.';
SELECT platform.protect_tenant_table('public.clips');
GRANT SELECT, INSERT, UPDATE ON public.clips TO pitview_app;
GRANT SELECT (id, workshop_id, pit_id, job_id, kind, title, from_at, to_at, status, failure, began_at, ended_at, size_bytes,
              author_id, created_at, share_expires_at) ON public.clips TO pitview_readonly;

CREATE TABLE platform.recordings_disk (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  free_bytes bigint NOT NULL,
  size_bytes bigint NOT NULL,
  dropped bigint NOT NULL,
  noted_at timestamptz NOT NULL
);
COMMENT ON TABLE platform.recordings_disk IS 'The disk of the recordings, as the gateway saw it last.';

-- Which cameras, and now also which of them are recorded: while a job runs, and for half a minute more.
DROP FUNCTION platform.video_cameras();
CREATE FUNCTION platform.video_cameras()
RETURNS TABLE (workshop_id bigint, pit_id bigint, rtsp_url_sealed bytea, at_work boolean, recorded boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT p.workshop_id, p.id, p.camera_rtsp_url_sealed, work.running,
         work.running OR (platform.has_video(w.subscription_status) AND (w.record_always OR work.just_done))
  FROM public.pits p JOIN public.workshops w ON w.id = p.workshop_id,
  LATERAL (SELECT EXISTS (SELECT FROM public.jobs j WHERE j.workshop_id = p.workshop_id AND j.pit_id = p.id
                            AND j.status IN ('in_progress', 'on_hold', 'quality_check')) AS running,
                  EXISTS (SELECT FROM public.jobs j WHERE j.workshop_id = p.workshop_id AND j.pit_id = p.id
                            AND j.status = 'completed' AND j.actual_end_time > now() - interval '30 seconds') AS just_done) work
  WHERE p.camera_rtsp_url_sealed IS NOT NULL AND p.status <> 'disabled'
    AND (platform.has_video(w.subscription_status) OR work.running)
  ORDER BY p.id
$$;
COMMENT ON FUNCTION platform.video_cameras() IS
  'The cameras that somebody may watch, of all workshops, for the gateway; addresses sealed. at_work: a job is running there.';
GRANT EXECUTE ON FUNCTION platform.video_cameras() TO pitview_app;

CREATE FUNCTION platform.pit_places() RETURNS TABLE (workshop_id bigint, pit_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT p.workshop_id, p.id FROM public.pits p ORDER BY p.id
$$;
COMMENT ON FUNCTION platform.pit_places() IS
  'The numbers of all pits: the gateway knows them by other names, which the server alone can work out.';
GRANT EXECUTE ON FUNCTION platform.pit_places() TO pitview_app;

CREATE FUNCTION platform.from_ms(p_ms bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT timestamptz '1970-01-01 00:00:00+00' + p_ms * interval '1 millisecond'
$$;
COMMENT ON FUNCTION platform.from_ms(bigint) IS 'Milliseconds since 1970, to the millisecond: to_timestamp() counts in floating point.';

CREATE FUNCTION platform.note_recordings(p_listing text, p_pits bigint[], p_began_ms bigint[], p_ended_ms bigint[],
                                         p_bytes bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH told AS (
    SELECT p.workshop_id, t.pit_id, platform.from_ms(t.began_ms) AS began_at, platform.from_ms(t.ended_ms) AS ended_at, t.size_bytes
    FROM unnest(p_pits, p_began_ms, p_ended_ms, p_bytes) AS t (pit_id, began_ms, ended_ms, size_bytes)
    JOIN public.pits p ON p.id = t.pit_id
  ), gone AS (
    DELETE FROM public.recordings r USING told t
    WHERE t.size_bytes < 0 AND r.workshop_id = t.workshop_id AND r.pit_id = t.pit_id AND r.began_at = t.began_at
  )
  INSERT INTO public.recordings AS r (workshop_id, pit_id, began_at, ended_at, size_bytes, listing)
  SELECT workshop_id, pit_id, began_at, greatest(began_at, ended_at), size_bytes, p_listing FROM told WHERE size_bytes >= 0
  ON CONFLICT ON CONSTRAINT recordings_pkey
    DO UPDATE SET ended_at = excluded.ended_at, size_bytes = excluded.size_bytes, listing = excluded.listing
$$;
COMMENT ON FUNCTION platform.note_recordings(text, bigint[], bigint[], bigint[], bigint[]) IS
  'What the gateway tells of its recordings, times in ms since 1970; less than 0 bytes: it is removed. Each is the pit''s workshop''s.';
GRANT EXECUTE ON FUNCTION platform.note_recordings(text, bigint[], bigint[], bigint[], bigint[]) TO pitview_app;

CREATE FUNCTION platform.finish_listing(p_listing text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH gone AS (DELETE FROM public.recordings WHERE listing <> p_listing RETURNING 1) SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION platform.finish_listing(text) IS
  'The gateway has told all that there is: what this listing has not told is gone. Returns how many those were.';
GRANT EXECUTE ON FUNCTION platform.finish_listing(text) TO pitview_app;

CREATE FUNCTION platform.recordings_to_let_go(p_limit integer)
RETURNS TABLE (workshop_id bigint, pit_id bigint, began_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT r.workshop_id, r.pit_id, r.began_at
  FROM public.recordings r JOIN public.workshops w ON w.id = r.workshop_id
  WHERE r.ended_at < now() - make_interval(days => w.recording_days)
  ORDER BY r.ended_at LIMIT p_limit
$$;
COMMENT ON FUNCTION platform.recordings_to_let_go(integer) IS 'Recordings that are older than their workshop keeps them, the oldest first.';
GRANT EXECUTE ON FUNCTION platform.recordings_to_let_go(integer) TO pitview_app;

CREATE FUNCTION platform.note_recordings_disk(p_free bigint, p_size bigint, p_dropped bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  INSERT INTO platform.recordings_disk (free_bytes, size_bytes, dropped, noted_at) VALUES (p_free, p_size, p_dropped, now())
  ON CONFLICT (only_one) DO UPDATE
    SET free_bytes = excluded.free_bytes, size_bytes = excluded.size_bytes, dropped = excluded.dropped, noted_at = excluded.noted_at
$$;
COMMENT ON FUNCTION platform.note_recordings_disk(bigint, bigint, bigint) IS 'How full the disk of the recordings is.';
GRANT EXECUTE ON FUNCTION platform.note_recordings_disk(bigint, bigint, bigint) TO pitview_app;

CREATE FUNCTION platform.recordings_forecast()
RETURNS TABLE (free_bytes bigint, size_bytes bigint, dropped bigint, noted_at timestamptz, recorded_bytes bigint,
               clip_bytes bigint, bytes_per_day bigint, expected_bytes bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH of_workshop AS (
    SELECT w.recording_days, sum(r.size_bytes) AS recorded,
           -- A workshop of three days has not recorded seven.
           coalesce(sum(r.size_bytes) FILTER (WHERE r.ended_at > now() - interval '7 days'), 0)
             / greatest(1, least(7, extract(epoch FROM now() - min(r.began_at)) / 86400)) AS per_day
    FROM public.recordings r JOIN public.workshops w ON w.id = r.workshop_id GROUP BY w.id
  ), sums AS (
    SELECT coalesce(sum(recorded), 0)::bigint AS recorded, coalesce(sum(per_day), 0)::bigint AS per_day,
           coalesce(sum(per_day * recording_days), 0)::bigint AS expected FROM of_workshop
  ), kept AS (
    SELECT coalesce(sum(c.size_bytes), 0)::bigint AS bytes FROM public.clips c WHERE c.status = 'ready'
  )
  SELECT d.free_bytes, d.size_bytes, d.dropped, d.noted_at, s.recorded, k.bytes, s.per_day, s.expected + k.bytes
  FROM sums s, kept k LEFT JOIN platform.recordings_disk d ON true
$$;
COMMENT ON FUNCTION platform.recordings_forecast() IS
  'How full the disk of the recordings is, and how full it will be if all workshops go on recording as they did this week.';
GRANT EXECUTE ON FUNCTION platform.recordings_forecast() TO pitview_app;

-- Side by side, 0 for none; what is allowed is told by its place, from 1.
CREATE FUNCTION platform.may_replay(p_sessions bigint[], p_pits bigint[], p_clips bigint[]) RETURNS SETOF integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT asked.place::integer
  FROM unnest(p_sessions, p_pits, p_clips) WITH ORDINALITY AS asked (session_id, pit_id, clip_id, place)
  LEFT JOIN public.clips c ON c.id = asked.clip_id AND c.status = 'ready'
  LEFT JOIN public.sessions s ON s.id = asked.session_id AND s.ended_at IS NULL AND s.expires_at > now()
  LEFT JOIN public.users u ON u.workshop_id = s.workshop_id AND u.id = s.user_id AND u.disabled_at IS NULL
  WHERE CASE
    -- By its link, whoever has it.
    WHEN asked.session_id = 0 THEN c.share_expires_at > now() AND platform.has_video(
      (SELECT w.subscription_status FROM public.workshops w WHERE w.id = c.workshop_id))
    WHEN u.role IN ('owner', 'manager') THEN platform.has_video(
      (SELECT w.subscription_status FROM public.workshops w WHERE w.id = u.workshop_id))
      AND CASE WHEN asked.clip_id = 0
               THEN EXISTS (SELECT FROM public.pits p WHERE p.workshop_id = u.workshop_id AND p.id = asked.pit_id)
               ELSE c.workshop_id = u.workshop_id END
    -- The time-lapse of the own job, for as long as its page is open (decision D23).
    WHEN u.role = 'customer' THEN c.kind = 'time_lapse' AND EXISTS (
      SELECT FROM public.jobs j WHERE j.workshop_id = u.workshop_id AND j.id = c.job_id AND j.customer_id = u.id
        AND c.workshop_id = u.workshop_id AND j.status = 'completed' AND j.actual_end_time > now() - interval '30 days')
    ELSE false
  END
$$;
COMMENT ON FUNCTION platform.may_replay(bigint[], bigint[], bigint[]) IS
  'Which of these may play a recording: a session a pit''s recordings, a session a clip, or nobody''s session a clip that is '
  'shared. Asked before one is opened and while it plays, so that every end of the right cuts it.';
GRANT EXECUTE ON FUNCTION platform.may_replay(bigint[], bigint[], bigint[]) TO pitview_app;

CREATE FUNCTION platform.find_shared_clip(p_share_hash bytea)
RETURNS TABLE (workshop_id bigint, clip_id bigint, title text, kind text, workshop_name text, timezone text, began_at timestamptz,
               ended_at timestamptz, share_expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT c.workshop_id, c.id, c.title, c.kind, w.name, w.timezone, c.began_at, c.ended_at, c.share_expires_at
  FROM public.clips c JOIN public.workshops w ON w.id = c.workshop_id
  WHERE c.share_hash = p_share_hash AND c.share_expires_at > now() AND c.status = 'ready'
    AND platform.has_video(w.subscription_status)
$$;
COMMENT ON FUNCTION platform.find_shared_clip(bytea) IS 'The clip whose link this is the hash of; no row for any other.';
GRANT EXECUTE ON FUNCTION platform.find_shared_clip(bytea) TO pitview_app;

CREATE FUNCTION platform.clips_to_do()
RETURNS TABLE (workshop_id bigint, clip_id bigint, pit_id bigint, kind text, status text, from_at timestamptz, to_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT c.workshop_id, c.id, c.pit_id, c.kind, c.status, c.from_at, c.to_at
  FROM public.clips c WHERE c.status IN ('pending', 'removed') ORDER BY c.id LIMIT 200
$$;
COMMENT ON FUNCTION platform.clips_to_do() IS 'Clips that the gateway is to make, or to let go.';
GRANT EXECUTE ON FUNCTION platform.clips_to_do() TO pitview_app;

CREATE FUNCTION platform.note_clip(p_clip bigint, p_status text, p_failure text, p_began_ms bigint, p_ended_ms bigint,
                                   p_bytes bigint)
RETURNS TABLE (workshop_id bigint, pit_id bigint, job_id bigint, status text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF p_status = 'removed' THEN
    RETURN QUERY DELETE FROM public.clips c WHERE c.id = p_clip AND c.status = 'removed'
      RETURNING c.workshop_id, c.pit_id, c.job_id, c.status;
  ELSE
    RETURN QUERY UPDATE public.clips c
      SET status = p_status, failure = left(p_failure, 500), began_at = platform.from_ms(p_began_ms),
          ended_at = platform.from_ms(p_ended_ms), size_bytes = p_bytes
      WHERE c.id = p_clip AND c.status = 'pending'
      RETURNING c.workshop_id, c.pit_id, c.job_id, c.status;
  END IF;
END
$$;
COMMENT ON FUNCTION platform.note_clip(bigint, text, text, bigint, bigint, bigint) IS
  'What the gateway has made of a clip: ready or failed; removed: it has let it go. No row when it was none of those to do.';
GRANT EXECUTE ON FUNCTION platform.note_clip(bigint, text, text, bigint, bigint, bigint) TO pitview_app;
