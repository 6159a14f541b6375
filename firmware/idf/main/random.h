// The chip's random numbers. Without Wi-Fi or Bluetooth they come from a source only
// while the SAR ADC feeds them ("Random Number Generation"), so it does for good: TLS
// takes its keys from the same place, and nothing else here uses the ADC or I2S.
#pragma once

#include "bootloader_random.h"
#include "core/ports.h"
#include "esp_random.h"

namespace pitview::fw::idf {

class Random : public RandomPort {
 public:
  Random() { bootloader_random_enable(); }
  std::uint32_t next() override { return esp_random(); }
};

}  // namespace pitview::fw::idf
