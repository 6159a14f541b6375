-- Accounts: a second factor at sign-in, and failed sign-ins in the audit log.

CREATE TABLE public.second_factors (
  workshop_id bigint NOT NULL,
  user_id bigint NOT NULL,
  secret_sealed bytea NOT NULL,
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0 CHECK (last_step >= 0),
  wrong_codes integer NOT NULL DEFAULT 0 CHECK (wrong_codes >= 0),
  wrong_since timestamptz,
  PRIMARY KEY (workshop_id, user_id),
  CONSTRAINT second_factors_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users (workshop_id, id)
);
COMMENT ON TABLE public.second_factors IS 'Authenticators (RFC 6238): who has a confirmed one needs its code to sign in.';
COMMENT ON COLUMN public.second_factors.secret_sealed IS 'AES-256-GCM, bound to the user.';
COMMENT ON COLUMN public.second_factors.confirmed_at IS 'Null until a first code has shown that the authenticator has the secret.';
COMMENT ON COLUMN public.second_factors.last_step IS 'Of the last code that was taken: no code is taken twice, and none from before it.';
COMMENT ON COLUMN public.second_factors.wrong_codes IS 'Since wrong_since, from whatever address.';

CREATE TABLE public.recovery_codes (
  workshop_id bigint NOT NULL,
  user_id bigint NOT NULL,
  code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
  used_at timestamptz,
  PRIMARY KEY (workshop_id, user_id, code_hash),
  CONSTRAINT recovery_codes_user_fkey FOREIGN KEY (workshop_id, user_id) REFERENCES public.users (workshop_id, id)
);
COMMENT ON TABLE public.recovery_codes IS 'For who has lost the authenticator; each is good once.';
COMMENT ON COLUMN public.recovery_codes.code_hash IS 'SHA-256 of 80 random bits.';

SELECT platform.protect_tenant_table('public.second_factors');
SELECT platform.protect_tenant_table('public.recovery_codes');
GRANT SELECT, INSERT, UPDATE, DELETE ON public.second_factors, public.recovery_codes TO pitview_app;
GRANT SELECT (workshop_id, user_id, created_at, confirmed_at) ON public.second_factors TO pitview_readonly;

-- One call for accounts that exist and for those that do not, so that the time of
-- an answer does not tell them apart.
CREATE FUNCTION platform.record_sign_in_failure(p_username text, p_client inet, p_action text, p_reason text,
                                                p_ip inet, p_request_id text) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
DECLARE
  counted record;
  account record;
BEGIN
  SELECT f.failures, f.locked_until INTO counted FROM platform.record_login_failure(p_username, p_client) f;
  SELECT u.id, u.workshop_id, CASE WHEN u.role <> 'customer' THEN p_ip END AS ip INTO account
  FROM public.users u WHERE lower(u.username) = lower(p_username);
  IF account.id IS NOT NULL THEN
    INSERT INTO public.audit_log (workshop_id, action, subject_type, subject_id, after, request_id, ip)
    VALUES (account.workshop_id, p_action, 'user', account.id, jsonb_build_object('reason', p_reason),
            nullif(p_request_id, ''), account.ip);
    IF counted.failures = 5 THEN
      INSERT INTO public.audit_log (workshop_id, action, subject_type, subject_id, after, request_id, ip)
      VALUES (account.workshop_id, 'auth.locked_out', 'user', account.id,
              jsonb_build_object('until', counted.locked_until), nullif(p_request_id, ''), account.ip);
    END IF;
  END IF;
  RETURN counted.locked_until;
END
$$;
COMMENT ON FUNCTION platform.record_sign_in_failure(text, inet, text, text, inet, text) IS
  'record_login_failure(), with an entry in the audit log when there is such an account; returns until when it is '
  'locked for that client, if it is.';
GRANT EXECUTE ON FUNCTION platform.record_sign_in_failure(text, inet, text, text, inet, text) TO pitview_app;
