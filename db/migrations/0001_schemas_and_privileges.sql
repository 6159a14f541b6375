-- Who may do what, before there is anything to do it to.
--
-- Roles (made by the deployment, see db/README.md):
--   pitview_owner     runs the migrations and owns every object
--   pitview_app       what the server logs in as: no DDL, no way round row-level security
--   pitview_readonly  for reports and support: SELECT, one workshop at a time
-- Schemas:
--   public    tables that belong to a workshop, all under row-level security
--   platform  what belongs to no workshop, and the functions that cross workshops

DO $$
DECLARE
  r record;
BEGIN
  FOR r IN SELECT rolname FROM pg_roles
           WHERE rolname IN ('pitview_app', 'pitview_readonly') AND (rolsuper OR rolbypassrls OR rolcreaterole)
  LOOP
    RAISE EXCEPTION 'role % must not be superuser, BYPASSRLS or CREATEROLE: row-level security would not hold', r.rolname;
  END LOOP;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO pitview_app, pitview_readonly', current_database());
END
$$;

REVOKE ALL ON SCHEMA public, platform FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA platform FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO pitview_app, pitview_readonly;
GRANT USAGE ON SCHEMA platform TO pitview_app;
-- The server refuses to start on a schema it was not built for.
GRANT SELECT ON platform.schema_migrations TO pitview_app;
-- PostgreSQL lets everyone call a new function; here a grant names who may.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

COMMENT ON SCHEMA public IS 'Tables that belong to a workshop; every row is behind row-level security.';
COMMENT ON SCHEMA platform IS 'What belongs to no workshop, and the named functions that look across workshops.';

-- Equality in exclusion constraints (device_assignments). A trusted extension: no superuser needed.
CREATE EXTENSION btree_gist WITH SCHEMA platform;

-- A missing setting is error 42704 and an empty one 22P02, never "no rows".
-- SQL and not PL/pgSQL, so that the planner can inline it.
CREATE FUNCTION public.current_workshop() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN current_setting('pitview.workshop_id')::bigint;
COMMENT ON FUNCTION public.current_workshop() IS
  'The workshop of the running transaction (SET LOCAL pitview.workshop_id); an error when there is none.';
GRANT EXECUTE ON FUNCTION public.current_workshop() TO pitview_app, pitview_readonly;

-- The sub-select makes the planner compute the workshop once per statement, not once per row.
CREATE FUNCTION platform.protect_tenant_table(p_table regclass, p_column name DEFAULT 'workshop_id') RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  own text := format('%I = (SELECT public.current_workshop())', p_column);
BEGIN
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', p_table);
  EXECUTE format('CREATE POLICY workshop_of_transaction ON %s FOR ALL TO pitview_app USING (%s) WITH CHECK (%s)',
                 p_table, own, own);
  EXECUTE format('CREATE POLICY workshop_of_report ON %s FOR SELECT TO pitview_readonly USING (%s)', p_table, own);
  EXECUTE format('CREATE POLICY owner_sees_all ON %s FOR ALL TO pitview_owner USING (true) WITH CHECK (true)', p_table);
END
$$;
COMMENT ON FUNCTION platform.protect_tenant_table(regclass, name) IS
  'For migrations: puts a table behind row-level security. Its one way round is pitview_owner, '
  'which migrations and the SECURITY DEFINER functions of schema platform run as.';
