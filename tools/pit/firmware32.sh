#!/usr/bin/env bash
# The firmware for 32 bits: the partition table adds up, the core and the adapters
# compile, and the core's tests pass. Leaves a JUnit report where GTEST_OUTPUT says.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly build=build/firmware32

# Ascending, without overlap or gap but for the alignment of the applications (64 KB),
# from behind the partition table (0x8000, 4 KB) to the end of 4 MB.
check_partitions() {
  local name type _ offset size end=$((0x9000)) start
  while IFS=', ' read -r name type _ offset size _; do
    [[ -n "$name" && "$name" != \#* ]] || continue
    start=$end
    if [[ "$type" == app ]]; then start=$(((end + 0xffff) / 0x10000 * 0x10000)); fi
    if ((offset != start || size % 0x1000 != 0)); then
      printf 'partitions.csv: %s is at %s with %s bytes; it belongs at 0x%x, in whole sectors\n' "$name" "$offset" "$size" "$start"
      return 1
    fi
    end=$((offset + size))
  done <firmware/idf/partitions.csv
  if ((end != 4 * 1024 * 1024)); then
    printf 'partitions.csv ends at 0x%x, the flash at 0x400000\n' "$end"
    return 1
  fi
}

check_partitions
if [[ ! -e "$build/build.ninja" ]]; then
  cmake -S firmware/idf/check -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++-19
fi
cmake --build "$build" -j 2
"$build/test_firmware32"
