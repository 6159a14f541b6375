# shellcheck shell=bash
# pitview-server, pitview-video and pitview-sim: their configuration, the database's schema, the
# demo workshop, and how to tell that they are ready.

readonly SERVER_CONFIG="$VAR/server.toml" VIDEO_CONFIG="$VAR/video.toml"

# PITVIEW_… variables are the server's own overrides, and it may refuse those it does
# not know; these are ours and not for it.
readonly OUR_VARIABLES_OFF=(env -u PITVIEW_VAR -u PITVIEW_PORT_BASE -u PITVIEW_TEST_POSTGRES)

write_server_config() {
  secret jwt_secret >/dev/null
  secret data_key >/dev/null
  secret stream_token_secret >/dev/null
  secret video_control_secret >/dev/null
  secret recordings_master_key >/dev/null
  make_release_key
  make_certificate_key
  (
    umask 077
    cat >"$SERVER_CONFIG" <<TOML
# Written by ./pit at every start: changes here are lost. To try a setting, use the
# environment: PITVIEW_LOG_LEVEL=debug ./pit up
public_base_url = "$PAGE_URL"

[http]
address = "127.0.0.1"
port = $HTTP_PORT
web_root = "$PIT_ROOT/web/dist"

[database]
url = "$(postgres_url pitview_app pitview)"
owner_url = "$(postgres_url pitview_owner pitview)"

[mqtt]
host = "127.0.0.1"
port = $MQTT_PORT
client_id = "pitview-server"
username = "pitview-server"
password = "$(secret mqtt_server_password)"

[devices]
mqtt_host = "127.0.0.1"
mqtt_port = $MQTT_PORT
mqtt_tls = false
release_public_key_file = "$SECRETS/release_public.pem"

[auth]
jwt_secret_file = "$SECRETS/jwt_secret"

[encryption]
key_file = "$SECRETS/data_key"

[documents]
certificate_key_file = "$SECRETS/certificate_private.pem"

[archive]
folder = "$VAR/archive"

[video]
gateway_url = "$VIDEO_URL"
public_url = "$VIDEO_URL"
token_secret_file = "$SECRETS/stream_token_secret"
control_secret_file = "$SECRETS/video_control_secret"

[log]
level = "info"
TOML
    cat >"$VIDEO_CONFIG" <<TOML
# Written by ./pit at every start: changes here are lost. To try a setting, use the
# environment: PITVIEW_VIDEO_LOG_LEVEL=debug ./pit up
[http]
port = $VIDEO_PORT

[webrtc]
address = "127.0.0.1"
port = $WEBRTC_PORT

[tokens]
secret_file = "$SECRETS/stream_token_secret"

[control]
secret_file = "$SECRETS/video_control_secret"

[recordings]
directory = "$VAR/recordings"
master_key_file = "$SECRETS/recordings_master_key"
TOML
  )
}

# Signs firmware for the devices of this stack only; that of the real ones is kept elsewhere.
make_release_key() {
  local key="$SECRETS/release_private.pem" public="$SECRETS/release_public.pem"
  if [[ ! -s "$key" ]]; then
    (umask 077 && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$key.new" && mv "$key.new" "$key")
  fi
  openssl pkey -in "$key" -pubout -out "$public"
}

# Signs the certificates of this stack.
make_certificate_key() {
  local key="$SECRETS/certificate_private.pem"
  [[ -s "$key" ]] || (umask 077 && openssl genpkey -algorithm ED25519 -out "$key.new" && mv "$key.new" "$key")
}

server() {  # server SUBCOMMAND [OPTION…]
  local subcommand="$1"
  shift
  "${OUR_VARIABLES_OFF[@]}" "$(binary "$PRESET" pitview-server)" "$subcommand" --config "$SERVER_CONFIG" "$@"
}

prepare_server() {
  write_server_config
  step "checking the configuration" check-config server check-config
  step "creating the database roles" roles create_roles
  step "migrating the database" migrate server migrate
  step "creating the demo workshop" demo-setup server demo-setup --output "$DEMO" --rtsp-port "$RTSP_PORT" --workshops "$WORKSHOPS"
  chmod 0600 "$DEMO"/*
}

start_video() {
  spawn video self TERM "${OUR_VARIABLES_OFF[@]}" \
    "$(binary "$PRESET" pitview-video)" serve --config "$VIDEO_CONFIG"
  wait_ready video "starting pitview-video" 30 http_ok "$VIDEO_PORT" /healthz
}

start_server() {
  spawn server self TERM "${OUR_VARIABLES_OFF[@]}" \
    "$(binary "$PRESET" pitview-server)" serve --config "$SERVER_CONFIG"
  wait_ready server "starting pitview-server" 60 http_ok "$HTTP_PORT" /readyz
}

start_sim() {
  spawn sim self TERM "${OUR_VARIABLES_OFF[@]}" \
    "$(binary "$PRESET" pitview-sim)" --config "$DEMO/sim.toml"
  wait_ready sim "starting pitview-sim" 30 port_open "$RTSP_PORT"
}

announce() {
  printf '\n  PitView is running: %s\n\n' "$PAGE_URL"
  "$NODE" "$PIT_ROOT/tools/pit/logins.mjs" "$DEMO/demo.json" "$PAGE_URL"
  printf '\n'
}
