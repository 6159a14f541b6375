# shellcheck shell=bash
# Formatting and static checks.

cpp_files() {  # every C++ file of ours
  cd "$PIT_ROOT" || return
  find libs firmware services tools bench \( -name node_modules -o -name build \) -prune -o \
    -type f \( -name '*.cpp' -o -name '*.h' \) -print 2>/dev/null | LC_ALL=C sort
}

lint_suites() {
  local check
  for check in format layers shell; do
    run_suite check "lint/$check" 120 "$PIT_ROOT/pit" "_lint_$check"
  done
  run_suite check lint/web 120 "${NPM[@]}" run --silent lint
}

lint_format() { cpp_files | xargs -r clang-format-19 --dry-run --Werror; }

lint_layers() { bash "$PIT_ROOT/tools/pit/check-layers.sh"; }

lint_shell() {
  cd "$PIT_ROOT" || return
  shellcheck -x pit .ci/run tools/pit/check-layers.sh tools/pit/firmware32.sh
}

# Files that differ from what was last pushed, or every one. The adapters of firmware/idf
# are not in the host's build, so clang-tidy could not read them.
tidy_files() {
  cd "$PIT_ROOT" || return
  if [[ "${1:-}" == --all ]]; then
    cpp_files
  else
    git diff --name-only --diff-filter=d "$(git merge-base HEAD origin/main 2>/dev/null || echo HEAD)"
    git ls-files --others --exclude-standard
  fi | grep '\.cpp$' | grep -v '^firmware/idf/' | LC_ALL=C sort -u || true
}

cmd_lint() {
  local files
  prepare_var
  CLEANUPS+=(print_totals)
  install_packages build test
  install_web_packages
  lint_suites
  if [[ ! -e "$PIT_ROOT/build/dev/compile_commands.json" ]]; then
    step "configuring C++ (dev)" cmake-dev configure_cpp dev
  fi
  for files in $(tidy_files "$@"); do
    run_suite check "tidy/$files" 600 clang-tidy-19 -p "$PIT_ROOT/build/dev" --quiet "$PIT_ROOT/$files"
  done
  finish_suites
}

cmd_fmt() {
  prepare_var
  install_packages test
  install_web_packages
  step "formatting C++" fmt-cpp format_cpp
  step "formatting the web" fmt-web "${NPM[@]}" run fmt
}

format_cpp() { cpp_files | xargs -r clang-format-19 -i; }
