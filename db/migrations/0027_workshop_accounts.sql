-- Workshops as the platform looks after them, and what they set for themselves.

ALTER TABLE public.workshops
  ADD plan text NOT NULL DEFAULT 'basic' CHECK (plan IN ('basic', 'standard', 'premium')),
  ADD language text NOT NULL DEFAULT 'en' CHECK (language ~ '^[a-z]{2}$'),
  ADD working_hours jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(working_hours) = 'array'),
  ADD baseline_calls_per_job double precision CHECK (baseline_calls_per_job BETWEEN 0 AND 100),
  ADD status_reason text NOT NULL DEFAULT '' CHECK (length(status_reason) <= 200),
  ADD status_before text CHECK (status_before IN
    ('trial', 'active', 'past_due', 'grace', 'restricted', 'cancelled', 'expired')),
  ADD suspend_requested_at timestamptz,
  ADD CONSTRAINT workshops_suspension_check CHECK (suspend_requested_at IS NULL OR status_before IS NOT NULL);
COMMENT ON COLUMN public.workshops.language IS 'Of messages to customers who have not chosen one; ISO 639-1.';
COMMENT ON COLUMN public.workshops.working_hours IS '[{"day": 1 (Monday) to 7, "opens": "09:00", "closes": "19:00"}, …].';
COMMENT ON COLUMN public.workshops.baseline_calls_per_job IS
  'How often a customer called about one job before there was this product; null: nobody has said.';
COMMENT ON COLUMN public.workshops.status_reason IS 'Why `subscription_status` is what it is, as whoever set it said.';
COMMENT ON COLUMN public.workshops.status_before IS 'Before the suspension, or the one that waits; null: none.';
COMMENT ON COLUMN public.workshops.suspend_requested_at IS
  'Since when a suspension waits for the end of the running jobs; null: none does.';
CREATE INDEX workshops_suspension_waits ON public.workshops (suspend_requested_at) WHERE suspend_requested_at IS NOT NULL;

GRANT UPDATE (owner_id, language, working_hours, baseline_calls_per_job) ON public.workshops TO pitview_app;

CREATE FUNCTION platform.next_workshop_id() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT nextval('public.workshops_id_seq')
$$;
COMMENT ON FUNCTION platform.next_workshop_id() IS
  'For the transaction in which create_workshop() makes it, which is that of the new workshop already.';
GRANT EXECUTE ON FUNCTION platform.next_workshop_id() TO pitview_app;

CREATE FUNCTION platform.require_super_admin(p_user_id bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, platform, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.users u WHERE u.id = p_user_id AND u.role = 'super_admin') THEN
    RAISE EXCEPTION 'only a super administrator looks after workshops' USING ERRCODE = '42501';
  END IF;
END
$$;
COMMENT ON FUNCTION platform.require_super_admin(bigint) IS 'For the other functions of this schema.';

CREATE FUNCTION platform.create_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_timezone text,
                                         p_language text, p_plan text, p_trial_ends_at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  new_code text;
BEGIN
  PERFORM platform.require_super_admin(p_user_id);
  -- The first number that is free; one at a time, so that two do not take the same.
  PERFORM pg_advisory_xact_lock(hashtext('platform.create_workshop'));
  SELECT 'workshop_' || lpad(n::text, greatest(3, length(n::text)), '0') INTO new_code
  FROM generate_series(1, (SELECT count(*) + 1 FROM public.workshops)) n
  WHERE NOT EXISTS (SELECT FROM public.workshops w
                    WHERE w.code = 'workshop_' || lpad(n::text, greatest(3, length(n::text)), '0'))
  ORDER BY n LIMIT 1;
  INSERT INTO public.workshops (id, code, name, address, phone, timezone, language, plan, subscription_status,
                                subscription_expires_at)
  OVERRIDING SYSTEM VALUE
  VALUES (public.current_workshop(), new_code, p_name, p_address, p_phone, p_timezone, p_language, p_plan, 'trial',
          p_trial_ends_at);
  RETURN new_code;
END
$$;
COMMENT ON FUNCTION platform.create_workshop(bigint, text, text, text, text, text, text, timestamptz) IS
  'Makes the workshop of the transaction, on trial, for a super administrator; returns its code.';
GRANT EXECUTE ON FUNCTION platform.create_workshop(bigint, text, text, text, text, text, text, timestamptz)
  TO pitview_app;

CREATE FUNCTION platform.save_workshop(p_user_id bigint, p_name text, p_address text, p_phone text, p_plan text,
                                       p_status text, p_status_reason text, p_status_before text,
                                       p_suspend_requested_at timestamptz, p_expires_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
BEGIN
  PERFORM platform.require_super_admin(p_user_id);
  UPDATE public.workshops w
  SET name = p_name, address = p_address, phone = p_phone, plan = p_plan, subscription_status = p_status,
      status_reason = p_status_reason, status_before = p_status_before,
      suspend_requested_at = p_suspend_requested_at, subscription_expires_at = p_expires_at
  WHERE w.id = public.current_workshop() AND w.id <> 1;
END
$$;
COMMENT ON FUNCTION platform.save_workshop(bigint, text, text, text, text, text, text, text, timestamptz, timestamptz) IS
  'Changes the workshop of the transaction, for a super administrator. The server cannot do it by itself: no workshop '
  'can give itself a subscription.';
GRANT EXECUTE ON FUNCTION
  platform.save_workshop(bigint, text, text, text, text, text, text, text, timestamptz, timestamptz) TO pitview_app;

CREATE FUNCTION platform.list_workshops(p_status text, p_before bigint, p_limit integer)
RETURNS TABLE (id bigint, code text, name text, address text, phone text, timezone text, language text, plan text,
               subscription_status text, status_since timestamptz, status_reason text, status_before text,
               suspend_requested_at timestamptz, subscription_expires_at timestamptz, created_at timestamptz,
               owner_id bigint, owner_username text, owner_name text, owner_email text, pits bigint, devices bigint,
               running_jobs bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT w.id, w.code, w.name, w.address, w.phone, w.timezone, w.language, w.plan, w.subscription_status,
         w.status_since, w.status_reason, w.status_before, w.suspend_requested_at, w.subscription_expires_at,
         w.created_at, w.owner_id, u.username, u.display_name, u.email,
         (SELECT count(*) FROM public.pits p WHERE p.workshop_id = w.id AND p.status <> 'disabled'),
         (SELECT count(*) FROM public.devices d WHERE d.workshop_id = w.id AND d.status <> 'retired'),
         (SELECT count(*) FROM public.jobs j WHERE j.workshop_id = w.id
                                               AND j.status IN ('in_progress', 'on_hold', 'quality_check'))
  FROM public.workshops w LEFT JOIN public.users u ON u.id = w.owner_id
  WHERE w.id <> 1 AND (p_status IS NULL OR w.subscription_status = p_status) AND (p_before IS NULL OR w.id < p_before)
  ORDER BY w.id DESC LIMIT p_limit
$$;
COMMENT ON FUNCTION platform.list_workshops(text, bigint, integer) IS
  'For super administrators: a page of the workshops, the newest first; null: in any state.';
GRANT EXECUTE ON FUNCTION platform.list_workshops(text, bigint, integer) TO pitview_app;

CREATE FUNCTION platform.apply_due_suspensions() RETURNS TABLE (workshop_id bigint, code text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH due AS (
    UPDATE public.workshops w SET subscription_status = 'suspended', suspend_requested_at = NULL
    WHERE w.suspend_requested_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM public.jobs j WHERE j.workshop_id = w.id
                                                  AND j.status IN ('in_progress', 'on_hold', 'quality_check'))
    RETURNING w.id, w.code, w.status_reason
  ), recorded AS (
    INSERT INTO public.audit_log (workshop_id, action, subject_type, subject_id, after)
    SELECT d.id, 'workshop.suspend', 'workshop', d.id,
           jsonb_build_object('subscription_status', 'suspended', 'status_reason', d.status_reason)
    FROM due d
  )
  SELECT d.id, d.code FROM due d
$$;
COMMENT ON FUNCTION platform.apply_due_suspensions() IS
  'Suspends the workshops whose suspension waited for the end of their running jobs, once there is none; says which.';
GRANT EXECUTE ON FUNCTION platform.apply_due_suspensions() TO pitview_app;

CREATE FUNCTION platform.is_timezone(p_name text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
  SELECT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = p_name)
$$;
COMMENT ON FUNCTION platform.is_timezone(text) IS 'Whether the database knows a time zone of this IANA name.';
GRANT EXECUTE ON FUNCTION platform.is_timezone(text) TO pitview_app;
