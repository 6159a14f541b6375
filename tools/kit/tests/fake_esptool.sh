#!/bin/sh
# Stands in for esptool: a board is the directory $FAKE_BOARD with its MAC address in
# `mac` and its flash in `flash/OFFSET.N`, the N-th thing written there. Refuses
# whatever the real one would not have been asked.
set -eu

refuse() { echo "fake esptool: $*"; exit 64; }
# How many times something was written at that offset.
writes_at() {
  number=0
  while [ -e "$FAKE_BOARD/flash/$1.$((number + 1))" ]; do number=$((number + 1)); done
  echo "$number"
}

echo "$*" >>"$FAKE_BOARD/calls"
[ "$1 $2 $3 $4 $5 $6 $7 $8 $9" = "--chip esp32 --port /dev/ttyUSB7 --baud 460800 --before default_reset --after" ] ||
  refuse "arguments: $*"
shift 9
after="$1" command="$2"
shift 2

echo "esptool.py v4.8.1"
echo "MAC: $(cat "$FAKE_BOARD/mac")"
if [ -e "$FAKE_BOARD/blocks_at_$command" ]; then cat "$FAKE_BOARD/blocks_at_$command" >/dev/null; fi
if [ -e "$FAKE_BOARD/fails_at_$command" ]; then echo "A fatal error occurred: Failed to connect"; exit 2; fi

case "$command" in
  read_mac) [ "$after" = no_reset ] || refuse "--after $after"; exit 0 ;;
  write_flash) [ "$after" = no_reset ] || refuse "--after $after" ;;
  verify_flash) ;;
  *) refuse "command $command" ;;
esac
[ "$1 $2 $3 $4 $5 $6" = "--flash_mode dio --flash_size 4MB --flash_freq 40m" ] || refuse "flash settings: $*"
shift 6

while [ $# -gt 0 ]; do
  [ -s "$2" ] || refuse "no file $2"
  written="$(writes_at "$1")"
  newest="$FAKE_BOARD/flash/$1.$written"
  if [ "$command" = verify_flash ]; then
    if ! cmp -s "$2" "$newest"; then echo "Verify FAILED at $1"; exit 2; fi
  else
    cp "$2" "$FAKE_BOARD/incoming"
    mv "$FAKE_BOARD/incoming" "$FAKE_BOARD/flash/$1.$((written + 1))"
  fi
  shift 2
done
echo "Done"
