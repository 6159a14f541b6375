// One file of a recording: pictures without a gap.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "recording/recording_name.h"

namespace pitview::video {

struct Recording {
  RecordingName name;
  Timestamp ended{};
  std::uint64_t bytes = 0;  // as they lie on the disk, or in the bucket
  bool is_on_disk = false;
  bool is_in_bucket = false;
};

// "<path>/<began>-<ended>", ms since 1970.
std::string text_of_times(const Recording& recording);
// Of "<workshop>/<path>/<began>-<ended>", with nothing but the name and the end; empty: it is written otherwise.
std::optional<Recording> recording_of_times(std::string_view text);

}  // namespace pitview::video
