-- When a right ended, so that a job that began before is served to its end (decisions
-- D44, D45), and what devices sent without a right.

ALTER TABLE public.subscriptions ADD status_since timestamptz NOT NULL DEFAULT now();
UPDATE public.subscriptions SET status_since = created_at;
COMMENT ON COLUMN public.subscriptions.status_since IS 'When `status` became what it is; kept by a trigger.';

ALTER TABLE public.workshops ADD status_since timestamptz NOT NULL DEFAULT now();
UPDATE public.workshops SET status_since = created_at;
COMMENT ON COLUMN public.workshops.status_since IS 'When `subscription_status` became what it is; kept by a trigger.';

CREATE FUNCTION platform.note_status_since() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.status_since := now();
  RETURN NEW;
END
$$;
CREATE TRIGGER note_status_since BEFORE UPDATE ON public.subscriptions FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION platform.note_status_since();
CREATE TRIGGER note_status_since BEFORE UPDATE ON public.workshops FOR EACH ROW
  WHEN (OLD.subscription_status IS DISTINCT FROM NEW.subscription_status)
  EXECUTE FUNCTION platform.note_status_since();

DROP FUNCTION platform.device_directory();
CREATE FUNCTION platform.device_directory()
RETURNS TABLE (device_key bigint, device_id text, license_hash bytea, device_status text,
               workshop_id bigint, workshop_code text, workshop_status text, workshop_since timestamptz, pit_id bigint,
               pit_number integer, assigned_at timestamptz, subscription_status text, subscription_since timestamptz,
               subscription_expires_at timestamptz, state_licence text, job_since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.id, d.device_id, d.license_hash, d.status, d.workshop_id, w.code, w.subscription_status, w.status_since,
         p.id, p.pit_number, a.assigned_at, s.status, s.status_since, s.expires_at, d.state_licence, j.actual_start_time
  FROM public.devices d
  JOIN public.workshops w ON w.id = d.workshop_id
  LEFT JOIN public.device_assignments a ON a.device_key = d.id AND a.released_at IS NULL
  LEFT JOIN public.pits p ON p.id = a.pit_id
  LEFT JOIN public.subscriptions s ON s.device_key = d.id
  LEFT JOIN public.jobs j ON j.workshop_id = d.workshop_id AND j.pit_id = a.pit_id
   AND j.status IN ('in_progress', 'on_hold', 'quality_check')
  WHERE d.status <> 'retired' AND d.workshop_id <> 1
$$;
COMMENT ON FUNCTION platform.device_directory() IS
  'Every device that may speak, with what the ingest needs to judge and place its messages. Pit, subscription and '
  'running job are null when there is none. A device that nobody claimed has no place and is not in it.';
GRANT EXECUTE ON FUNCTION platform.device_directory() TO pitview_app;

CREATE FUNCTION platform.workshop_of_subscription(p_subscription_id bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT s.workshop_id FROM public.subscriptions s WHERE s.id = p_subscription_id
$$;
COMMENT ON FUNCTION platform.workshop_of_subscription(bigint) IS
  'For super administrators, who act in any workshop.';
GRANT EXECUTE ON FUNCTION platform.workshop_of_subscription(bigint) TO pitview_app;

CREATE TABLE platform.licence_violations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_id text NOT NULL CHECK (length(device_id) <= 64),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 120),
  hour timestamptz NOT NULL,
  messages bigint NOT NULL CHECK (messages > 0),
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  CONSTRAINT licence_violations_key UNIQUE (hour, device_id, reason)
);
CREATE INDEX licence_violations_of_device ON platform.licence_violations (device_id, id);
COMMENT ON TABLE platform.licence_violations IS
  'Messages that devices had no right to send (plan §4.1, §5.2): how many in each hour, kept for 90 days.';
COMMENT ON COLUMN platform.licence_violations.device_id IS
  'As the message said; it need not exist. Empty: many different ones that do not exist.';
COMMENT ON COLUMN platform.licence_violations.reason IS 'In the plan''s words, such as "Payment overdue".';

CREATE FUNCTION platform.record_violations(p_device_ids text[], p_reasons text[], p_hours_s bigint[],
                                           p_messages bigint[], p_first_us bigint[], p_last_us bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  -- In the order of the key, so that two servers cannot deadlock.
  INSERT INTO platform.licence_violations AS v (device_id, reason, hour, messages, first_at, last_at)
  SELECT n.device_id, n.reason, to_timestamp(n.hour_s), n.messages,
         'epoch'::timestamptz + n.first_us * interval '1 microsecond',
         'epoch'::timestamptz + n.last_us * interval '1 microsecond'
  FROM unnest(p_device_ids, p_reasons, p_hours_s, p_messages, p_first_us, p_last_us)
       AS n (device_id, reason, hour_s, messages, first_us, last_us)
  ORDER BY n.hour_s, n.device_id, n.reason
  ON CONFLICT (hour, device_id, reason) DO UPDATE SET
    messages = v.messages + excluded.messages,
    first_at = least(v.first_at, excluded.first_at),
    last_at = greatest(v.last_at, excluded.last_at)
$$;
COMMENT ON FUNCTION platform.record_violations(text[], text[], bigint[], bigint[], bigint[], bigint[]) IS
  'Adds to the counts: one of each for every device, reason and hour.';
GRANT EXECUTE ON FUNCTION platform.record_violations(text[], text[], bigint[], bigint[], bigint[], bigint[])
  TO pitview_app;

CREATE FUNCTION platform.list_violations(p_device_id text, p_workshop_id bigint, p_before bigint, p_limit integer)
RETURNS TABLE (id bigint, device_id text, workshop_id bigint, workshop_code text, reason text, hour timestamptz,
               messages bigint, first_at timestamptz, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT v.id, v.device_id, w.id, w.code, v.reason, v.hour, v.messages, v.first_at, v.last_at
  FROM platform.licence_violations v
  LEFT JOIN public.devices d ON d.device_id = v.device_id
  LEFT JOIN public.workshops w ON w.id = d.workshop_id
  WHERE (p_device_id IS NULL OR v.device_id = p_device_id) AND (p_workshop_id IS NULL OR w.id = p_workshop_id)
    AND (p_before IS NULL OR v.id < p_before)
  ORDER BY v.id DESC LIMIT p_limit
$$;
COMMENT ON FUNCTION platform.list_violations(text, bigint, bigint, integer) IS
  'For super administrators: a page of them, the newest hours first; null: of every device, of every workshop.';
GRANT EXECUTE ON FUNCTION platform.list_violations(text, bigint, bigint, integer) TO pitview_app;

CREATE FUNCTION platform.prune_violations() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH gone AS (DELETE FROM platform.licence_violations WHERE hour < now() - interval '90 days' RETURNING 1)
  SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION platform.prune_violations() IS 'Housekeeping, hourly; returns how many rows went.';
GRANT EXECUTE ON FUNCTION platform.prune_violations() TO pitview_app;
