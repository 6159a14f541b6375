-- Firmware for devices: releases, the campaigns that offer them, and what became of
-- each device they were offered to (docs/design/device.md, OTA).

CREATE TABLE platform.firmware_releases (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  version text NOT NULL CHECK (version ~ '^(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}$'),
  hw_rev text NOT NULL CHECK (length(hw_rev) BETWEEN 1 AND 16),
  notes text NOT NULL CHECK (length(notes) <= 4000),
  image bytea NOT NULL CHECK (length(image) BETWEEN 1 AND 1638400),
  sha256 bytea NOT NULL CHECK (sha256 = sha256(image)),
  signature bytea NOT NULL CHECK (length(signature) BETWEEN 1 AND 72),
  created_by bigint NOT NULL REFERENCES public.users (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT firmware_releases_version_key UNIQUE (version, hw_rev)
);
-- An image does not compress.
ALTER TABLE platform.firmware_releases ALTER COLUMN image SET STORAGE EXTERNAL;
COMMENT ON TABLE platform.firmware_releases IS 'Images for devices of one board revision, as they were signed.';
COMMENT ON COLUMN platform.firmware_releases.image IS 'At most 1600 KiB, the slot of a device.';
COMMENT ON COLUMN platform.firmware_releases.signature IS
  'ECDSA P-256 in DER over version, revision, size and SHA-256. Its private key is not on the server.';

CREATE TABLE platform.firmware_campaigns (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  release_id bigint NOT NULL
    CONSTRAINT firmware_campaigns_release_fkey REFERENCES platform.firmware_releases (id),
  workshop_codes text[] CHECK (cardinality(workshop_codes) BETWEEN 1 AND 500),
  batch text CHECK (length(batch) BETWEEN 1 AND 100),
  percentage integer NOT NULL CHECK (percentage BETWEEN 1 AND 100),
  max_failure_percent integer NOT NULL CHECK (max_failure_percent BETWEEN 1 AND 100),
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'stopped', 'halted')),
  created_by bigint NOT NULL REFERENCES public.users (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX firmware_campaigns_of_release ON platform.firmware_campaigns (release_id);
COMMENT ON TABLE platform.firmware_campaigns IS 'To whom a release is offered.';
COMMENT ON COLUMN platform.firmware_campaigns.workshop_codes IS 'Null: of every workshop.';
COMMENT ON COLUMN platform.firmware_campaigns.batch IS 'Name in platform.device_batches. Null: of every batch.';
COMMENT ON COLUMN platform.firmware_campaigns.percentage IS 'Of the cohort, chosen by a hash of release and device.';
COMMENT ON COLUMN platform.firmware_campaigns.status IS
  'stopped by a person, who may let it run again; halted by too many failures, for good.';
COMMENT ON COLUMN platform.firmware_campaigns.changed_at IS 'When percentage or status changed last.';

CREATE TABLE platform.firmware_devices (
  campaign_id bigint NOT NULL REFERENCES platform.firmware_campaigns (id),
  device_key bigint NOT NULL REFERENCES public.devices (id),
  state text NOT NULL DEFAULT 'offered' CHECK (state IN ('offered', 'installed', 'rolled_back', 'failed')),
  detail text NOT NULL DEFAULT '' CHECK (length(detail) <= 64),
  offered_at timestamptz NOT NULL DEFAULT now(),
  reported_at timestamptz,
  PRIMARY KEY (campaign_id, device_key),
  CONSTRAINT firmware_devices_reported_check CHECK ((state = 'offered') = (reported_at IS NULL))
);
CREATE INDEX firmware_devices_of_device ON platform.firmware_devices (device_key);
COMMENT ON TABLE platform.firmware_devices IS 'Whom a campaign has offered its release, and what the device reported.';
COMMENT ON COLUMN platform.firmware_devices.offered_at IS 'The first time.';
COMMENT ON COLUMN platform.firmware_devices.detail IS 'The device''s own word for what went wrong.';

-- The image leaves by a function that asks who wants it, and devices are of workshops:
-- of their rows only the states, to be counted.
GRANT SELECT (id, version, hw_rev, notes, sha256, signature, created_by, created_at), INSERT
  ON platform.firmware_releases TO pitview_app;
GRANT SELECT, INSERT, UPDATE (percentage, status, changed_at) ON platform.firmware_campaigns TO pitview_app;
GRANT SELECT (campaign_id, state) ON platform.firmware_devices TO pitview_app;

CREATE FUNCTION platform.firmware_size(p_release_id bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT length(r.image) FROM platform.firmware_releases r WHERE r.id = p_release_id
$$;
COMMENT ON FUNCTION platform.firmware_size(bigint) IS 'Of the image, in bytes.';
GRANT EXECUTE ON FUNCTION platform.firmware_size(bigint) TO pitview_app;

CREATE FUNCTION platform.firmware_cohort(p_workshop_codes text[], p_batch text)
RETURNS TABLE (unknown_codes text[], batch_known boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT ARRAY(SELECT c FROM unnest(p_workshop_codes) c
               WHERE NOT EXISTS (SELECT FROM public.workshops w WHERE w.code = c)),
         p_batch IS NULL OR EXISTS (SELECT FROM platform.device_batches b WHERE b.name = p_batch)
$$;
COMMENT ON FUNCTION platform.firmware_cohort(text[], text) IS
  'What of a cohort does not exist: a misspelt one would be offered nothing, and nobody would notice.';
GRANT EXECUTE ON FUNCTION platform.firmware_cohort(text[], text) TO pitview_app;

CREATE FUNCTION platform.firmware_candidates(p_device_key bigint)
RETURNS TABLE (device_id text, device_hw_rev text, workshop_code text, device_batch text, campaign_id bigint,
               release_id bigint, version text, hw_rev text, size integer, sha256 bytea, signature bytea,
               percentage integer, workshop_codes text[], batch text, rolled_back boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.device_id, d.hw_rev, w.code, b.name, c.id, r.id, r.version, r.hw_rev, length(r.image), r.sha256,
         r.signature, c.percentage, c.workshop_codes, c.batch,
         EXISTS (SELECT FROM platform.firmware_devices f JOIN platform.firmware_campaigns o ON o.id = f.campaign_id
                 WHERE f.device_key = d.id AND o.release_id = r.id AND f.state = 'rolled_back')
  FROM public.devices d
  JOIN public.workshops w ON w.id = d.workshop_id
  LEFT JOIN platform.device_batches b ON b.id = d.batch_id
  JOIN platform.firmware_campaigns c ON c.status = 'running'
  JOIN platform.firmware_releases r ON r.id = c.release_id
  WHERE d.id = p_device_key AND d.status <> 'retired'
  ORDER BY c.id
$$;
COMMENT ON FUNCTION platform.firmware_candidates(bigint) IS
  'The running campaigns, with what decides whether the device is offered one; none for a retired device.';
GRANT EXECUTE ON FUNCTION platform.firmware_candidates(bigint) TO pitview_app;

CREATE FUNCTION platform.firmware_offer(p_campaign_id bigint, p_device_key bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  INSERT INTO platform.firmware_devices (campaign_id, device_key) VALUES (p_campaign_id, p_device_key)
  ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION platform.firmware_offer(bigint, bigint) IS 'Notes that a device was offered the release.';
GRANT EXECUTE ON FUNCTION platform.firmware_offer(bigint, bigint) TO pitview_app;

CREATE FUNCTION platform.firmware_image(p_release_id bigint, p_device_key bigint) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT r.image FROM platform.firmware_releases r
  WHERE r.id = p_release_id
    AND EXISTS (SELECT FROM platform.firmware_devices f JOIN platform.firmware_campaigns c ON c.id = f.campaign_id
                WHERE c.release_id = r.id AND c.status = 'running' AND f.device_key = p_device_key)
    AND NOT EXISTS (SELECT FROM platform.firmware_devices f JOIN platform.firmware_campaigns c ON c.id = f.campaign_id
                    WHERE c.release_id = r.id AND f.device_key = p_device_key AND f.state = 'rolled_back')
$$;
COMMENT ON FUNCTION platform.firmware_image(bigint, bigint) IS
  'For a device to which a running campaign has offered it; null otherwise.';
GRANT EXECUTE ON FUNCTION platform.firmware_image(bigint, bigint) TO pitview_app;

-- The campaign is locked, so that outcomes at the same time are counted one after the other.
CREATE FUNCTION platform.lock_firmware_offer(p_release_id bigint, p_device_key bigint)
RETURNS TABLE (campaign_id bigint, status text, max_failure_percent integer, state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  campaign bigint;
BEGIN
  SELECT c.id INTO campaign
  FROM platform.firmware_devices f JOIN platform.firmware_campaigns c ON c.id = f.campaign_id
  WHERE f.device_key = p_device_key AND c.release_id = p_release_id
  ORDER BY f.offered_at DESC, c.id DESC LIMIT 1;
  PERFORM FROM platform.firmware_campaigns c WHERE c.id = campaign FOR UPDATE;
  RETURN QUERY SELECT c.id, c.status, c.max_failure_percent, f.state
  FROM platform.firmware_campaigns c JOIN platform.firmware_devices f ON f.campaign_id = c.id
  WHERE c.id = campaign AND f.device_key = p_device_key;
END
$$;
COMMENT ON FUNCTION platform.lock_firmware_offer(bigint, bigint) IS
  'The campaign that offered the release to the device last; no row when none did.';
GRANT EXECUTE ON FUNCTION platform.lock_firmware_offer(bigint, bigint) TO pitview_app;

CREATE FUNCTION platform.record_firmware_state(p_campaign_id bigint, p_device_key bigint, p_state text, p_detail text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  UPDATE platform.firmware_devices f SET state = p_state, detail = p_detail, reported_at = now()
  WHERE f.campaign_id = p_campaign_id AND f.device_key = p_device_key
$$;
COMMENT ON FUNCTION platform.record_firmware_state(bigint, bigint, text, text) IS 'What the device reported.';
GRANT EXECUTE ON FUNCTION platform.record_firmware_state(bigint, bigint, text, text) TO pitview_app;

CREATE FUNCTION platform.firmware_campaign_devices(p_campaign_id bigint, p_before bigint, p_limit integer)
RETURNS TABLE (device_key bigint, device_id text, workshop_code text, fw text, state text, detail text,
               offered_at timestamptz, reported_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT d.id, d.device_id, w.code, d.fw, f.state, f.detail, f.offered_at, f.reported_at
  FROM platform.firmware_devices f
  JOIN public.devices d ON d.id = f.device_key
  JOIN public.workshops w ON w.id = d.workshop_id
  WHERE f.campaign_id = p_campaign_id AND (p_before IS NULL OR d.id < p_before)
  ORDER BY d.id DESC LIMIT p_limit
$$;
COMMENT ON FUNCTION platform.firmware_campaign_devices(bigint, bigint, integer) IS
  'For super administrators: the devices of a campaign in all workshops, a page of them.';
GRANT EXECUTE ON FUNCTION platform.firmware_campaign_devices(bigint, bigint, integer) TO pitview_app;
