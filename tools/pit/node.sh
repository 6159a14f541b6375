# shellcheck shell=bash
# Node: the version that web/package.json pins comes from the npm registry as the
# package `node`. The machine's own npm only fetches it; whatever runs, runs on the
# pinned one, because npm puts node_modules/.bin first for every script.

readonly WEB="$PIT_ROOT/web"
readonly NODE="$WEB/node_modules/.bin/node"

npm_works() {
  command -v npm >/dev/null && command -v node >/dev/null || return 1
  local version
  version="$(node --version 2>/dev/null)" && version="${version#v}"
  ((${version%%.*} >= 18))
}

install_npm() {
  npm_works || install_packages node
}

# npm ci only when the lock or package.json has changed since the last one.
install_web_packages() {
  local stamp="$STAMPS/npm" now
  mkdir -p "$STAMPS"
  now="$(cat "$WEB/package.json" "$WEB/package-lock.json" | sha256sum)"
  if [[ -x "$NODE" && -e "$stamp" && "$(<"$stamp")" == "$now" ]]; then return 0; fi
  install_npm
  rm -f "$stamp"
  step "fetching web packages" npm-ci npm_in_web ci --no-audit --no-fund
  [[ -x "$NODE" ]] || die "web/package.json does not pin the npm package 'node'"
  printf '%s\n' "$now" >"$stamp"
}

npm_in_web() { npm --prefix "$WEB" "$@"; }

# Everything that can change what the browser gets.
web_sources_hash() {
  cd "$WEB" || return
  find . \( -name node_modules -o -name dist -o -name coverage \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

build_web() {
  local stamp="$STAMPS/web" now
  install_web_packages
  now="$(web_sources_hash)"
  if [[ -e "$WEB/dist/index.html" && -e "$stamp" && "$(<"$stamp")" == "$now" ]]; then return 0; fi
  rm -f "$stamp"
  step "building the web" web-build npm_in_web run build
  printf '%s\n' "$now" >"$stamp"
}
