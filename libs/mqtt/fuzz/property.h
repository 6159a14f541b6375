// What a fuzz target says when a property does not hold: libFuzzer takes an abort
// for a crash and keeps the input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace pitview::mqtt::fuzz {

inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

}  // namespace pitview::mqtt::fuzz
