// "These readings are in the database, or refused for good": the server's message on
// …/ack (contracts/mqtt/README.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pitview::fw {

struct Settlement {
  static constexpr std::size_t kMaxRanges = 32;
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;  // included
  };

  std::uint32_t boot_id = 0;
  Range ranges[kMaxRanges];
  std::size_t count = 0;

  bool covers(std::uint32_t seq) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (seq >= ranges[i].first && seq <= ranges[i].last) return true;
    }
    return false;
  }
};

// Nothing unless it is wholly as the contract says: forgetting a reading that is
// stored nowhere cannot be mended, a repetition can.
std::optional<Settlement> parse_settlement(std::string_view json);

}  // namespace pitview::fw
