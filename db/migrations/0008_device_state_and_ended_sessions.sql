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

-- With the start of the assignment: a reading from before it belongs to another pit.
DROP FUNCTION platform.device_directory();
CREATE FUNCTION platform.device_directory()
RETURNS TABLE (device_key bigint, device_id text, license_hash bytea, device_status text,
               workshop_id bigint, workshop_code text, workshop_status text, pit_id bigint, pit_number integer,
               assigned_at timestamptz, subscription_status text, subscription_expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.id, d.device_id, d.license_hash, d.status, d.workshop_id, w.code, w.subscription_status,
         p.id, p.pit_number, a.assigned_at, s.status, s.expires_at
  FROM public.devices d
  JOIN public.workshops w ON w.id = d.workshop_id
  LEFT JOIN public.device_assignments a ON a.device_key = d.id AND a.released_at IS NULL
  LEFT JOIN public.pits p ON p.id = a.pit_id
  LEFT JOIN public.subscriptions s ON s.device_key = d.id
  WHERE d.status <> 'retired'
$$;
COMMENT ON FUNCTION platform.device_directory() IS
  'Every device that may speak, with what the ingest needs to judge and place its messages. Pit and '
  'subscription are null when there is none.';
GRANT EXECUTE ON FUNCTION platform.device_directory() TO pitview_app;
