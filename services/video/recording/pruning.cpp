#include "recording/pruning.h"

#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace pitview::video {
namespace {

namespace fs = std::filesystem;

struct Found {
  Timestamp written{};
  std::uint64_t size = 0;
  fs::path file;
};

std::vector<Found> recordings_in(const fs::path& directory) {
  std::vector<Found> found;
  std::error_code failure;
  fs::recursive_directory_iterator entry(directory, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    struct stat about{};
    if (entry->path().extension() != ".pvr" || lstat(entry->path().c_str(), &about) != 0 || !S_ISREG(about.st_mode))
      continue;
    found.push_back(
        {Timestamp(std::chrono::seconds(about.st_mtime)), static_cast<std::uint64_t>(about.st_size), entry->path()});
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.written < b.written; });
  return found;
}

}  // namespace

Pruned prune(const fs::path& directory, const PruningRules& rules) {
  Pruned pruned;
  for (const Found& recording : recordings_in(directory)) {
    const bool is_old = recording.written + rules.keep < rules.now;
    if (!is_old && rules.free_bytes() >= rules.min_free_bytes) break;
    std::error_code failure;
    if (!fs::remove(recording.file, failure)) continue;
    ++pruned.files;
    pruned.bytes += recording.size;
    if (!is_old) ++pruned.for_want_of_room;
  }
  return pruned;
}

std::uint64_t free_bytes_of(const fs::path& directory) {
  std::error_code failure;
  const fs::space_info space = fs::space(directory, failure);
  return failure ? std::numeric_limits<std::uint64_t>::max() : space.available;
}

}  // namespace pitview::video
