// The raw partition "spool". A board without it has a region of 0 bytes.
#pragma once

#include "core/ports.h"
#include "esp_partition.h"

namespace pitview::fw::idf {

class SpoolFlash : public FlashPort {
 public:
  SpoolFlash();
  std::size_t size() override;
  bool read(std::size_t offset, MutableBytes into) override;
  bool write(std::size_t offset, ByteView bytes) override;
  bool erase_sector(std::size_t offset) override;

 private:
  const esp_partition_t* partition_;
};

}  // namespace pitview::fw::idf
