CREATE TABLE public.pits (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  pit_number integer NOT NULL CHECK (pit_number BETWEEN 1 AND 999),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled', 'maintenance')),
  camera_model text CHECK (length(camera_model) <= 100),
  camera_ip inet,
  camera_rtsp_url_sealed bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pits_workshop_id_id_key UNIQUE (workshop_id, id),
  CONSTRAINT pits_workshop_id_pit_number_key UNIQUE (workshop_id, pit_number)
);
COMMENT ON TABLE public.pits IS 'A place where one car is worked on, with at most one camera and one device.';
COMMENT ON COLUMN public.pits.camera_rtsp_url_sealed IS 'AES-256-GCM: the address contains the camera''s password.';

CREATE TABLE public.staff_pit_permissions (
  workshop_id bigint NOT NULL,
  user_id bigint NOT NULL,
  pit_id bigint NOT NULL,
  PRIMARY KEY (workshop_id, user_id, pit_id),
  CONSTRAINT staff_pit_permissions_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users (workshop_id, id),
  CONSTRAINT staff_pit_permissions_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits (workshop_id, id)
);
CREATE INDEX staff_pit_permissions_of_pit ON public.staff_pit_permissions (workshop_id, pit_id);
COMMENT ON TABLE public.staff_pit_permissions IS 'The pits an operator may see; owners and managers see all without a row.';

CREATE TABLE public.devices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL REFERENCES public.workshops (id),
  device_id text NOT NULL CONSTRAINT devices_device_id_key UNIQUE
    CONSTRAINT devices_device_id_check CHECK (device_id ~ '^ESP32-[0-9A-F]{12}$'),
  license_hash bytea NOT NULL CONSTRAINT devices_license_hash_key UNIQUE CHECK (length(license_hash) = 32),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled', 'retired')),
  online boolean NOT NULL DEFAULT false,
  last_seen_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT devices_workshop_id_id_key UNIQUE (workshop_id, id)
-- last_seen_at changes all day: room on the page lets the new version stay there without touching an index.
) WITH (fillfactor = 70);
COMMENT ON TABLE public.devices IS 'Sensor boxes. `id` is the device_key of other tables; device_id is printed on the box.';
COMMENT ON COLUMN public.devices.device_id IS 'ESP32- and the base MAC in upper-case hexadecimal.';
COMMENT ON COLUMN public.devices.license_hash IS 'SHA-256 of the licence key. It identifies; the secret is the MQTT password.';
COMMENT ON COLUMN public.devices.online IS 'What the device or its MQTT last will said last.';
COMMENT ON COLUMN public.devices.last_seen_at IS 'Of the last reading, up to 30 s behind.';

CREATE TABLE public.device_assignments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  device_key bigint NOT NULL,
  pit_id bigint NOT NULL,
  assigned_at timestamptz NOT NULL DEFAULT now(),
  released_at timestamptz,
  CONSTRAINT device_assignments_device_fkey FOREIGN KEY (workshop_id, device_key) REFERENCES public.devices (workshop_id, id),
  CONSTRAINT device_assignments_pit_fkey FOREIGN KEY (workshop_id, pit_id) REFERENCES public.pits (workshop_id, id),
  CONSTRAINT device_assignments_order_check CHECK (released_at > assigned_at),
  CONSTRAINT device_assignments_one_pit_at_a_time
    EXCLUDE USING gist (device_key WITH =, tstzrange(assigned_at, released_at) WITH &&),
  CONSTRAINT device_assignments_one_device_at_a_time
    EXCLUDE USING gist (pit_id WITH =, tstzrange(assigned_at, released_at) WITH &&)
);
CREATE INDEX device_assignments_of_device ON public.device_assignments (device_key, assigned_at);
CREATE INDEX device_assignments_of_pit ON public.device_assignments (workshop_id, pit_id, assigned_at);
COMMENT ON TABLE public.device_assignments IS
  'Which device was at which pit and when: a late reading goes to the pit where it was measured.';
COMMENT ON COLUMN public.device_assignments.released_at IS 'Null while the device is there.';

SELECT platform.protect_tenant_table('public.pits');
SELECT platform.protect_tenant_table('public.staff_pit_permissions');
SELECT platform.protect_tenant_table('public.devices');
SELECT platform.protect_tenant_table('public.device_assignments');

GRANT SELECT, INSERT, UPDATE ON public.pits, public.devices, public.device_assignments TO pitview_app;
GRANT SELECT, INSERT, DELETE ON public.staff_pit_permissions TO pitview_app;
GRANT SELECT ON public.staff_pit_permissions, public.device_assignments TO pitview_readonly;
GRANT SELECT (id, workshop_id, pit_number, name, status, camera_model, camera_ip, created_at)
  ON public.pits TO pitview_readonly;
GRANT SELECT (id, workshop_id, device_id, status, online, last_seen_at, created_at)
  ON public.devices TO pitview_readonly;
