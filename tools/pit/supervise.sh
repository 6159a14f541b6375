# shellcheck shell=bash
# Starts processes, keeps them alive, stops them in reverse order.

declare -A PID=() STARTED=() STOP_SIGNAL=() DEATHS=()
ORDER=()
readonly QUICK_SECONDS=10  # a process that dies sooner than this after its start died quickly
readonly QUICK_DEATHS=5    # so many quick deaths in a row, and it is given up

# A session of its own: Ctrl-C in the terminal must reach us alone, or all would stop
# at once instead of in order.
spawn() {  # spawn NAME USER STOP-SIGNAL COMMAND…
  local name="$1" user="$2" signal="$3" log="$LOGS/$1.log"
  shift 3
  if [[ -e "$log" ]] && (($(stat -c %s "$log") > 20000000)); then mv "$log" "$log.1"; fi
  launch_as "$user" "$signal"
  (umask 077 && cd / && exec setsid "${LAUNCH[@]}" "$@") </dev/null >>"$log" 2>&1 9>&- &
  # Not a job any more, or bash would report its end in words of its own.
  disown
  PID[$name]=$! STARTED[$name]=$SECONDS STOP_SIGNAL[$name]="$signal"
  [[ " ${ORDER[*]} " == *" $name "* ]] || ORDER+=("$name")
  printf '%s\n' "${PID[$name]}" >"$RUN/$name.pid"
}

# A zombie is dead, whether or not bash has collected it yet.
alive() {
  local stat
  { IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null && [[ "$stat" != *") Z "* ]]
}

wait_ready() {  # wait_ready NAME "What happens" SECONDS CHECK…
  local name="$1" what="$2" deadline=$((SECONDS + $3)) began="$EPOCHREALTIME"
  shift 3
  printf '  %-56s' "$what"
  # Alive and answering: what answers could be somebody else on our port.
  until alive "${PID[$name]}" && "$@"; do
    if ! alive "${PID[$name]}"; then
      not_ready "$name" "$name stopped right after its start"
    elif ((SECONDS >= deadline)); then
      not_ready "$name" "$name was not ready in time"
    fi
    nap 0.1
  done
  printf '%8s s\n' "$(seconds_since "$began")"
}

not_ready() {
  printf '  failed\n'
  show_log "$LOGS/$1.log"
  die "$2 (all of it: $(short "$LOGS/$1.log"))"
}

stop_process() {  # stop_process NAME
  local pid="${PID[$1]:-}" tenths
  rm -f "$RUN/$1.pid"
  unset "PID[$1]"
  if [[ -z "$pid" ]] || ! alive "$pid"; then return 0; fi
  kill -"${STOP_SIGNAL[$1]}" "$pid" 2>/dev/null
  for ((tenths = 0; tenths < 200; tenths++)); do
    alive "$pid" || return 0
    nap 0.1
  done
  note "$1 did not stop in 20 s and is killed"
  kill -KILL "$pid" 2>/dev/null
}

stop_everything() {
  local i began="$EPOCHREALTIME"
  ((${#ORDER[@]} > 0)) || return 0
  for ((i = ${#ORDER[@]} - 1; i >= 0; i--)); do
    stop_process "${ORDER[i]}"
  done
  note "stopped $(printf '%s\n' "${ORDER[@]}" | tac | paste -sd ' ') in $(seconds_since "$began") s"
  ORDER=()
}

# For ever: whatever dies is started again. Signals end this through the traps.
watch_processes() {
  local name
  while :; do
    for name in "${ORDER[@]}"; do
      if alive "${PID[$name]}"; then continue; fi
      echo restarting >"$RUN/state"
      revive "$name"
      echo ready >"$RUN/state"
    done
    nap 0.3
  done
}

revive() {
  local name="$1" pause=1
  if [[ -e "$RUN/$name.restart" ]]; then
    rm -f "$RUN/$name.restart"
    DEATHS[$name]=0
    note "$(date +%T) $name: restarting, as asked"
    "start_$name"
    return
  fi
  if ((SECONDS - STARTED[$name] >= QUICK_SECONDS)); then DEATHS[$name]=0; fi
  DEATHS[$name]=$((${DEATHS[$name]:-0} + 1))
  if ((DEATHS[$name] >= QUICK_DEATHS)); then
    show_log "$LOGS/$name.log"
    die "$name died $QUICK_DEATHS times in a row, each time within $QUICK_SECONDS s: giving up"
  fi
  pause=$((1 << (DEATHS[$name] - 1)))
  note "$(date +%T) $name died; starting it again in $pause s"
  nap "$pause"
  "start_$name"
}
