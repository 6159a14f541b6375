#include "recording/pruning.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace pitview::video {

namespace fs = std::filesystem;

Pruned prune(Catalogue& catalogue, const PruningRules& rules) {
  Pruned pruned;
  const auto is_younger = [](const Recording& a, const Recording& b) { return a.ended > b.ended; };
  std::vector<Recording> left = catalogue.prunable();
  for (std::make_heap(left.begin(), left.end(), is_younger); !left.empty(); left.pop_back()) {
    std::pop_heap(left.begin(), left.end(), is_younger);
    const Recording& oldest = left.back();
    const bool is_old = oldest.ended + rules.keep < rules.now;
    if (!is_old && rules.free_bytes() >= rules.min_free_bytes) break;
    if (!catalogue.remove(oldest.name)) continue;
    ++pruned.files;
    pruned.bytes += oldest.bytes;
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
