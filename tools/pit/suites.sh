# shellcheck shell=bash
# Runs test suites one after the other, each with a time limit, and adds up what
# their JUnit reports say. A suite that crashes, hangs or reports nothing is a
# failed one: silence never counts as success.

RESULTS="$VAR/results"
TOTAL_PASSED=0
TOTAL_FAILED=0
COMPLAINTS=()  # one line per failed suite, repeated at the end
WANTED=()      # parts of suite names; none means all

wanted() {
  local part
  ((${#WANTED[@]} > 0)) || return 0
  for part in "${WANTED[@]}"; do
    [[ "$1" != *"$part"* ]] || return 0
  done
  return 1
}

report_of() { printf '%s/%s.xml' "$RESULTS" "${1//\//-}"; }

# run_suite KIND NAME SECONDS COMMAND…
#   report   the command leaves a JUnit report at report_of NAME, which is counted
#   check    the command is one test: its exit status is the result
run_suite() {
  local kind="$1" name="$2" seconds="$3" began="$EPOCHREALTIME" log
  shift 3
  wanted "$name" || return 0
  mkdir -p "$RESULTS"
  rm -f "$(report_of "$name")"
  log="$LOGS/test-${name//\//-}.log"
  printf '  %-56s' "$name"
  in_group logged_exec "$log" timeout --kill-after=10 "$seconds" "$@"
  count_suite "$kind" "$name" "$seconds" "$began"
}

# timeout becomes the leader of the group, so that a Ctrl-C of ours ends its children too.
logged_exec() {
  local log="$1"
  shift
  exec "$@" >"$log" 2>&1
}

count_suite() {
  local kind="$1" name="$2" seconds="$3" began="$4" passed=0 failed=0 skipped=0 problem="" report
  report="$(report_of "$name")"
  if [[ "$kind" == check ]]; then
    if ((STATUS == 0)); then passed=1; else failed=1; fi
  elif [[ -s "$report" ]]; then
    read -r passed failed skipped < <(awk -f "$PIT_ROOT/tools/pit/count-junit.awk" "$report")
  fi
  if ((STATUS == 124 || STATUS == 137)); then
    problem="did not end within $seconds s and was killed"
  elif ((passed + failed == 0)); then
    problem="ended with status $STATUS and reported no test"
  elif ((STATUS != 0 && failed == 0)); then
    problem="ended with status $STATUS though no test failed"
  elif ((failed > 0)); then
    problem="$failed failed"
  fi
  if [[ -n "$problem" ]] && ((failed == 0)); then failed=1; fi
  TOTAL_PASSED=$((TOTAL_PASSED + passed)) TOTAL_FAILED=$((TOTAL_FAILED + failed))
  printf '%8s s   %d passed, %d failed%s\n' "$(seconds_since "$began")" "$passed" "$failed" \
    "$( ((skipped == 0)) || printf ', %d skipped' "$skipped")"
  if [[ -n "$problem" ]]; then
    show_failures "$LOGS/test-${name//\//-}.log"
    COMPLAINTS+=("$name: $problem ($(short "$LOGS/test-${name//\//-}.log"))")
  fi
}

# The first lines that name a failure, then the end of the output.
show_failures() {
  local lines
  lines="$(grep -nE '^\[  FAILED  \]|Failure$|^not ok|✖|AssertionError|ERROR: |runtime error:' "$1" | head -n 20 || true)"
  if [[ -n "$lines" ]]; then
    sed 's/^/    > /' <<<"$lines"
  fi
  show_log "$1"
}

# The last line of every run, whatever ended it.
print_totals() {
  local complaint
  if [[ -z "${SUITES_DONE:-}" ]]; then
    COMPLAINTS+=("the run itself did not come to its end")
    TOTAL_FAILED=$((TOTAL_FAILED + 1))
  fi
  printf '\n'
  for complaint in "${COMPLAINTS[@]}"; do printf '  failed: %s\n' "$complaint"; done
  printf '%d passed, %d failed\n' "$TOTAL_PASSED" "$TOTAL_FAILED"
}

finish_suites() {
  if ((TOTAL_PASSED + TOTAL_FAILED == 0)); then die "no suite is named like that: ${WANTED[*]}"; fi
  SUITES_DONE=1
  ((TOTAL_FAILED == 0)) || exit 1
}
