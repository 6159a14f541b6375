// What a recording and a workshop's key are called in a bucket:
//
//   <prefix><workshop>/<path>/<began>-<ended>.pvr   ms since 1970: a listing says all that a catalogue has to know
//   <prefix><workshop>/key
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "recording/recording.h"

namespace pitview::video {

class BucketNames {
 public:
  // `prefix`: "" or "gateway-1/".
  explicit BucketNames(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string of(const Recording& recording) const;
  std::string of_key(const std::string& workshop) const;

  // Empty: it is named otherwise. Without the bytes.
  std::optional<Recording> recording_of(std::string_view object) const;
  std::optional<std::string> workshop_of_key(const std::string& object) const;

  const std::string& prefix() const noexcept { return prefix_; }

 private:
  std::string prefix_;
};

}  // namespace pitview::video
