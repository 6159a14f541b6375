# shellcheck shell=bash
# Fault tests (tests/faults): on a stack that nobody watches over, because the tests
# themselves start, stop and kill its processes.

readonly FAULT_STACK="$VAR/fault-stack"
readonly FULL_FAULT_SECONDS=7200  # of one suite with the large numbers

# ./pit faults [NAME…] [--rounds N]: the large numbers, on release builds.
cmd_faults() {
  local names=() rounds=""
  while (($# > 0)); do
    case "$1" in
      --rounds) rounds="${2:-}" && shift ;;
      --rounds=*) rounds="${1#*=}" ;;
      -*) die "faults knows no option '$1'; ./pit help lists them" ;;
      *) names+=("$1") ;;
    esac
    shift
  done
  [[ -z "$rounds" || "$rounds" =~ ^[1-9][0-9]{0,5}$ ]] || die "--rounds must be a number from 1"
  export PITVIEW_FAULT_ROUNDS="$rounds"
  WANTED=("${names[@]}")
  CLEANUPS+=(print_totals)
  prepare_var
  exec 9>>"$RUN/faults.lock"
  flock -n 9 || die "another ./pit faults is running"
  install_packages build run test
  build_cpp release pitview-server pitview-sim
  build_web
  fault_suites release full "$FULL_FAULT_SECONDS"
  finish_suites
}

fault_suites() {  # fault_suites PRESET small|full SECONDS
  local preset="$1" size="$2" seconds="$3" file name files=()
  for file in "$PIT_ROOT"/tests/faults/*.test.ts; do
    name="faults/$(basename "$file" .test.ts)"
    # What only the large numbers can show says so by its name.
    if [[ "$size" == small && "$name" == *.full ]]; then continue; fi
    if wanted "${name%.full}"; then files+=("$file"); fi
  done
  ((${#files[@]} > 0)) || return 0
  in_group env PITVIEW_VAR="$FAULT_STACK" PITVIEW_PORT_BASE="$(fault_port_base)" \
    "$PIT_ROOT/pit" _fault_stack "$preset"
  if ((STATUS != 0)); then
    COMPLAINTS+=("the stack could not be made, so tests/faults could not run")
    TOTAL_FAILED=$((TOTAL_FAILED + ${#files[@]}))
    return
  fi
  for file in "${files[@]}"; do
    name="faults/$(basename "$file" .test.ts)"
    name="${name%.full}"
    run_suite report "$name" "$seconds" env PITVIEW_FAULT_STACK="$FAULT_STACK" PITVIEW_FAULTS="$size" \
      "$NODE" --test --test-reporter=spec --test-reporter-destination=stdout \
      --test-reporter=junit --test-reporter-destination="$(report_of "$name")" "$file"
    show_figures "$name"
  done
  if [[ "$preset" == dev ]]; then
    run_suite check faults/sanitizers-are-silent 10 bash -c \
      "cd '$FAULT_STACK' && ! grep -nE 'ERROR: (Address|Leak)Sanitizer|runtime error:' log/*.log"
  fi
}

# The stack listens on ports of its own, and a second server on the one after the page's.
fault_port_base() {
  if [[ -n "${PIT_TEST:-}" ]]; then
    free_port_base 19000 25000 26000 27000 28000
  else
    free_port_base "$PORT_BASE" 29000 30000 31000
  fi
}

# What a fault test found out, counted: worth a line each, also when it passed.
show_figures() {
  sed -n 's/^ℹ \(.*: .*\)/    \1/p' "$LOGS/test-${1//\//-}.log"
}

# ./pit _fault_stack PRESET: data, roles, schema and configurations in PITVIEW_VAR, and
# under recipe/ how each process is started; none of them runs at the end.
make_fault_stack() {
  PRESET="$1" WORKSHOPS=1
  check_preset "$PRESET"
  cmd_reset --yes >/dev/null
  rm -rf -- "$VAR/recipe" "$VAR/fleet.json"
  prepare_var
  take_lock "its processes run already"
  CLEANUPS+=(stop_everything)
  need_free_ports
  prepare_postgres
  start_postgres
  prepare_server
  stop_everything
  prepare_mosquitto
  mkdir -p "$VAR/recipe"
  write_recipes
}

# As the supervisor would start them (supervise.sh), but written down: words that end in NUL.
write_recipes() (
  spawn() {
    local name="$1" user="$2" signal="$3"
    shift 3
    launch_as "$user" "$signal"
    # shellcheck disable=SC2016  # for the shell that starts it
    printf '%s\0' bash -c 'umask 077 && cd / && exec "$@"' "$name" "${LAUNCH[@]}" "$@" >"$VAR/recipe/$name"
  }
  wait_ready() { :; }
  start_postgres
  start_mosquitto
  start_server
  state() { echo prepared; }
  status_json >"$VAR/status.json"
  printf '%s' "$(binary "$PRESET" pitview-sim)" >"$VAR/recipe/sim"
  chmod -R go= "$VAR/recipe" "$VAR/status.json"
)
