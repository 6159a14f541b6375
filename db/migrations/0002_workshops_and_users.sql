CREATE TABLE public.workshops (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 2) PRIMARY KEY,
  code text NOT NULL CONSTRAINT workshops_code_key UNIQUE
    CONSTRAINT workshops_code_check CHECK (code ~ '^workshop_[0-9]{3,}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  address text NOT NULL DEFAULT '' CHECK (length(address) <= 500),
  phone text NOT NULL DEFAULT '' CHECK (length(phone) <= 20),
  timezone text NOT NULL DEFAULT 'Asia/Kolkata' CHECK (length(timezone) BETWEEN 1 AND 64),
  owner_id bigint,
  subscription_status text NOT NULL DEFAULT 'trial' CHECK (subscription_status IN
    ('trial', 'active', 'past_due', 'grace', 'restricted', 'suspended', 'cancelled', 'expired')),
  subscription_expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE public.workshops IS 'One row per customer of the platform. Row 1 is the platform itself.';
COMMENT ON COLUMN public.workshops.code IS 'What people and MQTT topics see, e.g. workshop_042.';
COMMENT ON COLUMN public.workshops.timezone IS 'IANA name; times are stored in UTC and shown in this zone.';
COMMENT ON COLUMN public.workshops.owner_id IS 'Null only while the workshop is being set up.';

-- Super administrators belong to it, so that no user is without a workshop.
INSERT INTO public.workshops (id, code, name, subscription_status)
OVERRIDING SYSTEM VALUE VALUES (1, 'workshop_000', 'PitView platform', 'active');

CREATE TABLE public.users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  username text NOT NULL CHECK (length(username) BETWEEN 1 AND 50 AND username !~ '\s'),
  display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 120),
  email text CHECK (length(email) BETWEEN 3 AND 254),
  phone_sealed bytea,
  phone_lookup bytea CHECK (length(phone_lookup) = 32),
  password_hash text NOT NULL,
  role text NOT NULL CHECK (role IN ('super_admin', 'owner', 'manager', 'operator', 'customer')),
  must_change_password boolean NOT NULL DEFAULT false,
  password_expires_at timestamptz,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_login_at timestamptz,
  CONSTRAINT users_workshop_id_id_key UNIQUE (workshop_id, id),
  CONSTRAINT users_phone_check CHECK ((phone_sealed IS NULL) = (phone_lookup IS NULL)),
  -- No workshop can give itself a super administrator.
  CONSTRAINT users_super_admin_check CHECK ((role = 'super_admin') = (workshop_id = 1))
);
CREATE UNIQUE INDEX users_username_key ON public.users (lower(username));
CREATE UNIQUE INDEX users_customer_phone_key ON public.users (workshop_id, phone_lookup)
  WHERE role = 'customer' AND phone_lookup IS NOT NULL;
COMMENT ON TABLE public.users IS 'Everyone who can log in: staff, customers and super administrators.';
COMMENT ON COLUMN public.users.username IS 'Unique on the whole platform, whatever its case: login knows no workshop yet.';
COMMENT ON COLUMN public.users.phone_sealed IS 'The E.164 number, AES-256-GCM.';
COMMENT ON COLUMN public.users.phone_lookup IS
  'HMAC-SHA-256 of the E.164 number: finds a returning customer without keeping the number readable.';
COMMENT ON COLUMN public.users.password_hash IS 'bcrypt.';
COMMENT ON COLUMN public.users.password_expires_at IS 'Temporary passwords only; null means it does not expire.';

ALTER TABLE public.workshops ADD CONSTRAINT workshops_owner_fkey
  FOREIGN KEY (id, owner_id) REFERENCES public.users (workshop_id, id);

CREATE TABLE public.sessions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  user_id bigint NOT NULL,
  refresh_hash bytea NOT NULL CONSTRAINT sessions_refresh_hash_key UNIQUE CHECK (length(refresh_hash) = 32),
  previous_refresh_hash bytea CHECK (length(previous_refresh_hash) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  end_reason text CHECK (length(end_reason) <= 50),
  ip inet,
  user_agent text CHECK (length(user_agent) <= 500),
  CONSTRAINT sessions_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users (workshop_id, id),
  CONSTRAINT sessions_end_check CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  CONSTRAINT sessions_workshop_id_id_key UNIQUE (workshop_id, id)
);
CREATE UNIQUE INDEX sessions_previous_refresh_hash_key ON public.sessions (previous_refresh_hash)
  WHERE previous_refresh_hash IS NOT NULL;
CREATE INDEX sessions_of_user ON public.sessions (workshop_id, user_id, ended_at);
COMMENT ON TABLE public.sessions IS 'A login until it ends by logout, expiry, suspension or the end of the job.';
COMMENT ON COLUMN public.sessions.refresh_hash IS 'SHA-256 of the refresh token that is valid now.';
COMMENT ON COLUMN public.sessions.previous_refresh_hash IS
  'SHA-256 of the one before: whoever shows it again has stolen it, or was stolen from.';
COMMENT ON COLUMN public.sessions.expires_at IS 'The absolute end; refreshing does not move it.';

SELECT platform.protect_tenant_table('public.workshops', 'id');
SELECT platform.protect_tenant_table('public.users');
SELECT platform.protect_tenant_table('public.sessions');

GRANT SELECT, UPDATE (name, address, phone, timezone) ON public.workshops TO pitview_app;
GRANT SELECT, INSERT, UPDATE ON public.users, public.sessions TO pitview_app;
GRANT SELECT ON public.workshops TO pitview_readonly;
GRANT SELECT (id, workshop_id, username, display_name, role, must_change_password, disabled_at, created_at,
              last_login_at) ON public.users TO pitview_readonly;
GRANT SELECT (id, workshop_id, user_id, created_at, last_used_at, expires_at, ended_at, end_reason)
  ON public.sessions TO pitview_readonly;
