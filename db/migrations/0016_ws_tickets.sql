-- Tickets for opening the live connection: any server takes what another one has
-- issued. Not worth a write-ahead log: after a crash browsers ask for new ones.

CREATE UNLOGGED TABLE platform.ws_tickets (
  ticket_hash bytea PRIMARY KEY CHECK (length(ticket_hash) = 32),
  session_id bigint NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX ws_tickets_of_session ON platform.ws_tickets (session_id);
CREATE INDEX ws_tickets_by_age ON platform.ws_tickets (expires_at);
COMMENT ON TABLE platform.ws_tickets IS 'One-use tickets that are waiting to be used, for some seconds.';
COMMENT ON COLUMN platform.ws_tickets.ticket_hash IS 'SHA-256 of the ticket.';
COMMENT ON COLUMN platform.ws_tickets.session_id IS
  'No foreign key: a session that has gone is looked for when the ticket is used.';

-- Each one clears away a few old ones, without waiting for who does the same.
CREATE FUNCTION platform.issue_ws_ticket(p_hash bytea, p_session_id bigint, p_seconds bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
BEGIN
  DELETE FROM platform.ws_tickets WHERE ticket_hash IN (
    SELECT ticket_hash FROM platform.ws_tickets WHERE expires_at < now()
    ORDER BY expires_at LIMIT 20 FOR UPDATE SKIP LOCKED);
  IF (SELECT count(*) FROM platform.ws_tickets WHERE session_id = p_session_id AND expires_at >= now()) >= 100 THEN
    RETURN false;
  END IF;
  INSERT INTO platform.ws_tickets (ticket_hash, session_id, expires_at)
  VALUES (p_hash, p_session_id, now() + make_interval(secs => p_seconds));
  RETURN true;
END
$$;
COMMENT ON FUNCTION platform.issue_ws_ticket(bytea, bigint, bigint) IS
  'Keeps a ticket of that session for so many seconds; false when a hundred of it are waiting already.';
GRANT EXECUTE ON FUNCTION platform.issue_ws_ticket(bytea, bigint, bigint) TO pitview_app;

CREATE FUNCTION platform.redeem_ws_ticket(p_hash bytea)
RETURNS TABLE (user_id bigint, workshop_id bigint, session_id bigint, role text, good boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH used AS (DELETE FROM platform.ws_tickets WHERE ticket_hash = p_hash RETURNING session_id, expires_at)
  SELECT u.id, u.workshop_id, s.id, u.role,
         t.expires_at > now() AND s.ended_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL
  FROM used t JOIN public.sessions s ON s.id = t.session_id JOIN public.users u ON u.id = s.user_id
$$;
COMMENT ON FUNCTION platform.redeem_ws_ticket(bytea) IS
  'Who holds the ticket, which is used up by this, and whether it and the session are still good; no row for an unknown one.';
GRANT EXECUTE ON FUNCTION platform.redeem_ws_ticket(bytea) TO pitview_app;
