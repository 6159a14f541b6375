#include "spool_flash.h"

namespace pitview::fw::idf {

SpoolFlash::SpoolFlash()
    : partition_(esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, "spool")) {}

std::size_t SpoolFlash::size() { return partition_ == nullptr ? 0 : partition_->size; }

bool SpoolFlash::read(std::size_t offset, MutableBytes into) {
  return esp_partition_read(partition_, offset, into.data, into.size) == ESP_OK;
}

bool SpoolFlash::write(std::size_t offset, ByteView bytes) {
  return esp_partition_write(partition_, offset, bytes.data, bytes.size) == ESP_OK;
}

bool SpoolFlash::erase_sector(std::size_t offset) {
  return esp_partition_erase_range(partition_, offset, kSectorBytes) == ESP_OK;
}

}  // namespace pitview::fw::idf
