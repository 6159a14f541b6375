// The least that recording costs: AES-256-GCM over each piece and one write, in a bare loop.
#pragma once

#include <cstdint>
#include <filesystem>

namespace pitview::bench {

struct SealingLoad {
  std::filesystem::path file;  // made, and deleted behind it
  int bytes_per_piece = 0;
  int pieces = 0;
};

struct SealingCost {
  double cpu_seconds = 0;  // of the writing thread
  std::int64_t pieces = 0;
};

// std::runtime_error: the disk refuses.
SealingCost seal_plainly(const SealingLoad& load);

}  // namespace pitview::bench
