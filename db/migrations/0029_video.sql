-- Live video: which cameras the gateway is to know, whether they are there, and who may go on watching.

ALTER TABLE public.pits
  ADD camera_status text NOT NULL DEFAULT 'unknown'
    CONSTRAINT pits_camera_status_check CHECK (camera_status IN ('online', 'offline', 'unknown')),
  ADD camera_since timestamptz;
COMMENT ON COLUMN public.pits.camera_status IS 'As the video gateway saw it last; unknown: nobody wanted its pictures.';
COMMENT ON COLUMN public.pits.camera_since IS 'Since when `camera_status` is so.';
GRANT SELECT (camera_status, camera_since) ON public.pits TO pitview_readonly;

CREATE FUNCTION platform.has_video(p_subscription_status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT p_subscription_status NOT IN ('suspended', 'cancelled', 'expired')
$$;
COMMENT ON FUNCTION platform.has_video(text) IS
  'Whether a workshop in this state may watch its cameras: until it is suspended (decision D44).';

CREATE FUNCTION platform.video_cameras()
RETURNS TABLE (workshop_id bigint, pit_id bigint, rtsp_url_sealed bytea, at_work boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT p.workshop_id, p.id, p.camera_rtsp_url_sealed, work.running
  FROM public.pits p JOIN public.workshops w ON w.id = p.workshop_id,
  LATERAL (SELECT EXISTS (SELECT FROM public.jobs j WHERE j.workshop_id = p.workshop_id AND j.pit_id = p.id
                            AND j.status IN ('in_progress', 'on_hold', 'quality_check')) AS running) work
  WHERE p.camera_rtsp_url_sealed IS NOT NULL AND p.status <> 'disabled'
    AND (platform.has_video(w.subscription_status) OR work.running)
  ORDER BY p.id
$$;
COMMENT ON FUNCTION platform.video_cameras() IS
  'The cameras that somebody may watch, of all workshops, for the gateway; addresses sealed. at_work: a job is running there.';
GRANT EXECUTE ON FUNCTION platform.video_cameras() TO pitview_app;

CREATE FUNCTION platform.may_watch(p_sessions bigint[], p_pits bigint[])
RETURNS TABLE (session_id bigint, pit_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT s.id, p.id
  FROM unnest(p_sessions, p_pits) AS asked (session_id, pit_id)
  JOIN public.sessions s ON s.id = asked.session_id AND s.ended_at IS NULL AND s.expires_at > now()
  JOIN public.users u ON u.workshop_id = s.workshop_id AND u.id = s.user_id AND u.disabled_at IS NULL
  JOIN public.workshops w ON w.id = s.workshop_id
  JOIN public.pits p ON p.workshop_id = s.workshop_id AND p.id = asked.pit_id AND p.status <> 'disabled'
                    AND p.camera_rtsp_url_sealed IS NOT NULL
  WHERE CASE u.role
          -- Not even suspension cuts the customer of a running job (decision D45).
          WHEN 'customer' THEN EXISTS (SELECT FROM public.jobs j
                                       WHERE j.workshop_id = u.workshop_id AND j.customer_id = u.id AND j.pit_id = p.id
                                         AND j.status IN ('in_progress', 'on_hold', 'quality_check'))
          WHEN 'operator' THEN platform.has_video(w.subscription_status)
                               AND EXISTS (SELECT FROM public.staff_pit_permissions a
                                           WHERE a.workshop_id = u.workshop_id AND a.user_id = u.id AND a.pit_id = p.id)
          ELSE platform.has_video(w.subscription_status)
        END
$$;
COMMENT ON FUNCTION platform.may_watch(bigint[], bigint[]) IS
  'Of these sessions and pits, pairwise: which may watch (decision D19). Asked before a stream is given and twice a '
  'second while it is watched, so that every end of the right, whatever ends it, cuts the stream.';
GRANT EXECUTE ON FUNCTION platform.may_watch(bigint[], bigint[]) TO pitview_app;

CREATE FUNCTION platform.note_cameras(p_pits bigint[], p_states text[])
RETURNS TABLE (workshop_id bigint, pit_id bigint, status text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  UPDATE public.pits p SET camera_status = n.status, camera_since = now()
  FROM unnest(p_pits, p_states) AS n (pit_id, status)
  WHERE p.id = n.pit_id AND p.camera_status <> n.status
  RETURNING p.workshop_id, p.id, p.camera_status
$$;
COMMENT ON FUNCTION platform.note_cameras(bigint[], text[]) IS
  'What the gateway sees of cameras (online, offline, unknown); returns those for which it is news.';
GRANT EXECUTE ON FUNCTION platform.note_cameras(bigint[], text[]) TO pitview_app;

-- The log of who looks, now also of the picture: as before, with the channel.
DROP FUNCTION platform.note_viewers(text, bigint[]);
CREATE FUNCTION platform.note_viewers(p_server text, p_channel text, p_sessions bigint[])
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
    WHERE v.server = p_server AND v.ended_at IS NULL AND v.channel = p_channel
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
    WHERE p_channel = 'live'
      AND NOT EXISTS (SELECT FROM public.view_sessions v
                      WHERE v.workshop_id = f.workshop_id AND v.job_id = f.job_id AND v.session_id = f.session_id
                        AND coalesce(v.ended_at, now()) > now() - interval '5 minutes')
    GROUP BY 1, 2, 3
    ON CONFLICT ON CONSTRAINT tracking_opens_pkey DO UPDATE SET opens = t.opens + excluded.opens
  ), started AS (
    INSERT INTO public.view_sessions (workshop_id, job_id, customer_id, session_id, channel, server)
    SELECT f.workshop_id, f.job_id, f.user_id, f.session_id, p_channel, p_server FROM fresh f
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
COMMENT ON FUNCTION platform.note_viewers(text, text, bigint[]) IS
  'The sessions of customers that look at this server (live: an open page; video: the picture), all of them, at least '
  'every 15 s: begins and ends the rows of view_sessions, counts openings of the page, ends what a dead server left. '
  'Returns what has changed, with the number of sessions that now look at that job.';
GRANT EXECUTE ON FUNCTION platform.note_viewers(text, text, bigint[]) TO pitview_app;
