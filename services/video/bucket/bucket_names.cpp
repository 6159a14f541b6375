#include "bucket/bucket_names.h"

namespace pitview::video {
namespace {

constexpr std::string_view kExtension = ".pvr";

}  // namespace

std::string BucketNames::of(const Recording& recording) const {
  return prefix_ + recording.name.workshop + "/" + text_of_times(recording) + std::string(kExtension);
}

std::string BucketNames::of_key(const std::string& workshop) const { return prefix_ + workshop + "/key"; }

std::optional<Recording> BucketNames::recording_of(std::string_view object) const {
  if (object.size() < prefix_.size() + kExtension.size() || !object.starts_with(prefix_) ||
      !object.ends_with(kExtension))
    return std::nullopt;
  object.remove_prefix(prefix_.size());
  object.remove_suffix(kExtension.size());
  return recording_of_times(object);
}

std::optional<std::string> BucketNames::workshop_of_key(const std::string& object) const {
  if (object.size() < prefix_.size() + 4 || !object.starts_with(prefix_) || !object.ends_with("/key"))
    return std::nullopt;
  std::string workshop = object.substr(prefix_.size(), object.size() - prefix_.size() - 4);
  if (workshop.empty() || workshop.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
    return std::nullopt;
  return workshop;
}

}  // namespace pitview::video
