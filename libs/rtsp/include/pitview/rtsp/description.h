// What a camera says it sends: the session description (SDP, RFC 8866) of its
// DESCRIBE, as far as it is about video.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::rtsp {

struct VideoTrack {
  std::string codec;               // as written, upper case: "H264", "H265", "JPEG"
  std::uint8_t payload_type = 96;  // 0 to 127
  std::uint32_t clock_rate = 90'000;
  std::string control;  // a=control of the track; "" when it has none
  // NAL units of sprop-parameter-sets (RFC 6184, 8.1), decoded: SPS first, usually.
  std::vector<std::string> parameter_sets;
  unsigned packetization_mode = 0;
};

struct Description {
  std::string control;  // of the session
  std::vector<VideoTrack> videos;
  bool has_audio = false;
};

// validation_failed: it is no session description at all. Lines and attributes that
// are broken are passed over: cameras have them.
Result<Description> parse_description(std::string_view sdp);

}  // namespace pitview::rtsp
