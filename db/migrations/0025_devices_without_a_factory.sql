-- Devices that come without the factory, and calibration.

ALTER TABLE public.devices ADD calibrated_at timestamptz;
COMMENT ON COLUMN public.devices.calibrated_at IS 'When the offsets were set last; null: as it was made.';
COMMENT ON COLUMN public.devices.batch_id IS
  'In platform.device_batches; null for a device that no factory made. No foreign key: the device moves to a '
  'workshop, its batch does not.';
GRANT SELECT (calibrated_at) ON public.devices TO pitview_readonly;

-- The workshop is that of the transaction, as for claim_device.
CREATE FUNCTION platform.place_device(p_device_id text, p_user_id bigint)
RETURNS TABLE (outcome text, device_key bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  workshop bigint := public.current_workshop();
  device public.devices%ROWTYPE;
BEGIN
  IF NOT EXISTS (SELECT FROM public.users u WHERE u.id = p_user_id AND u.role = 'super_admin') THEN
    RAISE EXCEPTION 'only a super administrator gives devices away' USING ERRCODE = '42501';
  END IF;
  SELECT * INTO device FROM public.devices d WHERE d.device_id = p_device_id FOR UPDATE;
  IF device.id IS NULL THEN
    RETURN QUERY SELECT 'invalid', NULL::bigint;
  ELSIF device.claimed_at IS NOT NULL OR device.workshop_id <> 1 THEN
    RETURN QUERY SELECT 'used', NULL::bigint;
  ELSIF workshop = 1 THEN
    RAISE EXCEPTION 'the platform cannot claim a device' USING ERRCODE = '22023';
  ELSE
    UPDATE public.devices d SET workshop_id = workshop, claimed_at = now() WHERE d.id = device.id;
    RETURN QUERY SELECT 'claimed', device.id;
  END IF;
END
$$;
COMMENT ON FUNCTION platform.place_device(text, bigint) IS
  'Moves an unclaimed device into the workshop of the transaction, for a super administrator, who needs no code. '
  'outcome: claimed, invalid (no such device), used.';
GRANT EXECUTE ON FUNCTION platform.place_device(text, bigint) TO pitview_app;
