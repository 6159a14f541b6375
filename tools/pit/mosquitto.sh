# shellcheck shell=bash
# A private Mosquitto 2 where everyone has an account (its dynamic-security plugin).

mosquitto_config() {  # mosquitto_config HOME
  cat <<CONF
# Written by ./pit at every start: changes here are lost.
listener $MQTT_PORT 127.0.0.1
per_listener_settings false
log_dest stdout
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S
# Nagle would hold a small reading back for up to 40 ms.
set_tcp_nodelay true
# What waits survives a kill -9 of the broker, but for the last seconds; devices repeat
# what is not settled. Every save writes everything that waits: each second it would
# take a third of the broker's time under load (docs/design/ingest.md).
persistence true
persistence_location $1/data/
autosave_interval 10
# The server acknowledges after its commit: with the default of 20 in flight the
# commit latency, not the work, would cap the rate.
max_inflight_messages 10000
# Bounds of what waits for a client that is away; devices replay what overflows.
max_queued_messages 50000
max_queued_bytes 67108864
message_size_limit 65536
CONF
}

readonly DYNAMIC_SECURITY=/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so

prepare_mosquitto() {
  choose_home mosquitto
  local home="${DAEMON_HOME[mosquitto]}"
  make_mosquitto_data "$home"
  (
    umask 077
    {
      mosquitto_config "$home"
      printf 'allow_anonymous false\nplugin %s\nplugin_opt_config_file %s\n' \
        "$DYNAMIC_SECURITY" "$home/dynamic-security.json"
    } >"$home/mosquitto.conf"
  )
  give_to mosquitto "$home/mosquitto.conf"
}

# The server's own account, before every start; those of devices are the server's to
# make, and it makes them again when the file is lost.
prepare_broker_accounts() {
  local file="${DAEMON_HOME[mosquitto]}/dynamic-security.json"
  secret mqtt_server_password | (umask 077 && "$NODE" "$PIT_ROOT/tools/pit/broker-accounts.mjs" "$file" >"$file.new") ||
    die "cannot write the broker's accounts to $(short "$file")"
  mv "$file.new" "$file"
  give_to mosquitto "$file"
}

make_mosquitto_data() {
  mkdir -p "$1/data"
  chmod 0700 "$1/data"
  if ((EUID == 0)); then chown mosquitto: "$1/data"; fi
}

start_mosquitto() {
  prepare_broker_accounts
  spawn mosquitto mosquitto TERM /usr/sbin/mosquitto -c "${DAEMON_HOME[mosquitto]}/mosquitto.conf"
  wait_ready mosquitto "starting Mosquitto" 20 port_open "$MQTT_PORT"
}
