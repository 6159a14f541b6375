-- Alerts that are raised once, end by themselves and remember what was done about
-- them; and the rules by which workshops want to be told (docs/design/alerts.md).

ALTER TABLE public.alerts
  ADD value double precision,
  ADD snoozed_until timestamptz,
  ADD CONSTRAINT alerts_resolved_check CHECK (resolved_at IS NULL OR snoozed_until IS NULL);
COMMENT ON COLUMN public.alerts.value IS 'What was measured when it was raised or became critical; null for what is not there.';
COMMENT ON COLUMN public.alerts.snoozed_until IS 'Nobody is to be reminded before; null when it is over.';
COMMENT ON COLUMN public.alerts.created_at IS 'When it was raised; identifies it to the engine that judges.';

-- Whoever judges, and however often: one thing that is wrong is one open alert.
DROP INDEX public.alerts_open;
CREATE UNIQUE INDEX alerts_one_open ON public.alerts (workshop_id, pit_id, alert_type)
  NULLS NOT DISTINCT WHERE resolved_at IS NULL;

CREATE TABLE public.alert_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  alert_id bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  event text NOT NULL CHECK (event IN
    ('raised', 'escalated', 'acknowledged', 'snoozed', 'snooze_ended', 'resolved')),
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  value double precision,
  detail text NOT NULL DEFAULT '' CHECK (length(detail) <= 500),
  actor_id bigint,
  CONSTRAINT alert_events_alert_fkey FOREIGN KEY (workshop_id, alert_id) REFERENCES public.alerts (workshop_id, id),
  CONSTRAINT alert_events_actor_fkey FOREIGN KEY (workshop_id, actor_id) REFERENCES public.users (workshop_id, id)
);
CREATE INDEX alert_events_of_alert ON public.alert_events (workshop_id, alert_id, id);
COMMENT ON TABLE public.alert_events IS
  'What happened to alerts, in the order of id: the server can add to it and read it. Messages to people start here.';
COMMENT ON COLUMN public.alert_events.detail IS
  'What the alert said, until when it is snoozed, or why it is over: back_to_normal, rule_disabled, not_watched.';
COMMENT ON COLUMN public.alert_events.actor_id IS 'Null for what the system did.';

CREATE TABLE public.alert_rules (
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  work_type text NOT NULL DEFAULT '' CHECK (length(work_type) <= 80),
  stage text NOT NULL DEFAULT '' CHECK (length(stage) <= 80),
  alert_type text NOT NULL CHECK (alert_type ~ '^[a-z0-9_]{1,50}$'),
  enabled boolean NOT NULL,
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  low double precision,
  high double precision,
  critical_low double precision,
  critical_high double precision,
  hysteresis double precision NOT NULL CHECK (hysteresis >= 0),
  for_seconds integer NOT NULL CHECK (for_seconds BETWEEN 0 AND 86400),
  escalate_after_seconds integer CHECK (escalate_after_seconds BETWEEN 1 AND 86400),
  PRIMARY KEY (workshop_id, work_type, stage, alert_type),
  CONSTRAINT alert_rules_scope_check CHECK (stage = '' OR work_type <> ''),
  CONSTRAINT alert_rules_order_check CHECK (critical_low < low AND low < high AND high < critical_high)
);
COMMENT ON TABLE public.alert_rules IS
  'Where a workshop judges otherwise than the standard rules of the program: in all of its work, in a kind of work, '
  'or in one stage of it. The narrowest row holds.';
COMMENT ON COLUMN public.alert_rules.work_type IS
  'As jobs name it, so that a job is judged by the names it was booked with; empty: all.';
COMMENT ON COLUMN public.alert_rules.stage IS 'Of the work type; empty: all.';

SELECT platform.protect_tenant_table('public.alert_events');
SELECT platform.protect_tenant_table('public.alert_rules');
GRANT SELECT, INSERT ON public.alert_events TO pitview_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.alert_rules TO pitview_app;
GRANT SELECT ON public.alert_events, public.alert_rules TO pitview_readonly;

-- What the one server that judges must know of all workshops.
CREATE FUNCTION platform.watched_pits()
RETURNS TABLE (workshop_id bigint, pit_id bigint, has_camera boolean, device_seen boolean, work_type text, stage text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT p.workshop_id, p.id, p.camera_rtsp_url_sealed IS NOT NULL, coalesce(d.last_seen_at >= a.assigned_at, false),
         coalesce(j.work_type, ''), coalesce(s.name, '')
  FROM public.pits p
  LEFT JOIN public.device_assignments a ON a.pit_id = p.id AND a.released_at IS NULL
  LEFT JOIN public.devices d ON d.id = a.device_key
  LEFT JOIN public.jobs j ON j.workshop_id = p.workshop_id AND j.pit_id = p.id
    AND j.status IN ('in_progress', 'on_hold', 'quality_check')
  LEFT JOIN LATERAL (
    SELECT name FROM public.job_stages
    WHERE workshop_id = j.workshop_id AND job_id = j.id AND started_at IS NOT NULL AND finished_at IS NULL
    ORDER BY position LIMIT 1) s ON true
  WHERE p.status = 'active'
$$;
COMMENT ON FUNCTION platform.watched_pits() IS
  'Every pit in use: those in maintenance or disabled raise no alerts. Work type and stage are those of the running '
  'job, empty without one; device_seen: its device has been heard since it came there.';
GRANT EXECUTE ON FUNCTION platform.watched_pits() TO pitview_app;

CREATE FUNCTION platform.alert_rules_of_all()
RETURNS TABLE (workshop_id bigint, work_type text, stage text, alert_type text, enabled boolean, severity text,
               low double precision, high double precision, critical_low double precision,
               critical_high double precision, hysteresis double precision, for_seconds integer,
               escalate_after_seconds integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT workshop_id, work_type, stage, alert_type, enabled, severity, low, high, critical_low, critical_high,
         hysteresis, for_seconds, escalate_after_seconds
  FROM public.alert_rules ORDER BY workshop_id, work_type, stage
$$;
COMMENT ON FUNCTION platform.alert_rules_of_all() IS 'The wider ones of a workshop come before the narrower.';
GRANT EXECUTE ON FUNCTION platform.alert_rules_of_all() TO pitview_app;

CREATE FUNCTION platform.open_alerts()
RETURNS TABLE (workshop_id bigint, pit_id bigint, alert_type text, severity text, created_at timestamptz,
               acknowledged boolean, snoozed_until timestamptz, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT workshop_id, pit_id, alert_type, severity, created_at, acknowledged, snoozed_until, value
  FROM public.alerts WHERE resolved_at IS NULL
$$;
COMMENT ON FUNCTION platform.open_alerts() IS 'For a server that starts.';
GRANT EXECUTE ON FUNCTION platform.open_alerts() TO pitview_app;
