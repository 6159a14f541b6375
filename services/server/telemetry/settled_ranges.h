// Sequence numbers as ranges, first and last included, merged where they touch.
// Bounded: what does not fit is dropped, which only means that the device sends
// those readings again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace pitview::telemetry {

class SettledRanges {
 public:
  using Range = std::array<std::int32_t, 2>;
  static constexpr std::size_t kMax = 256;

  // False when it was dropped.
  bool add(std::int32_t seq);
  bool empty() const noexcept { return ranges_.empty(); }

  // Takes out the lowest ones, at most `count`.
  std::vector<Range> take(std::size_t count);

 private:
  std::map<std::int32_t, std::int32_t> ranges_;  // first → last
};

}  // namespace pitview::telemetry
