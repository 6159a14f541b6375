# shellcheck shell=bash
# up, down, reset, restart, kill: one supervisor per data folder, held by a lock.

PRESET=release
WITH_SIM=1
WORKSHOPS=1

cmd_up() {
  local detach=0
  while (($# > 0)); do
    case "$1" in
      --detach) detach=1 ;;
      --without-sim) WITH_SIM=0 ;;
      --workshops) WORKSHOPS="${2:-}" && shift ;;
      --preset) PRESET="${2:-}" && shift ;;
      --preset=*) PRESET="${1#*=}" ;;
      *) die "up knows no option '$1'; ./pit help lists them" ;;
    esac
    shift
  done
  check_preset "$PRESET"
  [[ "$WORKSHOPS" == [12] ]] || die "--workshops must be 1 or 2"
  prepare_var
  take_lock "is already running here, $PAGE_URL (./pit status, ./pit down)"
  need_free_ports
  install_packages build run
  build_cpp "$PRESET" pitview-server pitview-video pitview-sim
  build_web
  if ((detach)); then supervise_in_background; else supervise announce; fi
}

# The lock belongs to the open file 9, which a supervisor in the background inherits;
# no other child may have it, or it would stay locked after our end.
take_lock() {  # take_lock COMPLAINT
  exec 9>>"$RUN/pit.lock"
  flock -n 9 || die "$1; process $(cat "$RUN/pit.pid" 2>/dev/null)"
  printf '%s\n' "$$" >"$RUN/pit.pid"
  echo starting >"$RUN/state"
}

supervise() {  # supervise [WHEN-READY]
  local when_ready="${1:-true}"
  INTERRUPT_STATUS=0
  CLEANUPS+=(supervisor_ends)
  need_disk 500 "$VAR" "the database"
  need_free_ports # again: a build takes minutes
  prepare_postgres
  start_postgres
  prepare_server
  prepare_mosquitto
  start_mosquitto
  start_video
  start_server
  if ((WITH_SIM)); then start_sim; fi
  echo ready >"$RUN/state"
  "$when_ready"
  watch_processes
}

supervisor_ends() {
  stop_everything
  rm -f "$RUN/state" "$RUN/pit.pid" "$RUN"/*.restart
}

supervise_in_background() {
  local log="$LOGS/pit.log" supervisor
  : >"$log"
  setsid "$PIT_ROOT/pit" _supervise "$PRESET" "$WITH_SIM" "$WORKSHOPS" </dev/null >"$log" 2>&1 &
  supervisor=$!
  CLEANUPS+=(stop_background)
  # Its progress lines as they come, until it is ready or gone.
  exec 8<"$log"
  while [[ "$(cat "$RUN/state" 2>/dev/null)" != ready ]] && alive "$supervisor"; do
    cat <&8
    nap 0.1
  done
  cat <&8
  CLEANUPS=()
  alive "$supervisor" || exit 1
  # Here and not there: passwords have no business in its log.
  announce
  note "in the background: ./pit status, ./pit logs, ./pit down"
}

stop_background() { kill -TERM "$(cat "$RUN/pit.pid")" 2>/dev/null; }

supervise_detached() {
  [[ -e /proc/self/fd/9 ]] || die "_supervise is for ./pit up --detach only"
  PRESET="$1" WITH_SIM="$2" WORKSHOPS="$3"
  printf '%s\n' "$$" >"$RUN/pit.pid"
  supervise
}

running() { [[ -e "$RUN/pit.lock" ]] && ! flock -n "$RUN/pit.lock" true; }

cmd_down() {
  running || die "is not running here"
  kill -TERM "$(<"$RUN/pit.pid")" || die "cannot stop process $(<"$RUN/pit.pid"): it belongs to another user"
  flock -w 90 "$RUN/pit.lock" true || die "did not stop within 90 s: see $(short "$LOGS/pit.log")"
  note "stopped; the data stays in $(short "$VAR")"
}

cmd_reset() {
  local answer fallback
  fallback="$(fallback_home)"
  if running; then die "is running: ./pit down first"; fi
  if [[ "${1:-}" != --yes ]]; then
    read -r -p "Delete the database, broker data, secrets and logs in $VAR? [y/N] " answer || true
    [[ "$answer" == [yY]* ]] || die "nothing was deleted"
  fi
  rm -rf --one-file-system -- "${VAR:?}"/{postgres,mosquitto,demo,recordings,secrets,log,run,server.toml,video.toml} "$fallback"
  note "deleted the data; the build stays"
}

pid_of() {  # pid_of NAME
  case "${1:-}" in
    postgres | mosquitto | video | server | sim) ;;
    *) die "name one of postgres, mosquitto, video, server, sim" ;;
  esac
  running || die "is not running here"
  cat "$RUN/$1.pid" 2>/dev/null || die "$1 does not run"
}

cmd_kill() {
  local pid
  pid="$(pid_of "${1:-}")"
  kill -KILL "$pid"
}

cmd_restart() {
  local pid signal=TERM tenths
  pid="$(pid_of "${1:-}")"
  if [[ "$1" == postgres ]]; then signal=INT; fi
  : >"$RUN/$1.restart"
  echo restarting >"$RUN/state"
  kill -"$signal" "$pid"
  for ((tenths = 0; tenths < 600; tenths++)); do
    [[ "$(cat "$RUN/state" 2>/dev/null)" != ready ]] || return 0
    nap 0.1
  done
  die "$1 was not ready again within 60 s: ./pit logs $1"
}
