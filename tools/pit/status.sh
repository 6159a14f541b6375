# shellcheck shell=bash
# What runs and where, for people and (--json) for tests and scripts.

cmd_status() {
  case "${1:-}" in
    --json) status_json ;;
    "") status_text ;;
    *) die "status knows only --json" ;;
  esac
}

state() { if running; then cat "$RUN/state" 2>/dev/null || echo starting; else echo stopped; fi; }

running_pid() {  # running_pid NAME: the process id, or nothing
  local pid
  pid="$(cat "$RUN/$1.pid" 2>/dev/null)" || return 0
  if alive "$pid"; then echo "$pid"; fi
}

status_text() {
  local name pid
  note "$(state), data in $(short "$VAR")"
  running || return 0
  for name in postgres mosquitto video server sim; do
    pid="$(running_pid "$name")"
    printf '  %-10s %s\n' "$name" "${pid:+process $pid}"
  done
  if [[ -s "$DEMO/demo.json" ]]; then announce; fi
}

json_pids() {
  local name pid comma=""
  for name in supervisor:pit server:server postgres:postgres mosquitto:mosquitto video:video sim:sim; do
    pid="$(running_pid "${name#*:}")"
    printf '%s"%s":%s' "$comma" "${name%:*}" "${pid:-null}"
    comma=","
  done
}

# Bash writes the JSON, because this must work before anything is installed; demo.json
# is an object whose members become ours.
status_json() {
  local state demo='"logins":[],"devices":[]' superuser="" app="" owner=""
  state="$(state)"
  if [[ "$state" == stopped ]]; then
    printf '{"running":false,"state":"stopped"}\n'
    return
  fi
  if [[ -s "$DEMO/demo.json" ]]; then
    demo="$(<"$DEMO/demo.json")"
    demo="${demo#*\{}"
    demo="${demo%\}*}"
  fi
  if [[ -s "$SECRETS/postgres_password" && -s "$SECRETS/pitview_app_password" ]]; then
    superuser="$(postgres_url postgres pitview)"
    app="$(postgres_url pitview_app pitview)"
    owner="$(postgres_url pitview_owner pitview)"
  fi
  printf '{"running":%s,"state":"%s",' "$([[ "$state" == starting ]] && echo false || echo true)" "$state"
  printf '"http":{"url":"%s","host":"127.0.0.1","port":%s},' "$PAGE_URL" "$HTTP_PORT"
  printf '"mqtt":{"host":"127.0.0.1","port":%s},' "$MQTT_PORT"
  printf '"rtsp":{"host":"127.0.0.1","port":%s},' "$RTSP_PORT"
  printf '"video":{"url":"%s"},' "$VIDEO_URL"
  printf '"postgres":{"host":"127.0.0.1","port":%s,' "$POSTGRES_PORT"
  printf '"superuser_url":"%s","app_url":"%s","owner_url":"%s"},' "$superuser" "$app" "$owner"
  printf '"pids":{%s},%s}\n' "$(json_pids)" "$demo"
}

cmd_logs() {
  local name="" follow=() file
  while (($# > 0)); do
    if [[ "$1" == -f ]]; then follow=(-F); else name="$1"; fi
    shift
  done
  [[ -d "$LOGS" ]] || die "there are no logs yet in $(short "$LOGS")"
  if [[ -z "$name" ]]; then
    for file in "$LOGS"/*.log; do
      [[ ! -e "$file" ]] || printf '  %-20s %s\n' "$(basename "$file" .log)" "$(date -r "$file" '+%F %T')"
    done
    return
  fi
  [[ -e "$LOGS/$name.log" ]] || die "there is no log '$name'; ./pit logs lists them"
  exec tail -n 200 "${follow[@]}" "$LOGS/$name.log"
}
