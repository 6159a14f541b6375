// ESP-IDF 5.5, the part that firmware/idf uses: esp_driver_gpio/include/driver/gpio.h, hal/gpio_types.h, soc/gpio_num.h
#pragma once

#include <stdint.h>

#include "esp_err.h"

typedef enum {
  GPIO_NUM_NC = -1,
  GPIO_NUM_5 = 5,
  GPIO_NUM_16 = 16,
  GPIO_NUM_32 = 32,
  GPIO_NUM_33 = 33,
} gpio_num_t;

typedef enum {
  GPIO_MODE_DISABLE = 0,
  GPIO_MODE_INPUT = 1,
  GPIO_MODE_OUTPUT = 2,
} gpio_mode_t;

extern "C" {
esp_err_t gpio_reset_pin(gpio_num_t gpio_num);
esp_err_t gpio_set_direction(gpio_num_t gpio_num, gpio_mode_t mode);
esp_err_t gpio_set_level(gpio_num_t gpio_num, uint32_t level);
}
