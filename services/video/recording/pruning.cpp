#include "recording/pruning.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace pitview::video {

namespace fs = std::filesystem;

Pruned prune(Catalogue& catalogue, const PruningRules& rules) {
  Pruned pruned;
  std::vector<Recording> all = catalogue.all();
  const auto is_old = [&](const Recording& recording) { return recording.ended + rules.keep < rules.now; };
  const auto is_short_of_room = [&] { return rules.free_bytes() < rules.min_free_bytes; };
  const auto remove = [&](const Recording& recording) {
    if (!catalogue.remove(recording.name)) return false;
    ++pruned.files;
    pruned.bytes += recording.bytes;
    return true;
  };
  for (const Recording& recording : all)
    if (!is_clip(recording.name.path) && is_old(recording)) remove(recording);
  if (!is_short_of_room()) return pruned;
  std::erase_if(all, [&](const Recording& recording) { return !recording.is_on_disk || is_old(recording); });
  std::sort(all.begin(), all.end(), [](const Recording& a, const Recording& b) { return a.ended < b.ended; });
  for (const Recording& recording : all) {
    if (!recording.is_in_bucket) continue;
    if (!is_short_of_room()) return pruned;
    if (catalogue.free_disk_of(recording.name)) ++pruned.left_to_bucket;
  }
  for (const Recording& recording : all) {
    if (recording.is_in_bucket || is_clip(recording.name.path)) continue;
    if (!is_short_of_room()) return pruned;
    if (remove(recording)) ++pruned.for_want_of_room;
  }
  return pruned;
}

std::uint64_t free_bytes_of(const fs::path& directory) {
  std::error_code failure;
  const fs::space_info space = fs::space(directory, failure);
  return failure ? std::numeric_limits<std::uint64_t>::max() : space.available;
}

}  // namespace pitview::video
