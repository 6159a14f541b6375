#include "recording/tombstones.h"

#include <fcntl.h>

#include "recording/owned_file.h"

namespace pitview::video {

namespace fs = std::filesystem;

fs::path Tombstones::file_of(const Recording& recording) const {
  return directory_ / recording.name.workshop / text_of_times(recording);
}

bool Tombstones::put(const Recording& recording) const {
  const fs::path file = file_of(recording);
  std::error_code failure;
  fs::create_directories(file.parent_path(), failure);
  return OwnedFile(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)).get() >= 0;
}

void Tombstones::remove(const Recording& recording) const {
  std::error_code ignored;
  const fs::path file = file_of(recording);
  fs::remove(file, ignored);
  // Those that are empty by now.
  fs::remove(file.parent_path(), ignored);
}

std::vector<Recording> Tombstones::find() const {
  std::vector<Recording> found;
  std::error_code failure;
  fs::recursive_directory_iterator entry(directory_, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    const fs::path place = entry->path().lexically_relative(directory_);
    if (auto recording = recording_of_times(place.generic_string())) found.push_back(std::move(*recording));
  }
  return found;
}

}  // namespace pitview::video
