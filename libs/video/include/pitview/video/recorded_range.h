// A time of a recording, as it stands in the gateway's addresses and in the tokens for them:
// "<path>/recordings/<from>-<to>", in milliseconds since 1970. A token for the live picture of a
// path opens none of them, and one for a range no other range.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/time.h"

namespace pitview::video {

// What is made into one file, or kept as one clip, at most.
inline constexpr std::chrono::minutes kMaxClip{30};
// What is played in one go at most.
inline constexpr std::chrono::hours kMaxPlayback{6};

struct RecordedRange {
  std::string path;
  Timestamp from{};  // whole milliseconds
  Timestamp to{};    // later than `from`
};

std::string address_of(const RecordedRange& range);

// `times`: "<from>-<to>". Empty: no times, or none that lie so.
std::optional<RecordedRange> parse_recorded_range(std::string path, std::string_view times);

}  // namespace pitview::video
