# shellcheck shell=bash
# C++ by CMake presets. Two jobs at most: units with Asio need about 1 GB each.

check_preset() {
  case "$1" in
    release | dev | tsan) ;;
    *) die "there is no preset '$1': release, dev or tsan" ;;
  esac
}

binary() {  # binary PRESET NAME
  case "$2" in
    pitview-server) echo "$PIT_ROOT/build/$1/services/server/pitview-server" ;;
    pitview-video) echo "$PIT_ROOT/build/$1/services/video/pitview-video" ;;
    pitview-sim) echo "$PIT_ROOT/build/$1/tools/sim/pitview-sim" ;;
    pitview-kit) echo "$PIT_ROOT/build/$1/tools/kit/pitview-kit" ;;
  esac
}

build_cpp() {  # build_cpp PRESET [TARGET…]: all targets when none is named
  local preset="$1" target targets=()
  shift
  for target in "$@"; do targets+=(--target "$target"); done
  need_disk 2000 "$PIT_ROOT" "a build"
  if [[ ! -e "$PIT_ROOT/build/$preset/build.ninja" ]]; then
    step "configuring C++ ($preset)" "cmake-$preset" configure_cpp "$preset"
  fi
  rm -f "$LOGS/ccache-$preset.stats"
  CCACHE_STATSLOG="$LOGS/ccache-$preset.stats" step "building C++ ($preset)" "build-$preset" \
    cmake --build "$PIT_ROOT/build/$preset" -j 2 "${targets[@]}"
  cache_line "$preset"
}

configure_cpp() {
  cd "$PIT_ROOT" || return
  # A half-written cache would keep the error of an earlier attempt.
  rm -f "build/$1/CMakeCache.txt"
  cmake --preset "$1"
}

# Counts this build only: the cache itself belongs to the user and is shared.
cache_line() {
  local stats="$LOGS/ccache-$1.stats" all hits
  [[ -s "$stats" ]] || return 0
  all="$(grep -c '^# ' "$stats" || true)"
  hits="$(grep -cE '^(direct|preprocessed)_cache_hit$' "$stats" || true)"
  note "  ccache: $hits of $all units were compiled before"
}

cmd_build() {
  local preset="${1:-release}"
  check_preset "$preset"
  prepare_var
  install_packages build
  build_cpp "$preset"
  build_web
}
