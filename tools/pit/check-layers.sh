#!/usr/bin/env bash
# Dependencies run one way. What a library may include is listed here once; an
# include outside of it fails, whether or not the linker would have noticed.
set -euo pipefail
cd "$(dirname "$0")/../.."

# library: the libraries whose headers it may include
allowed="
base:
config: base
domain: base
async: base
json: base
storage: base domain async postgres
postgres: base domain async
http: base async json
mqtt: base async
live: base domain async
images: base
h264: base
rtp: base h264
rtsp: base async rtp
webrtc: base rtp
fmp4: h264
stills: base h264
video: base
curl:
s3: base curl
web_push: base curl
messaging: base curl json
notify: base domain async
reports: base
"

errors=0
complain() {
  printf '%s\n' "$*"
  errors=$((errors + 1))
}

includes() {  # includes FOLDER PATTERN: file:line of every #include that matches
  grep -rnE --include='*.h' --include='*.cpp' "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]$2" "$1" || true
}

for folder in libs/*/; do
  lib="$(basename "$folder")"
  row="$(grep "^$lib:" <<<"$allowed" || true)"
  if [[ -z "$row" ]]; then
    complain "libs/$lib: tools/pit/check-layers.sh does not say yet what it may include"
    continue
  fi
  while IFS= read -r hit; do
    [[ -n "$hit" ]] || continue
    other="$(sed -E 's,.*[<"]pitview/([a-z_0-9]+)/.*,\1,' <<<"$hit")"
    if [[ "$other" != "$lib" && " ${row#*:} " != *" $other "* ]]; then
      complain "${hit%%:*}: libs/$lib may not include pitview/$other (only:${row#*:})"
    fi
  done < <(includes "$folder" 'pitview/')
done

while IFS= read -r hit; do
  [[ -z "$hit" ]] || complain "${hit%%:*}: domain is pure rules, without I/O: ${hit##*include }"
done < <(includes libs/domain '(boost/asio|boost/beast|libpq|openssl/|spdlog/|sys/socket)')

while IFS= read -r hit; do
  [[ -z "$hit" ]] || complain "${hit%%:*}: nothing includes a service: ${hit##*include }"
done < <(includes libs '(\.\./)*(services|tools)/'; includes tools '(\.\./)*services/')

if ((errors > 0)); then
  printf '%d wrong includes\n' "$errors"
  exit 1
fi
