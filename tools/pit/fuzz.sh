# shellcheck shell=bash
# Long runs of the fuzz targets ({libs,services}/*/fuzz, cmake/pitview.cmake). What ./pit test
# repeats in seconds goes on here for as long as one likes.

cmd_fuzz() {
  local name="${1:-}" seconds="${2:-60}"
  [[ "$seconds" =~ ^[0-9]{1,6}$ ]] || die "SECONDS must be a number, not '$seconds'"
  if [[ -z "$name" ]]; then
    list_fuzz_targets
    return
  fi
  [[ " $(list_fuzz_targets | xargs) " == *" $name "* ]] || die "there is no fuzz target '$name'; ./pit fuzz lists them"
  prepare_var
  install_packages build
  build_cpp dev "fuzz_$name"
  run_fuzz_target "$name" "$seconds"
}

list_fuzz_targets() {  # LIBRARY_NAME: the pitview_fuzz lines of libraries and services
  cd "$PIT_ROOT" || return
  sed -n 's,^[a-z]*/\([a-z_0-9]*\)/CMakeLists.txt:pitview_fuzz(\([a-z_]*\) .*,  \1_\2,p' \
    < <(grep -H '^pitview_fuzz(' libs/*/CMakeLists.txt services/*/CMakeLists.txt)
}

# Inputs that reach new code are kept in var/fuzz and are where the next run begins. One
# that fails goes to the folder that ./pit test replays, to be committed with its fix.
run_fuzz_target() {
  local name="$1" seconds="$2" target="${1#*_}" folder found regressions
  folder="$(cd "$PIT_ROOT" && dirname {libs,services}/"${1%%_*}/fuzz/$target.cpp" | while read -r at; do
    [[ ! -e "$at/$target.cpp" ]] || echo "$PIT_ROOT/$at"
  done)"
  found="$VAR/fuzz/$name"
  regressions="$folder/regressions/$target"
  mkdir -p "$found" "$regressions"
  in_group logged_tail "$LOGS/fuzz-$name.log" "$(find "$PIT_ROOT/build/dev" -name "fuzz_$name" -type f -perm -u+x)" \
    -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 -artifact_prefix="$regressions/" \
    "$found" "$folder/corpus/$target"
  rmdir --ignore-fail-on-non-empty -p "$regressions"
  ((STATUS == 0)) || die "$name failed: $(short "$LOGS/fuzz-$name.log") says why, the input is in $(short "$regressions")"
}

# libFuzzer writes a line for every discovery; the last ones say how far it got.
logged_tail() {
  local log="$1" status=0
  shift
  "$@" >"$log" 2>&1 || status=$?
  grep -E '^#[0-9]+.*(DONE|REDUCE|NEW|pulse)' "$log" | tail -n 1 || true
  grep -E '^(stat::|ERROR|does not hold|SUMMARY|==[0-9]+==ERROR)' "$log" || true
  return "$status"
}
