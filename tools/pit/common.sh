# shellcheck shell=bash
# Where things are, on which ports, and how to say that something is wrong.

if [[ "${PITVIEW_VAR:-var}" == /* ]]; then
  VAR="${PITVIEW_VAR}"
else
  VAR="$PIT_ROOT/${PITVIEW_VAR:-var}"
fi
LOGS="$VAR/log"
RUN="$VAR/run"
SECRETS="$VAR/secrets"
DEMO="$VAR/demo"
STAMPS="$PIT_ROOT/build/stamps"
PORT_BASE="${PITVIEW_PORT_BASE:-18000}"

# One line, no stack of messages: the reader must know what to do next.
die() {
  printf 'pit: %s\n' "$*" >&2
  exit 1
}

# Sleeps without starting a process: nothing ever comes out of this pipe.
exec {NAP_FD}<> <(:)
nap() { IFS= read -r -t "$1" -u "$NAP_FD" || true; }

note() { printf '  %s\n' "$*"; }

if ! [[ "$PORT_BASE" =~ ^[0-9]{1,5}$ ]] || ((PORT_BASE < 1024 || PORT_BASE > 64000)); then
  die "PITVIEW_PORT_BASE must be a number from 1024 to 64000, not '$PORT_BASE'"
fi
readonly VAR LOGS RUN SECRETS DEMO STAMPS PORT_BASE
readonly HTTP_PORT=$((PORT_BASE + 80)) POSTGRES_PORT=$((PORT_BASE + 432))
readonly MQTT_PORT=$((PORT_BASE + 883)) RTSP_PORT=$((PORT_BASE + 554))
readonly VIDEO_PORT=$((PORT_BASE + 889)) WEBRTC_PORT=$((PORT_BASE + 189))
readonly PAGE_URL="http://127.0.0.1:$HTTP_PORT" VIDEO_URL="http://127.0.0.1:$VIDEO_PORT"

# A path as the user would type it from the repository.
short() { printf '%s' "${1#"$PIT_ROOT/"}"; }

prepare_var() {
  mkdir -p "$VAR" 2>/dev/null || die "cannot create $VAR: check its owner and the free space"
  [[ -w "$VAR" ]] || die "$VAR belongs to another user ($(stat -c %U "$VAR")): run as that user, or remove it"
  mkdir -p "$LOGS" "$RUN" "$SECRETS" "$DEMO"
  chmod 0700 "$LOGS" "$SECRETS" "$DEMO"
}

need_disk() {  # need_disk MEGABYTES FOLDER WHAT
  local free
  free="$(df -Pm "$2" | awk 'NR == 2 { print $4 }')"
  ((free >= $1)) || die "$3 needs $1 MB on the disk of $2, and $free MB are free"
}

# A secret is made once, readable by its owner only, and printed by whoever needs it.
secret() {  # secret NAME: 256 bits as 64 hex digits
  local file="$SECRETS/$1"
  if [[ ! -s "$file" ]]; then
    (umask 077 && head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$file.new" && mv "$file.new" "$file")
  fi
  cat "$file"
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port_holder() {  # port_holder PORT: " by NAME (process N)" as far as this machine tells
  command -v ss >/dev/null || return 0
  ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/ by \1 (process \2)/p' | head -n 1
}

need_free_ports() {
  local what
  for what in "page:$HTTP_PORT" "PostgreSQL:$POSTGRES_PORT" "Mosquitto:$MQTT_PORT" "cameras:$RTSP_PORT" \
    "video:$VIDEO_PORT"; do
    if port_open "${what#*:}"; then
      die "port ${what#*:} (${what%:*}) is taken$(port_holder "${what#*:}");" \
          "free it, or take others: PITVIEW_PORT_BASE=$((PORT_BASE + 2000)) ./pit up"
    fi
  done
}

# Below 32768, so that no outgoing connection can sit on it by chance.
free_port() {  # free_port FROM
  local port
  for ((port = $1; port < $1 + 200; port++)); do
    if ! port_open "$port"; then
      echo "$port"
      return
    fi
  done
  die "no free port from $1 to $((port - 1))"
}

# GET a path of the server without curl; the status line decides.
http_ok() (  # http_ok PORT PATH
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || exit 1
  printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
  IFS= read -r -t 2 status <&3 && [[ "$status" == "HTTP/1.1 200"* ]]
)
