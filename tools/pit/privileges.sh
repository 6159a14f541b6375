# shellcheck shell=bash
# Who the daemons run as. PostgreSQL refuses to be root and Mosquitto need not be,
# so a root's ./pit up runs each as the system user that its package made; anybody
# else's runs them as that person.

declare -A DAEMON_HOME=() DAEMON_CAPS=()
LAUNCH=()

# choose_home USER: the folder of that daemon, in a place where it can work.
# A repository under /root (mode 0700) is closed to other users. Then the daemon keeps
# one capability, dac_override, over its change of user: still far less than root. A
# machine that forbids this gets the data in /var/lib.
choose_home() {
  local user="$1" home="$VAR/$1"
  DAEMON_HOME[$user]="$home" DAEMON_CAPS[$user]=""
  if ((EUID != 0)); then
    mkdir -p "$home"
    chmod 0700 "$home"
    return
  fi
  id "$user" >/dev/null 2>&1 || die "there is no system user '$user', which the Debian package should have made"
  install -d -o "$user" -g "$user" -m 0700 "$home"
  ! can_write "$user" "$home" || return 0
  DAEMON_CAPS[$user]="dac_override"
  ! can_write "$user" "$home" || return 0
  DAEMON_CAPS[$user]=""
  home="$(fallback_home)/$user"
  install -d -m 0755 "$(fallback_home)"
  install -d -o "$user" -g "$user" -m 0700 "$home"
  DAEMON_HOME[$user]="$home"
  note "user $user cannot reach $VAR, so its data is in $home"
}

fallback_home() { echo "/var/lib/pitview-$(printf '%s' "$VAR" | sha256sum | head -c 8)"; }

# By doing it: access(2), and so `test -w`, leaves capabilities out of account.
can_write() {
  run_as "$1" touch "$2/.writable" 2>/dev/null && rm -f "$2/.writable"
}

# launch_as USER [SIGNAL]: LAUNCH becomes the words to put before a command. The
# signal is what the kernel sends it should we die without stopping it.
launch_as() {
  local user="$1" caps="${DAEMON_CAPS[$1]:-}"
  LAUNCH=(setpriv --pdeathsig "${2:-TERM}")
  if ((EUID != 0)) || [[ "$user" == self ]]; then return 0; fi
  LAUNCH+=("--reuid=$user" "--regid=$user" --init-groups)
  if [[ -n "$caps" ]]; then LAUNCH+=("--inh-caps=+$caps" "--ambient-caps=+$caps"); fi
}

run_as() {  # run_as USER COMMAND…
  launch_as "$1"
  shift
  # Away from here: a daemon's tools complain about a folder they cannot read.
  (cd / && "${LAUNCH[@]}" "$@")
}

give_to() {  # give_to USER FILE…: readable by that daemon only
  local user="$1"
  shift
  chmod 0600 "$@"
  if ((EUID == 0)); then chown "$user:" "$@"; fi
}
