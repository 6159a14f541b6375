-- Two more questions across workshops: what a device says of itself, and which
-- sessions have just ended (their access tokens are good for some minutes more).

CREATE FUNCTION platform.record_device_status(p_device_key bigint, p_online boolean, p_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  UPDATE public.devices SET online = p_online,
    last_seen_at = CASE WHEN p_online THEN greatest(last_seen_at, p_at) ELSE last_seen_at END
  WHERE id = p_device_key
$$;
COMMENT ON FUNCTION platform.record_device_status(bigint, boolean, timestamptz) IS
  'What the device or its last will said, and when.';
GRANT EXECUTE ON FUNCTION platform.record_device_status(bigint, boolean, timestamptz) TO pitview_app;

CREATE INDEX sessions_ended ON public.sessions (ended_at) WHERE ended_at IS NOT NULL;

CREATE FUNCTION platform.ended_sessions(p_since timestamptz) RETURNS TABLE (session_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT id FROM public.sessions WHERE ended_at >= p_since
$$;
COMMENT ON FUNCTION platform.ended_sessions(timestamptz) IS 'Of all workshops; for a server that starts.';
GRANT EXECUTE ON FUNCTION platform.ended_sessions(timestamptz) TO pitview_app;
