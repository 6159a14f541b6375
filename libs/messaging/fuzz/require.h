// What must hold whatever comes; the fuzzer shows the input for which it does not.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace pitview::messaging::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace pitview::messaging::fuzz
