// ESP-IDF 5.5, the part that firmware/idf uses: esp_common/include/esp_err.h
#pragma once

#include <stdint.h>

typedef int esp_err_t;

#define ESP_OK 0
#define ESP_FAIL -1
#define ESP_ERR_TIMEOUT 0x107

extern "C" void _esp_error_check_failed(esp_err_t rc, const char* file, int line, const char* function,
                                        const char* expression) __attribute__((__noreturn__));

#define ESP_ERROR_CHECK(x)                                                \
  do {                                                                    \
    esp_err_t err_rc_ = (x);                                              \
    if (err_rc_ != ESP_OK) {                                              \
      _esp_error_check_failed(err_rc_, __FILE__, __LINE__, __func__, #x); \
    }                                                                     \
  } while (0)
