// What a camera's stream must be set to so that a look at it finds nothing wrong
// (pits/camera_check.h). Pure rules, over the StreamingChannel document of ISAPI.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cameras_isapi/xml_values.h"

namespace pitview::cameras_isapi {

enum class StreamKind : std::uint8_t { main, sub };

struct Setting {
  std::string
      name;  // stream, codec, profile, resolution, frame_rate, key_frames, bitrate_type, bitrate, svc, smart_codec
  std::string label;                    // as a sentence begins: "The frame rate"
  std::string now;                      // for people: "25 pictures a second"
  std::string wanted;                   // the same as `now` where it is right
  std::vector<XmlChange> changes = {};  // empty: it is right
};

// Those that this camera has, in the order of its document's importance. Whatever it does not
// tell of is not asked of it: an element that a camera does not know makes it refuse all.
std::vector<Setting> read_settings(const XmlValues& channel, StreamKind kind);

}  // namespace pitview::cameras_isapi
