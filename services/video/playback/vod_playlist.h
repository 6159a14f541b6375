// The playlist of a recording (RFC 8216: a video-on-demand playlist of fragmented MP4) and the names in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "playback/library.h"

namespace pitview::video {

// Gaps are closed up: what comes behind one is marked as a discontinuity, with the time of day.
// internal_error: a recording was altered.
Result<std::string> write_vod_playlist(const std::vector<Span>& spans);

// "<file's beginning, ms>.mp4", a head, or "<file's beginning, ms>-<first piece>-<pieces>.m4s".
struct VodName {
  Timestamp file{};
  std::size_t first = 0;
  std::size_t count = 0;  // 0: the head
};
std::optional<VodName> parse_vod_name(std::string_view name);

}  // namespace pitview::video
