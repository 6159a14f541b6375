# shellcheck shell=bash
# A private PostgreSQL 15 cluster. It listens on 127.0.0.1 only and has no Unix
# socket (its path may be longer than the 107 bytes that the kernel allows). Every
# login needs a password (SCRAM), because loopback is shared by all users of a machine.

readonly POSTGRES_BIN=/usr/lib/postgresql/15/bin

postgres_url() {  # postgres_url ROLE DATABASE
  printf 'postgresql://%s:%s@127.0.0.1:%s/%s' "$1" "$(secret "${1}_password")" "$POSTGRES_PORT" "$2"
}

# Makes the cluster when there is none. Under another name first: an initdb that was
# interrupted must not look like a cluster.
prepare_postgres() {  # prepare_postgres [INITDB-OPTION…]
  choose_home postgres
  local home="${DAEMON_HOME[postgres]}"
  if [[ ! -e "$home/data/PG_VERSION" ]]; then
    step "creating the PostgreSQL cluster" initdb create_cluster "$home" "$@"
  fi
}

create_cluster() {
  local home="$1" password
  shift
  password="$(secret postgres_password)"
  rm -rf "$home/data.new"
  (umask 077 && printf '%s' "$password" >"$home/password")
  give_to postgres "$home/password"
  run_as postgres "$POSTGRES_BIN/initdb" -D "$home/data.new" --username=postgres --pwfile="$home/password" \
    --auth=scram-sha-256 --data-checksums --encoding=UTF8 --locale=C.UTF-8 "$@"
  rm -f "$home/password"
  mv "$home/data.new" "$home/data"
}

start_postgres() {  # start_postgres [POSTGRES-OPTION…]
  spawn postgres postgres INT "$POSTGRES_BIN/postgres" -D "${DAEMON_HOME[postgres]}/data" -p "$POSTGRES_PORT" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c timezone=UTC -c log_timezone=UTC \
    -c shared_buffers=256MB -c log_line_prefix='%m [%p] %u@%d ' "$@"
  wait_ready postgres "starting PostgreSQL" 60 postgres_ready
}

postgres_ready() { "$POSTGRES_BIN/pg_isready" -q -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres; }

# The three roles: the owner changes the schema, the application only uses it and can
# not step around row-level security, the read-only one is for people and reports.
# Run at every start, so that roles and var/secrets always agree.
create_roles() {
  PGPASSWORD="$(secret postgres_password)" "$POSTGRES_BIN/psql" -X -q -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres -d postgres <<SQL
SET log_min_error_statement = panic;  -- the passwords below stay out of the log
SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['pitview_owner', 'pitview_app', 'pitview_readonly']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE pitview_owner    LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
  PASSWORD '$(secret pitview_owner_password)';
ALTER ROLE pitview_app      LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
  PASSWORD '$(secret pitview_app_password)';
ALTER ROLE pitview_readonly LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
  PASSWORD '$(secret pitview_readonly_password)';
ALTER ROLE pitview_readonly SET default_transaction_read_only = on;
SELECT 'CREATE DATABASE pitview OWNER pitview_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'pitview') \gexec
REVOKE ALL ON DATABASE pitview FROM PUBLIC;
GRANT CONNECT ON DATABASE pitview TO pitview_app, pitview_readonly;
SQL
}
