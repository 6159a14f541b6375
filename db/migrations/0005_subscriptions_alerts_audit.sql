CREATE TABLE public.subscriptions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  device_key bigint NOT NULL CONSTRAINT subscriptions_device_key_key UNIQUE,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'expired')),
  plan text NOT NULL DEFAULT 'basic' CHECK (plan IN ('basic', 'standard', 'premium')),
  monthly_fee_paise bigint NOT NULL CHECK (monthly_fee_paise >= 0),
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_payment_at timestamptz,
  CONSTRAINT subscriptions_device_fkey FOREIGN KEY (workshop_id, device_key) REFERENCES public.devices (workshop_id, id)
);
CREATE INDEX subscriptions_of_workshop ON public.subscriptions (workshop_id, device_key);
COMMENT ON TABLE public.subscriptions IS 'The licence of one device: without an active one its readings are refused.';
COMMENT ON COLUMN public.subscriptions.monthly_fee_paise IS '1/100 rupee.';

CREATE TABLE public.alerts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  pit_id bigint,
  alert_type text NOT NULL CHECK (alert_type ~ '^[a-z0-9_]{1,50}$'),
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  message text NOT NULL CHECK (length(message) BETWEEN 1 AND 500),
  acknowledged boolean NOT NULL DEFAULT false,
  acknowledged_by bigint,
  acknowledged_at timestamptz,
  resolved_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT alerts_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits (workshop_id, id),
  CONSTRAINT alerts_acknowledged_by_fkey FOREIGN KEY (workshop_id, acknowledged_by)
    REFERENCES public.users (workshop_id, id),
  CONSTRAINT alerts_acknowledged_check CHECK (acknowledged = (acknowledged_at IS NOT NULL)),
  CONSTRAINT alerts_workshop_id_id_key UNIQUE (workshop_id, id)
);
CREATE INDEX alerts_open ON public.alerts (workshop_id, pit_id, alert_type) WHERE resolved_at IS NULL;
CREATE INDEX alerts_of_pit ON public.alerts (workshop_id, pit_id, id);
COMMENT ON TABLE public.alerts IS 'What went out of its limits, and who took notice.';
COMMENT ON COLUMN public.alerts.pit_id IS 'Null when the alert concerns the whole workshop or the platform.';
COMMENT ON COLUMN public.alerts.resolved_at IS 'Null while the cause lasts.';

CREATE TABLE public.audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  at timestamptz NOT NULL DEFAULT now(),
  actor_user_id bigint REFERENCES public.users (id),
  action text NOT NULL CHECK (action ~ '^[a-z0-9_.]{1,80}$'),
  subject_type text NOT NULL CHECK (subject_type ~ '^[a-z0-9_]{1,50}$'),
  subject_id bigint,
  before jsonb,
  after jsonb,
  request_id text CHECK (length(request_id) <= 100),
  ip inet
);
CREATE INDEX audit_log_of_workshop ON public.audit_log (workshop_id, id);
CREATE INDEX audit_log_of_subject ON public.audit_log (workshop_id, subject_type, subject_id, id);
CREATE INDEX audit_log_of_actor ON public.audit_log (workshop_id, actor_user_id, id);
COMMENT ON TABLE public.audit_log IS 'Who did what to what. The server can add to it and read it, never change it.';
COMMENT ON COLUMN public.audit_log.actor_user_id IS
  'Null for what the system did. Not tied to the workshop: a super administrator acts in any of them.';

SELECT platform.protect_tenant_table('public.subscriptions');
SELECT platform.protect_tenant_table('public.alerts');
SELECT platform.protect_tenant_table('public.audit_log');

GRANT SELECT, INSERT, UPDATE ON public.subscriptions, public.alerts TO pitview_app;
GRANT SELECT, INSERT ON public.audit_log TO pitview_app;
GRANT SELECT ON public.subscriptions, public.alerts, public.audit_log TO pitview_readonly;
