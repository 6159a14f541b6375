# shellcheck shell=bash
# One progress line per step with its time; the output is in a log and shown only
# when the step fails. Whatever was started is stopped on the way out, also on Ctrl-C.

STEP_GROUP=""        # process group of the step that runs now
STATUS=0             # how the last group ended
CLEANUPS=()          # functions to call on the way out, last one first
INTERRUPT_STATUS=130 # a supervisor that was told to stop has done its job: it sets 0

on_exit() {
  local status=$? i
  trap '' INT TERM HUP
  set +e
  kill_step
  for ((i = ${#CLEANUPS[@]} - 1; i >= 0; i--)); do
    "${CLEANUPS[i]}"
  done
  exit "$status"
}

on_signal() {
  printf '\n'
  exit "$INTERRUPT_STATUS"
}

kill_step() {
  [[ -n "$STEP_GROUP" ]] || return 0
  kill -TERM -- "-$STEP_GROUP" 2>/dev/null && wait "$STEP_GROUP" 2>/dev/null
  STEP_GROUP=""
}

trap on_exit EXIT
trap on_signal INT TERM HUP

# Runs a command in its own process group, so that Ctrl-C reaches us and we end the
# whole group. Sets STATUS instead of returning it: inside whatever an `if` or `||`
# calls, bash ignores `set -e`, and a failing step would go on to its end.
in_group() {
  set +e
  set -m
  (set -e && "$@") </dev/null 9>&- &
  STEP_GROUP=$!
  set +m
  wait "$STEP_GROUP"
  STATUS=$?
  STEP_GROUP=""
  set -e
}

logged() {  # logged LOG COMMAND…
  local log="$1"
  shift
  "$@" >"$log" 2>&1
}

seconds_since() {  # seconds_since EPOCHREALTIME
  local now="${EPOCHREALTIME/[.,]/}" then="${1/[.,]/}"
  printf '%d.%d' $(((now - then) / 1000000)) $(((now - then) / 100000 % 10))
}

step() {  # step "What happens" LOG-NAME COMMAND…
  local what="$1" log="$LOGS/$2.log" began="$EPOCHREALTIME"
  shift 2
  printf '  %-56s' "$what"
  in_group logged "$log" "$@"
  if ((STATUS == 0)); then
    printf '%8s s\n' "$(seconds_since "$began")"
  else
    printf '  failed after %s s\n' "$(seconds_since "$began")"
    show_log "$log"
    die "failed: $what (all of it: $(short "$log"))"
  fi
}

show_log() {  # the last 30 lines of a log, set off from our own lines
  [[ -s "$1" ]] || return 0
  tail -n 30 "$1" | cut -c 1-400 | sed 's/^/    | /'
}
