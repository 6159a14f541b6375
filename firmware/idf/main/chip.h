// The chip itself: its name, why it started, memory, restart, log.
#pragma once

#include "core/ports.h"

namespace pitview::fw::idf {

class Chip : public SystemPort {
 public:
  std::array<std::uint8_t, 6> base_mac() override;
  ResetReason reset_reason() override;
  std::uint32_t free_heap_bytes() override;
  void restart() override;
  void log(std::string_view line) override;
};

}  // namespace pitview::fw::idf
