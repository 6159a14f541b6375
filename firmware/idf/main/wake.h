// Ends the main task's wait: a driver's task calls it when a port has something.
// Any task, but no interrupt.
#pragma once

#include <cstdint>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

namespace pitview::fw::idf {

class Wake {
 public:
  // Made by the task that will wait.
  Wake() : waiting_(xTaskGetCurrentTaskHandle()) {}

  void now() { xTaskNotifyGive(waiting_); }

  void wait_ms(std::uint64_t ms) {
    // Rounded up: a tick too early would be a turn for nothing.
    const auto ticks = static_cast<TickType_t>(ms * configTICK_RATE_HZ / 1000 + 1);
    ulTaskNotifyTake(pdTRUE, ticks);
  }

 private:
  TaskHandle_t waiting_;
};

}  // namespace pitview::fw::idf
