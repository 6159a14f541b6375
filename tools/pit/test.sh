# shellcheck shell=bash
# ./pit test: everything that can be known about this tree, on data of its own.

readonly STACK_VAR=var/test-stack  # where tests/ look for the product
readonly SUITE_SECONDS=600

cmd_test() {
  if [[ -z "${PIT_TEST:-}" ]]; then own_environment "$@"; fi
  WANTED=("$@")
  CLEANUPS+=(print_totals)
  prepare_var
  take_lock "another ./pit test is running"
  CLEANUPS+=(test_ends)
  rm -rf -- "$RESULTS" "$VAR/postgres" "$VAR/mosquitto" "$(fallback_home)"
  install_packages build run test
  build_cpp dev
  build_web
  lint_suites
  cpp_suites
  firmware_suites
  web_suites
  product_suites
  fault_suites dev small "$SUITE_SECONDS"
  finish_suites
}

# Ports nobody uses: several trees may be tested on one machine.
free_port_base() {  # free_port_base BASE…
  local base port
  for base in "$@"; do
    for port in 80 432 554 883 889; do
      if port_open $((base + port)); then continue 2; fi
    done
    echo "$base"
    return
  done
  die "all ports that the tests could use are taken: $*"
}

# The tests' own database lives in var/test; brokers are the tests' own children.
own_environment() {
  local base
  base="$(free_port_base 20000 21000 22000 23000 24000)"
  PIT_TEST=1 PITVIEW_VAR="$VAR/test" PITVIEW_PORT_BASE="$base" exec "$PIT_ROOT/pit" test "$@"
}

test_ends() {
  stop_everything
  if [[ -n "${STACK_UP:-}" ]]; then stack ./pit down; fi
  rm -f "$RUN/state" "$RUN/pit.pid"
}

# One leak, overflow or undefined shift ends the process that did it.
sanitizer_options() {
  export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:allow_addr2line=1
  export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
}

cpp_suites() {
  local name names=() kind
  for name in $(ctest --test-dir "$PIT_ROOT/build/dev" -N | awk '/^ *Test +#/ { print $3 }'); do
    if wanted "cpp/$name"; then names+=("$name"); fi
  done
  ((${#names[@]} > 0)) || return 0
  # The tests' scratch databases are used by every role of the product; the cluster
  # lives for these minutes only, so it trusts who reaches it on loopback.
  prepare_postgres --no-sync --auth-host=trust
  start_postgres -c fsync=off -c full_page_writes=off -c synchronous_commit=off
  sanitizer_options
  PITVIEW_TEST_POSTGRES="$(postgres_url postgres postgres)"
  export PITVIEW_TEST_POSTGRES
  for name in "${names[@]}"; do
    # A GoogleTest executable must leave a report; any other ctest is one test.
    kind=check
    if [[ -n "$(find "$PIT_ROOT/build/dev" -name "test_$name" -type f -perm -u+x -print -quit)" ]]; then kind=report; fi
    GTEST_OUTPUT="xml:$(report_of "cpp/$name")" run_suite "$kind" "cpp/$name" "$SUITE_SECONDS" \
      ctest --test-dir "$PIT_ROOT/build/dev" -R "^$name\$" --output-on-failure --no-tests=error
  done
  stop_everything
  unset PITVIEW_TEST_POSTGRES
}

# What the host's build cannot say about the firmware: 32 bits, and ESP-IDF's interface.
# The time is for a first compilation, which is part of it.
firmware_suites() {
  sanitizer_options
  GTEST_OUTPUT="xml:$(report_of firmware/32-bit)" run_suite report firmware/32-bit 1200 \
    "$PIT_ROOT/tools/pit/firmware32.sh"
}

web_suites() {
  run_suite report web/unit "$SUITE_SECONDS" "${NPM[@]}" run test:unit -- \
    --reporter=default --reporter=junit --outputFile.junit="$(report_of web/unit)"
  run_suite check web/budget 60 "${NPM[@]}" run --silent budget
}

# The whole product from outside: HTTP, WebSocket, MQTT and a browser.
product_suites() {
  local file name files=()
  for file in "$PIT_ROOT"/tests/{api,e2e}/*.test.ts; do
    name="$(short "${file%.test.ts}")"
    if [[ -e "$file" ]] && wanted "${name#tests/}"; then files+=("$file"); fi
  done
  ((${#files[@]} > 0)) || return 0
  sanitizer_options
  STACK_PORT_BASE="$(free_port_base 19000 25000 26000 27000 28000)"
  stack ./pit reset --yes >/dev/null
  STACK_UP=1
  # Its progress is worth seeing, and without it none of these suites can run.
  in_group stack ./pit up --detach --preset dev --without-sim --workshops 2
  if ((STATUS != 0)); then
    COMPLAINTS+=("the product did not start, so tests/api and tests/e2e could not run")
    TOTAL_FAILED=$((TOTAL_FAILED + ${#files[@]}))
    return
  fi
  for file in "${files[@]}"; do
    name="$(short "${file%.test.ts}")"
    name="${name#tests/}"
    run_suite report "$name" "$SUITE_SECONDS" env PITVIEW_VAR="$STACK_VAR" PITVIEW_PORT_BASE="$STACK_PORT_BASE" \
      PATH="$WEB/node_modules/.bin:$PATH" "$NODE" --test \
      --test-reporter=spec --test-reporter-destination=stdout \
      --test-reporter=junit --test-reporter-destination="$(report_of "$name")" "$file"
  done
  stack ./pit down
  STACK_UP=""
  run_suite check stack/sanitizers-are-silent 10 bash -c "cd '$PIT_ROOT' && ! grep -nE 'ERROR: (Address|Leak)Sanitizer|runtime error:' '$STACK_VAR'/log/*.log"
}

stack() (
  cd "$PIT_ROOT"
  # With a name, so that a second one can take its share (tests/api/servers.test.ts).
  PIT_TEST="" PITVIEW_VAR="$STACK_VAR" PITVIEW_PORT_BASE="$STACK_PORT_BASE" PITVIEW_SERVER_NAME=main "$@"
)
