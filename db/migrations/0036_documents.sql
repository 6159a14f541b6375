-- Documents of jobs: certificates, which are signed once and kept, and files that were drawn and may be drawn again.

CREATE TABLE public.job_certificates (
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  token text NOT NULL CHECK (length(token) = 22),
  facts_sha256 bytea NOT NULL CHECK (length(facts_sha256) = 32),
  statement text NOT NULL CHECK (length(statement) BETWEEN 2 AND 200000),
  signature bytea NOT NULL CHECK (length(signature) = 64),
  key_id text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
  issued_at timestamptz NOT NULL,
  PRIMARY KEY (workshop_id, job_id, version),
  CONSTRAINT job_certificates_token_key UNIQUE (token),
  CONSTRAINT job_certificates_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id)
);
COMMENT ON TABLE public.job_certificates IS 'In which air a job was done, signed. Another version when the facts have changed; never changed itself.';
COMMENT ON COLUMN public.job_certificates.token IS 'Opens the statement for whoever has the paper: 128 bits, in its QR code.';
COMMENT ON COLUMN public.job_certificates.facts_sha256 IS 'Of the statement without its version and time: whether there is anything new to say.';
COMMENT ON COLUMN public.job_certificates.statement IS 'What was signed, to the byte: canonical JSON (RFC 8785).';
COMMENT ON COLUMN public.job_certificates.signature IS 'Ed25519 (RFC 8032).';
COMMENT ON COLUMN public.job_certificates.key_id IS 'The first 8 bytes of the SHA-256 of the public key, in hexadecimal.';
SELECT platform.protect_tenant_table('public.job_certificates');
GRANT SELECT, INSERT, DELETE ON public.job_certificates TO pitview_app;
GRANT SELECT ON public.job_certificates TO pitview_readonly;

CREATE TABLE public.job_documents (
  workshop_id bigint NOT NULL,
  job_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('report', 'summary', 'certificate')),
  language text NOT NULL CHECK (language IN ('en', 'hi')),
  fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
  bytes bytea NOT NULL,
  drawn_at timestamptz NOT NULL,
  PRIMARY KEY (workshop_id, job_id, kind, language),
  CONSTRAINT job_documents_job_fkey FOREIGN KEY (workshop_id, job_id) REFERENCES public.jobs (workshop_id, id)
);
ALTER TABLE public.job_documents ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE public.job_documents IS 'A cache: what was drawn last. Anything here may be deleted at any time.';
COMMENT ON COLUMN public.job_documents.fingerprint IS 'SHA-256 of all that the document says: another one, and it is drawn again.';
CREATE INDEX job_documents_drawn_at ON public.job_documents (drawn_at);
SELECT platform.protect_tenant_table('public.job_documents');
GRANT SELECT, INSERT, UPDATE, DELETE ON public.job_documents TO pitview_app;
GRANT SELECT (workshop_id, job_id, kind, language, fingerprint, drawn_at) ON public.job_documents TO pitview_readonly;

CREATE FUNCTION platform.certificate_of_token(p_token text)
RETURNS TABLE (statement text, signature bytea, key_id text, version integer, newest integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  SELECT c.statement, c.signature, c.key_id, c.version,
         (SELECT max(n.version) FROM public.job_certificates n WHERE n.workshop_id = c.workshop_id AND n.job_id = c.job_id)
  FROM public.job_certificates c WHERE c.token = p_token
$$;
COMMENT ON FUNCTION platform.certificate_of_token(text) IS 'The certificate that somebody holds, whose ever it is.';
GRANT EXECUTE ON FUNCTION platform.certificate_of_token(text) TO pitview_app;

CREATE FUNCTION platform.forget_old_documents(p_before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, platform, pg_temp
AS $$
  WITH gone AS (DELETE FROM public.job_documents WHERE drawn_at < p_before RETURNING 1) SELECT count(*) FROM gone
$$;
COMMENT ON FUNCTION platform.forget_old_documents(timestamptz) IS 'Documents drawn before that are drawn again when somebody asks.';
GRANT EXECUTE ON FUNCTION platform.forget_old_documents(timestamptz) TO pitview_app;
