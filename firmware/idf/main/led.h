// The board's one light.
#pragma once

#include "board.h"
#include "core/ports.h"

namespace pitview::fw::idf {

class Led : public LedPort {
 public:
  Led() {
    gpio_reset_pin(kPinLed);
    gpio_set_direction(kPinLed, GPIO_MODE_OUTPUT);
    set(false);
  }
  void set(bool on) override { gpio_set_level(kPinLed, on ? 1 : 0); }
};

}  // namespace pitview::fw::idf
