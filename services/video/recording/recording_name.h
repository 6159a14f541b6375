// Where a recording is kept: <directory>/<workshop>/<path>/<began in ms since 1970>.pvr.
#pragma once

#include <compare>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/time.h"

namespace pitview::video {

struct RecordingName {
  std::string workshop;  // of a-z, 0-9 and -
  std::string path;      // of the camera, or of a clip
  Timestamp began{};     // whole milliseconds

  // What its file is sealed for: without the workshop, whose key says so.
  std::string text() const;
  std::filesystem::path file(const std::filesystem::path& directory) const;

  friend auto operator<=>(const RecordingName&, const RecordingName&) = default;
};

// Of a file below `directory`; empty: it is not named as a recording is.
std::optional<RecordingName> recording_name_of(const std::filesystem::path& directory,
                                               const std::filesystem::path& file);

// Clips are recordings that were copied to be kept: only who has made them lets them go.
bool is_clip(std::string_view path) noexcept;

}  // namespace pitview::video
