#include "chip.h"

#include "esp_log.h"
#include "esp_mac.h"
#include "esp_system.h"

namespace pitview::fw::idf {

std::array<std::uint8_t, 6> Chip::base_mac() {
  std::array<std::uint8_t, 6> mac{};
  ESP_ERROR_CHECK(esp_efuse_mac_get_default(mac.data()));
  return mac;
}

ResetReason Chip::reset_reason() {
  switch (esp_reset_reason()) {
    case ESP_RST_POWERON: return ResetReason::power_on;
    case ESP_RST_SW: return ResetReason::software;
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT: return ResetReason::watchdog;
    case ESP_RST_PANIC: return ResetReason::panic;
    case ESP_RST_BROWNOUT: return ResetReason::brownout;
    default: return ResetReason::other;
  }
}

std::uint32_t Chip::free_heap_bytes() { return esp_get_free_heap_size(); }

void Chip::restart() { esp_restart(); }

void Chip::log(std::string_view line) {
  esp_log_write(ESP_LOG_INFO, "pitview", "pitview: %.*s\n", static_cast<int>(line.size()), line.data());
}

}  // namespace pitview::fw::idf
