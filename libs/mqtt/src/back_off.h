// How long to wait before connecting again: random between nothing and a bound
// that doubles with every failure, so that thousands of devices do not come back
// in step after their broker's restart ("full jitter").
#pragma once

#include <algorithm>
#include <chrono>

namespace pitview::mqtt {

// `failures` is 1 after the first one.
inline std::chrono::milliseconds back_off_bound(unsigned failures, std::chrono::milliseconds first,
                                                std::chrono::milliseconds longest) {
  auto bound = first;
  for (unsigned i = 1; i < failures && bound < longest; ++i) bound *= 2;
  return std::min(bound, longest);
}

}  // namespace pitview::mqtt
