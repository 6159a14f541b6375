// Lets recordings go: those that are older than any is kept, and, when the disk gets full, the oldest
// of all: from the disk alone where a bucket has them too, for good where it has not. What is being written is the
// youngest and goes last; clips are never lost.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "recording/catalogue.h"

namespace pitview::video {

struct PruningRules {
  Timestamp now{};
  std::chrono::seconds keep{};  // since a file was last written
  std::uint64_t min_free_bytes = 0;
  std::function<std::uint64_t()> free_bytes;  // that the disk has now
};

struct Pruned {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t for_want_of_room = 0;  // files of these, that would have been kept
  std::uint64_t left_to_bucket = 0;    // files that are no more on the disk alone
};

// A file that cannot be removed is passed over.
Pruned prune(Catalogue& catalogue, const PruningRules& rules);

// As much as there can be when it cannot be told: no reason to delete anything.
std::uint64_t free_bytes_of(const std::filesystem::path& directory);

}  // namespace pitview::video
