# shellcheck shell=bash
# Debian packages: only missing ones are installed, and nothing that comes with
# them may start a service or create a database cluster of its own.

package_list() {  # package_list KIND…: the names in packages-KIND.txt
  local kind
  for kind in "$@"; do
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -e 's/[[:space:]]//g' "$PIT_ROOT/tools/pit/packages-$kind.txt"
  done
}

missing_packages() {
  local name
  for name in $(package_list "$@"); do
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || echo "$name"
  done
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

install_packages() {  # install_packages KIND…
  local missing kinds=("$@")
  npm_works || kinds+=(node)
  missing="$(missing_packages "${kinds[@]}" | sort -u | tr '\n' ' ')"
  [[ -n "$missing" ]] || return 0
  command -v apt-get >/dev/null || die "this machine has no apt-get: PitView is built on Debian 12"
  note "missing Debian packages: $missing"
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "not root and no sudo: as root, run apt-get install --no-install-recommends $missing"
    sudo -v || die "sudo was refused: as root, run apt-get install --no-install-recommends $missing"
  fi
  step "updating the list of packages" apt-update as_root apt-get update
  check_offered "$missing"
  # shellcheck disable=SC2086  # a list of names
  step "installing $(wc -w <<<"$missing") packages and what they need" apt-install apt_install_quietly $missing
}

check_offered() {
  local name
  for name in $1; do
    [[ "$(LC_ALL=C apt-cache policy "$name")" == *"Candidate: "[0-9]* ]] ||
      die "apt offers no package '$name': PitView needs the main archive of Debian 12 (/etc/apt/sources.list)"
  done
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
    apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 "$@"
}

apt_install_quietly() {
  forbid_service_starts
  if [[ " $* " == *" postgresql-15 "* ]]; then
    apt_install postgresql-common
    forbid_main_cluster
  fi
  apt_install "$@"
  # These packages enable their services for the next boot; ours are private ones.
  local name
  for name in mosquitto janus; do
    if [[ " $* " == *" $name "* ]]; then as_root update-rc.d "$name" disable; fi
  done
  if [[ " $* " == *" nats-server "* ]] && command -v systemctl >/dev/null; then
    as_root systemctl disable nats-server.service
  fi
}

# policy-rc.d is Debian's own way to keep packages from starting services. One that
# is already there is the administrator's word and stays.
forbid_service_starts() {
  local policy=/usr/sbin/policy-rc.d
  if [[ ! -e "$policy" ]]; then
    trap 'restore_machine' EXIT
    printf '#!/bin/sh\n# for the time of one apt-get, by pit\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 0755 "$policy"
  fi
}

# postgresql-15 would create and enable a cluster "main" on the default port.
forbid_main_cluster() {
  local conf=/etc/postgresql-common/createcluster.conf
  trap 'restore_machine' EXIT
  as_root cp -p "$conf" "$conf.before-pit"
  printf "create_main_cluster = false\n" | as_root tee -a "$conf" >/dev/null
}

restore_machine() {
  local policy=/usr/sbin/policy-rc.d conf=/etc/postgresql-common/createcluster.conf
  if grep -qs 'by pit$' "$policy"; then as_root rm -f "$policy"; fi
  if [[ -e "$conf.before-pit" ]]; then as_root mv "$conf.before-pit" "$conf"; fi
}
