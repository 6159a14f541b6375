# shellcheck shell=bash
# Node: the version that web/package.json pins, from the npm registry's package `node`.
# Whatever npm the machine has (Debian's if none) is used once, to fetch that Node and
# an npm of its own age into build/node. It must be so: under an older Node, npm leaves
# out optional packages that want a newer one, and the bundler's binary is such a one.

readonly WEB="$PIT_ROOT/web"
readonly NODE_HOME="$PIT_ROOT/build/node"
readonly NODE="$WEB/node_modules/.bin/node"
readonly NPM_VERSION=11.19.1

npm_works() { command -v npm >/dev/null && npm --version >/dev/null 2>&1; }

install_node() {
  local version
  version="$(sed -n 's/^ *"node": *"\([0-9.]*\)".*/\1/p' "$WEB/package.json")"
  [[ -n "$version" ]] || die "web/package.json does not pin the npm package 'node'"
  if [[ "$(cat "$NODE_HOME/versions" 2>/dev/null)" == "$version $NPM_VERSION" ]]; then return 0; fi
  rm -rf "$NODE_HOME"
  mkdir -p "$NODE_HOME"
  step "fetching Node $version" node-install npm install --prefix "$NODE_HOME" --no-save --no-package-lock \
    --no-audit --no-fund "node@$version" "npm@$NPM_VERSION"
  printf '%s %s\n' "$version" "$NPM_VERSION" >"$NODE_HOME/versions"
}

# The words before an npm command for web/; scripts find its own Node first.
readonly NPM=(env "PATH=$NODE_HOME/node_modules/.bin:$PATH" npm --prefix "$WEB")

# npm ci only when the lock or package.json has changed since the last one.
install_web_packages() {
  local stamp="$STAMPS/npm" now
  install_node
  mkdir -p "$STAMPS"
  now="$(cat "$WEB/package.json" "$WEB/package-lock.json" | sha256sum)"
  if [[ -x "$NODE" && -e "$stamp" && "$(<"$stamp")" == "$now" ]]; then return 0; fi
  rm -f "$stamp"
  step "fetching web packages" npm-ci "${NPM[@]}" ci --no-audit --no-fund
  printf '%s\n' "$now" >"$stamp"
}

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
  step "building the web" web-build "${NPM[@]}" run build
  printf '%s\n' "$now" >"$stamp"
}
