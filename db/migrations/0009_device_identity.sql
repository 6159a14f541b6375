-- What a device is made with in the factory, how it comes to a workshop, and what
-- the server has told it (docs/design/device.md, contracts/mqtt).

CREATE TABLE platform.device_batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CONSTRAINT device_batches_name_key UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
  hw_rev text NOT NULL CHECK (length(hw_rev) BETWEEN 1 AND 16),
  registered_by bigint REFERENCES public.users (id),
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE platform.device_batches IS 'Devices that were made together, by the factory.';
COMMENT ON COLUMN platform.device_batches.registered_by IS 'Null for what no person registered, e.g. the demo.';

ALTER TABLE public.devices
  ADD mqtt_password_sealed bytea,
  ADD command_key_sealed bytea,
  ADD hw_rev text CHECK (length(hw_rev) <= 16),
  ADD fw text CHECK (length(fw) <= 32),
  ADD batch_id bigint,
  ADD claim_code_hash bytea CHECK (length(claim_code_hash) = 32),
  ADD claim_expires_at timestamptz,
  ADD claimed_at timestamptz,
  ADD status_reason text NOT NULL DEFAULT '' CHECK (status_reason ~ '^[a-z0-9_]{0,64}$'),
  ADD state_version bigint NOT NULL DEFAULT 1 CHECK (state_version >= 1),
  ADD state_licence text NOT NULL DEFAULT 'unprovisioned'
    CHECK (state_licence IN ('unprovisioned', 'enabled', 'disabled')),
  ADD state_reason text NOT NULL DEFAULT '' CHECK (state_reason ~ '^[a-z0-9_]{0,64}$'),
  ADD acknowledged_version bigint NOT NULL DEFAULT 0 CHECK (acknowledged_version >= 0),
  ADD acknowledged_at timestamptz,
  ADD temperature_offset_centi integer NOT NULL DEFAULT 0 CHECK (temperature_offset_centi BETWEEN -2000 AND 2000),
  ADD humidity_offset_centi integer NOT NULL DEFAULT 0 CHECK (humidity_offset_centi BETWEEN -5000 AND 5000),
  ADD CONSTRAINT devices_claim_check CHECK ((claim_code_hash IS NULL) = (claim_expires_at IS NULL)),
  ADD CONSTRAINT devices_acknowledged_check CHECK (acknowledged_version <= state_version);
COMMENT ON COLUMN public.devices.workshop_id IS 'That of the platform (1) until somebody claims the device.';
COMMENT ON COLUMN public.devices.license_hash IS
  'SHA-256 of the licence key. It identifies; the secrets are the MQTT password and the command key.';
COMMENT ON COLUMN public.devices.mqtt_password_sealed IS
  'AES-256-GCM. Sealed and not hashed, because the broker takes passwords in the clear only, and one that lost its '
  'accounts gets them back from here. Null: no account.';
COMMENT ON COLUMN public.devices.command_key_sealed IS
  'AES-256-GCM of 32 bytes, the key of the HMAC that every command and desired state carries.';
COMMENT ON COLUMN public.devices.fw IS 'As the device said last.';
COMMENT ON COLUMN public.devices.batch_id IS
  'In platform.device_batches. No foreign key: the device moves to a workshop, its batch does not.';
COMMENT ON COLUMN public.devices.claim_code_hash IS
  'SHA-256 of the code on the label. Kept after the claim, so that a used code is told from a wrong one.';
COMMENT ON COLUMN public.devices.status_reason IS 'Why `status` is what it is, as whoever set it said.';
COMMENT ON COLUMN public.devices.state_version IS
  'The counter of contracts/mqtt: the number of the newest command and desired state.';
COMMENT ON COLUMN public.devices.state_licence IS 'What that newest number says the device is to be.';
COMMENT ON COLUMN public.devices.acknowledged_version IS 'The newest number that the device said it obeyed.';
COMMENT ON COLUMN public.devices.temperature_offset_centi IS 'Calibration: 1/100 °C, added by the device.';
COMMENT ON COLUMN public.devices.humidity_offset_centi IS 'Calibration: 1/100 %RH, added by the device.';

-- Devices that were at work before they could be claimed.
UPDATE public.devices SET state_licence = 'enabled' WHERE workshop_id <> 1;

CREATE TABLE public.device_commands (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workshop_id bigint NOT NULL,
  device_key bigint NOT NULL,
  version bigint NOT NULL CHECK (version >= 1),
  command text NOT NULL CHECK (command IN ('DISABLE', 'ENABLE')),
  reason text NOT NULL CHECK (reason ~ '^[a-z0-9_]{0,64}$'),
  sent_at timestamptz NOT NULL DEFAULT now(),
  acknowledged_at timestamptz,
  actor_user_id bigint REFERENCES public.users (id),
  CONSTRAINT device_commands_device_fkey FOREIGN KEY (workshop_id, device_key)
    REFERENCES public.devices (workshop_id, id),
  CONSTRAINT device_commands_version_key UNIQUE (workshop_id, device_key, version)
);
COMMENT ON TABLE public.device_commands IS 'What devices were told to do, and when they said they had.';
COMMENT ON COLUMN public.device_commands.actor_user_id IS
  'Null for what the system did. Not tied to the workshop: a super administrator acts in any of them.';
SELECT platform.protect_tenant_table('public.device_commands');
GRANT SELECT, INSERT ON public.device_commands TO pitview_app;
GRANT SELECT ON public.device_commands TO pitview_readonly;
GRANT SELECT (hw_rev, fw, claimed_at, status_reason, state_version, state_licence, state_reason,
              acknowledged_version, acknowledged_at) ON public.devices TO pitview_readonly;

CREATE FUNCTION platform.known_devices(p_device_ids text[]) RETURNS TABLE (device_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.device_id FROM public.devices d WHERE d.device_id = ANY (p_device_ids)
$$;
COMMENT ON FUNCTION platform.known_devices(text[]) IS 'Which of these ids are taken, in whichever workshop.';
GRANT EXECUTE ON FUNCTION platform.known_devices(text[]) TO pitview_app;

-- The secrets come as hexadecimal text, one of each for every id.
CREATE FUNCTION platform.register_batch(p_name text, p_hw_rev text, p_claim_expires_at timestamptz, p_user_id bigint,
                                        p_device_ids text[], p_license_hashes text[], p_mqtt_passwords_sealed text[],
                                        p_command_keys_sealed text[], p_claim_code_hashes text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  batch bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM public.users u WHERE u.id = p_user_id AND u.role = 'super_admin') THEN
    RAISE EXCEPTION 'only a super administrator registers devices' USING ERRCODE = '42501';
  END IF;
  INSERT INTO platform.device_batches (name, hw_rev, registered_by) VALUES (p_name, p_hw_rev, p_user_id)
  RETURNING id INTO batch;
  INSERT INTO public.devices (workshop_id, device_id, license_hash, mqtt_password_sealed, command_key_sealed, hw_rev,
                              batch_id, claim_code_hash, claim_expires_at)
  SELECT 1, d.id, decode(d.license, 'hex'), decode(d.password, 'hex'), decode(d.key, 'hex'), p_hw_rev,
         batch, decode(d.code, 'hex'), p_claim_expires_at
  FROM unnest(p_device_ids, p_license_hashes, p_mqtt_passwords_sealed, p_command_keys_sealed, p_claim_code_hashes)
       AS d (id, license, password, key, code);
  RETURN batch;
END
$$;
COMMENT ON FUNCTION platform.register_batch(text, text, timestamptz, bigint, text[], text[], text[], text[], text[]) IS
  'New devices that belong to the platform until they are claimed, all or none; returns the batch.';
GRANT EXECUTE ON FUNCTION
  platform.register_batch(text, text, timestamptz, bigint, text[], text[], text[], text[], text[]) TO pitview_app;

CREATE FUNCTION platform.find_device_credentials(p_device_id text)
RETURNS TABLE (device_key bigint, workshop_id bigint, device_status text, mqtt_password_sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.id, d.workshop_id, d.status, d.mqtt_password_sealed FROM public.devices d WHERE d.device_id = p_device_id
$$;
COMMENT ON FUNCTION platform.find_device_credentials(text) IS
  'Who a device is that signs in; no row when there is none of that id.';
GRANT EXECUTE ON FUNCTION platform.find_device_credentials(text) TO pitview_app;

-- The workshop is that of the transaction and no parameter: nobody claims for another.
CREATE FUNCTION platform.claim_device(p_device_id text, p_code_hash bytea)
RETURNS TABLE (outcome text, device_key bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  workshop bigint := public.current_workshop();
  device public.devices%ROWTYPE;
BEGIN
  -- Of claims at the same time the second one waits here and finds the device claimed.
  SELECT * INTO device FROM public.devices d WHERE d.device_id = p_device_id FOR UPDATE;
  IF device.id IS NULL OR device.claim_code_hash IS DISTINCT FROM p_code_hash OR device.claim_code_hash IS NULL THEN
    RETURN QUERY SELECT 'invalid', NULL::bigint;
  ELSIF device.claimed_at IS NOT NULL OR device.workshop_id <> 1 THEN
    RETURN QUERY SELECT 'used', NULL::bigint;
  ELSIF device.claim_expires_at <= now() THEN
    RETURN QUERY SELECT 'expired', NULL::bigint;
  ELSIF workshop = 1 THEN
    RAISE EXCEPTION 'the platform cannot claim a device' USING ERRCODE = '22023';
  ELSE
    UPDATE public.devices d SET workshop_id = workshop, claimed_at = now() WHERE d.id = device.id;
    RETURN QUERY SELECT 'claimed', device.id;
  END IF;
END
$$;
COMMENT ON FUNCTION platform.claim_device(text, bytea) IS
  'Moves an unclaimed device into the workshop of the transaction, given the SHA-256 of its code. outcome: claimed, '
  'invalid (no such device, or not its code), used, expired.';
GRANT EXECUTE ON FUNCTION platform.claim_device(text, bytea) TO pitview_app;

CREATE FUNCTION platform.broker_devices(p_device_key bigint)
RETURNS TABLE (device_key bigint, device_id text, device_status text, mqtt_password_sealed bytea,
               command_key_sealed bytea, workshop_code text, pit_number integer, state_version bigint,
               state_licence text, state_reason text, temperature_offset_centi integer, humidity_offset_centi integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.id, d.device_id, d.status, d.mqtt_password_sealed, d.command_key_sealed, w.code, p.pit_number,
         d.state_version, d.state_licence, d.state_reason, d.temperature_offset_centi, d.humidity_offset_centi
  FROM public.devices d
  JOIN public.workshops w ON w.id = d.workshop_id
  LEFT JOIN public.device_assignments a ON a.device_key = d.id AND a.released_at IS NULL
  LEFT JOIN public.pits p ON p.id = a.pit_id
  WHERE d.workshop_id <> 1 AND d.mqtt_password_sealed IS NOT NULL AND (p_device_key IS NULL OR d.id = p_device_key)
  ORDER BY d.id
$$;
COMMENT ON FUNCTION platform.broker_devices(bigint) IS
  'What the broker must know of a claimed device, or of all of them (null): its account and its desired state. '
  'Retired ones are in it, because their accounts must go.';
GRANT EXECUTE ON FUNCTION platform.broker_devices(bigint) TO pitview_app;

CREATE FUNCTION platform.workshop_of_device(p_device_id text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.workshop_id FROM public.devices d WHERE d.device_id = p_device_id
$$;
COMMENT ON FUNCTION platform.workshop_of_device(text) IS 'For super administrators, who act in any workshop.';
GRANT EXECUTE ON FUNCTION platform.workshop_of_device(text) TO pitview_app;

DROP FUNCTION platform.record_device_status(bigint, boolean, timestamptz);
CREATE FUNCTION platform.record_device_status(p_device_key bigint, p_online boolean, p_at timestamptz,
                                              p_state_version bigint, p_fw text, p_hw_rev text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  confirmed bigint;
BEGIN
  -- A number beyond ours is none that we gave.
  SELECT least(coalesce(p_state_version, 0), d.state_version) INTO confirmed
  FROM public.devices d WHERE d.id = p_device_key FOR UPDATE;
  UPDATE public.devices d SET online = p_online,
    last_seen_at = CASE WHEN p_online THEN greatest(d.last_seen_at, p_at) ELSE d.last_seen_at END,
    fw = coalesce(p_fw, d.fw), hw_rev = coalesce(p_hw_rev, d.hw_rev),
    acknowledged_version = greatest(d.acknowledged_version, confirmed),
    acknowledged_at = CASE WHEN confirmed > d.acknowledged_version THEN p_at ELSE d.acknowledged_at END
  WHERE d.id = p_device_key;
  UPDATE public.device_commands c SET acknowledged_at = p_at
  FROM public.devices d
  WHERE d.id = p_device_key AND c.workshop_id = d.workshop_id AND c.device_key = d.id
    AND c.version <= confirmed AND c.acknowledged_at IS NULL;
END
$$;
COMMENT ON FUNCTION platform.record_device_status(bigint, boolean, timestamptz, bigint, text, text) IS
  'What the device or its last will said, and when; null for what it did not say. Its state_version confirms the '
  'commands up to that number.';
GRANT EXECUTE ON FUNCTION platform.record_device_status(bigint, boolean, timestamptz, bigint, text, text)
  TO pitview_app;

-- With what the device was told to be, so that a change of its licence is noticed.
DROP FUNCTION platform.device_directory();
CREATE FUNCTION platform.device_directory()
RETURNS TABLE (device_key bigint, device_id text, license_hash bytea, device_status text,
               workshop_id bigint, workshop_code text, workshop_status text, pit_id bigint, pit_number integer,
               assigned_at timestamptz, subscription_status text, subscription_expires_at timestamptz,
               state_licence text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.id, d.device_id, d.license_hash, d.status, d.workshop_id, w.code, w.subscription_status,
         p.id, p.pit_number, a.assigned_at, s.status, s.expires_at, d.state_licence
  FROM public.devices d
  JOIN public.workshops w ON w.id = d.workshop_id
  LEFT JOIN public.device_assignments a ON a.device_key = d.id AND a.released_at IS NULL
  LEFT JOIN public.pits p ON p.id = a.pit_id
  LEFT JOIN public.subscriptions s ON s.device_key = d.id
  WHERE d.status <> 'retired' AND d.workshop_id <> 1
$$;
COMMENT ON FUNCTION platform.device_directory() IS
  'Every device that may speak, with what the ingest needs to judge and place its messages. Pit and '
  'subscription are null when there is none. A device that nobody claimed has no place and is not in it.';
GRANT EXECUTE ON FUNCTION platform.device_directory() TO pitview_app;
