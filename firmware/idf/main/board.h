// The Olimex ESP32-GATEWAY from revision D on: which pin is what.
#pragma once

#include "driver/gpio.h"

namespace pitview::fw::idf {

constexpr gpio_num_t kPinSda = GPIO_NUM_32;
constexpr gpio_num_t kPinScl = GPIO_NUM_16;
constexpr gpio_num_t kPinLed = GPIO_NUM_33;      // lights when high
constexpr gpio_num_t kPinPhyPower = GPIO_NUM_5;  // on when high
constexpr int kPinMdc = 23;
constexpr int kPinMdio = 18;
constexpr int kPhyAddress = 0;  // LAN8710A; its 50 MHz clock comes out of GPIO17

}  // namespace pitview::fw::idf
