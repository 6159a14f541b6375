#include "ota_slots.h"

#include "esp_app_desc.h"
#include "esp_system.h"

namespace pitview::fw::idf {

std::string_view OtaSlots::running_version() { return esp_app_get_description()->version; }

bool OtaSlots::pending_verify() {
  esp_ota_img_states_t state = ESP_OTA_IMG_UNDEFINED;
  return esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
         state == ESP_OTA_IMG_PENDING_VERIFY;
}

bool OtaSlots::begin(std::size_t image_bytes) {
  abort();
  const esp_partition_t* slot = esp_ota_get_next_update_partition(nullptr);
  if (slot == nullptr || image_bytes > slot->size) return false;
  // Sector by sector as it is written: erasing a whole slot takes longer than a tick may.
  if (esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, &handle_) != ESP_OK) return false;
  slot_ = slot;
  return true;
}

bool OtaSlots::write(ByteView piece) {
  return slot_ != nullptr && esp_ota_write(handle_, piece.data, piece.size) == ESP_OK;
}

bool OtaSlots::finish() {
  if (slot_ == nullptr) return false;
  const esp_partition_t* slot = slot_;
  slot_ = nullptr;  // esp_ota_end() gives the handle back, whatever it finds
  return esp_ota_end(handle_) == ESP_OK && esp_ota_set_boot_partition(slot) == ESP_OK;
}

void OtaSlots::abort() {
  if (slot_ != nullptr) esp_ota_abort(handle_);
  slot_ = nullptr;
}

bool OtaSlots::mark_valid() { return esp_ota_mark_app_valid_cancel_rollback() == ESP_OK; }

void OtaSlots::roll_back_and_restart() {
  esp_ota_mark_app_invalid_rollback_and_reboot();
  // It came back: there is no other image to go to. The boot loader decides.
  esp_restart();
}

}  // namespace pitview::fw::idf
