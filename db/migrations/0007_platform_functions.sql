-- What the server must know before it knows the workshop: who logs in, whose
-- session it is, which device speaks. Each function runs as pitview_owner and
-- answers exactly one question; there is no general way across workshops.

CREATE FUNCTION platform.find_login(p_username text)
RETURNS TABLE (user_id bigint, workshop_id bigint, username text, display_name text, role text, password_hash text,
               must_change_password boolean, password_expires_at timestamptz, disabled_at timestamptz,
               workshop_code text, workshop_status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT u.id, u.workshop_id, u.username, u.display_name, u.role, u.password_hash,
         u.must_change_password, u.password_expires_at, u.disabled_at, w.code, w.subscription_status
  FROM public.users u JOIN public.workshops w ON w.id = u.workshop_id
  WHERE lower(u.username) = lower(p_username)
$$;
COMMENT ON FUNCTION platform.find_login(text) IS 'The account of that name, whatever its case; no row when there is none.';
GRANT EXECUTE ON FUNCTION platform.find_login(text) TO pitview_app;

CREATE FUNCTION platform.find_session(p_session_id bigint)
RETURNS TABLE (session_id bigint, user_id bigint, workshop_id bigint, username text, display_name text, role text,
               must_change_password boolean, password_expires_at timestamptz, disabled_at timestamptz,
               workshop_code text, workshop_status text, created_at timestamptz, last_used_at timestamptz,
               expires_at timestamptz, ended_at timestamptz, end_reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT s.id, u.id, u.workshop_id, u.username, u.display_name, u.role,
         u.must_change_password, u.password_expires_at, u.disabled_at, w.code, w.subscription_status,
         s.created_at, s.last_used_at, s.expires_at, s.ended_at, s.end_reason
  FROM public.sessions s
  JOIN public.users u ON u.id = s.user_id
  JOIN public.workshops w ON w.id = s.workshop_id
  WHERE s.id = p_session_id
$$;
COMMENT ON FUNCTION platform.find_session(bigint) IS
  'The session with its user and workshop, ended and expired ones too: the caller judges by the columns.';
GRANT EXECUTE ON FUNCTION platform.find_session(bigint) TO pitview_app;

CREATE FUNCTION platform.find_session_by_refresh(p_hash bytea)
RETURNS TABLE (session_id bigint, user_id bigint, workshop_id bigint, username text, display_name text, role text,
               must_change_password boolean, password_expires_at timestamptz, disabled_at timestamptz,
               workshop_code text, workshop_status text, created_at timestamptz, last_used_at timestamptz,
               expires_at timestamptz, ended_at timestamptz, end_reason text, reused boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT f.*, s.reused
  FROM (SELECT id, false AS reused FROM public.sessions WHERE refresh_hash = p_hash
        UNION ALL
        SELECT id, true FROM public.sessions WHERE previous_refresh_hash = p_hash) s,
       platform.find_session(s.id) f
  ORDER BY s.reused LIMIT 1
$$;
COMMENT ON FUNCTION platform.find_session_by_refresh(bytea) IS
  'The session of a refresh token (its SHA-256). `reused`: the token is the one before the present one.';
GRANT EXECUTE ON FUNCTION platform.find_session_by_refresh(bytea) TO pitview_app;

CREATE FUNCTION platform.device_directory()
RETURNS TABLE (device_key bigint, device_id text, license_hash bytea, device_status text,
               workshop_id bigint, workshop_code text, workshop_status text, pit_id bigint, pit_number integer,
               subscription_status text, subscription_expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.id, d.device_id, d.license_hash, d.status, d.workshop_id, w.code, w.subscription_status,
         p.id, p.pit_number, s.status, s.expires_at
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

CREATE TABLE platform.login_failures (
  username_key text NOT NULL CHECK (length(username_key) <= 50),
  ip inet NOT NULL,
  failures integer NOT NULL CHECK (failures >= 1),
  first_failed_at timestamptz NOT NULL,
  locked_until timestamptz,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (username_key, ip)
);
CREATE INDEX login_failures_by_age ON platform.login_failures (updated_at);
COMMENT ON TABLE platform.login_failures IS
  'Failed logins per account and address: a stranger can lock out an address, never an account.';
COMMENT ON COLUMN platform.login_failures.username_key IS 'As typed, in lower case and cut; need not exist.';
COMMENT ON COLUMN platform.login_failures.first_failed_at IS 'Start of the 15 minutes in which failures are counted.';

CREATE FUNCTION platform.login_key(p_username text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN left(lower(p_username), 50);

CREATE FUNCTION platform.record_login_failure(p_username text, p_ip inet)
RETURNS TABLE (failures integer, locked_until timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  INSERT INTO platform.login_failures AS f (username_key, ip, failures, first_failed_at, updated_at)
  VALUES (platform.login_key(p_username), p_ip, 1, now(), now())
  ON CONFLICT (username_key, ip) DO UPDATE SET
    failures = CASE WHEN f.first_failed_at <= now() - interval '15 minutes' THEN 1 ELSE f.failures + 1 END,
    first_failed_at = CASE WHEN f.first_failed_at <= now() - interval '15 minutes' THEN now() ELSE f.first_failed_at END,
    locked_until = CASE
      WHEN f.locked_until > now() THEN f.locked_until
      WHEN f.first_failed_at > now() - interval '15 minutes' AND f.failures + 1 >= 5 THEN now() + interval '15 minutes'
    END,
    updated_at = now()
  RETURNING f.failures, f.locked_until
$$;
COMMENT ON FUNCTION platform.record_login_failure(text, inet) IS
  'Counts a failed login; the fifth within 15 minutes locks that account for that address for 15 minutes.';
GRANT EXECUTE ON FUNCTION platform.record_login_failure(text, inet) TO pitview_app;

CREATE FUNCTION platform.clear_login_failures(p_username text, p_ip inet) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  DELETE FROM platform.login_failures WHERE username_key = platform.login_key(p_username) AND ip = p_ip
$$;
COMMENT ON FUNCTION platform.clear_login_failures(text, inet) IS 'After a successful login.';
GRANT EXECUTE ON FUNCTION platform.clear_login_failures(text, inet) TO pitview_app;

CREATE FUNCTION platform.login_locked_until(p_username text, p_ip inet) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT locked_until FROM platform.login_failures
  WHERE username_key = platform.login_key(p_username) AND ip = p_ip AND locked_until > now()
$$;
COMMENT ON FUNCTION platform.login_locked_until(text, inet) IS 'Null when a login may be tried now.';
GRANT EXECUTE ON FUNCTION platform.login_locked_until(text, inet) TO pitview_app;

CREATE FUNCTION platform.forget_old_login_failures() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH gone AS (DELETE FROM platform.login_failures WHERE updated_at < now() - interval '1 day' RETURNING 1)
  SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION platform.forget_old_login_failures() IS 'Housekeeping, daily; returns how many rows went.';
GRANT EXECUTE ON FUNCTION platform.forget_old_login_failures() TO pitview_app;
