# shellcheck shell=bash
# Benchmarks: bench/NAME.sh, bench/NAME.ts, or the C++ executable bench_NAME.
# A script finds the product through ./pit status --json and starts it if it needs it.

cmd_bench() {
  local name="${1:-}" program
  prepare_var
  if [[ -z "$name" ]]; then
    list_benches
    return
  fi
  shift
  install_packages build run bench
  build_cpp release pitview-server pitview-video pitview-sim pitview-bench
  build_web
  program="$(find "$PIT_ROOT/build/release/bench" -name "bench_$name" -type f -perm -u+x -print -quit 2>/dev/null || true)"
  cd "$PIT_ROOT"
  if [[ -e "bench/$name.sh" ]]; then
    bash "bench/$name.sh" "$@"
  elif [[ -e "bench/$name.ts" ]]; then
    "$NODE" "bench/$name.ts" "$@"
  elif [[ -n "$program" ]]; then
    "$program" "$@"
  else
    die "there is no benchmark '$name'; ./pit bench lists them"
  fi
}

list_benches() {
  {
    find "$PIT_ROOT/bench" -maxdepth 1 \( -name '*.sh' -o -name '*.ts' \) -printf '%f\n' 2>/dev/null | sed 's/\.[a-z]*$//'
    find "$PIT_ROOT/bench" -name '*.cpp' -printf '%f\n' 2>/dev/null | sed -n 's/^bench_\(.*\)\.cpp$/\1/p'
  } | LC_ALL=C sort -u | sed 's/^/  /'
}
