#include "exports/local_time.h"

#include <array>
#include <cstdio>

namespace pitview::exports {

std::string to_iso8601(LocalTime time) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(std::chrono::abs(time.offset)).count();
  std::array<char, 32> offset{};
  std::snprintf(offset.data(), offset.size(), "%c%02d:%02d", time.offset.count() < 0 ? '-' : '+',
                static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
  std::string text = pitview::to_iso8601(time.at + time.offset);
  text.pop_back();  // Z
  return text + offset.data();
}

}  // namespace pitview::exports
