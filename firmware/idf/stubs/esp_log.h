// ESP-IDF 5.5, the part that firmware/idf uses: log/include/esp_log.h, esp_log_level.h, esp_log_write.h
#pragma once

typedef enum {
  ESP_LOG_NONE = 0,
  ESP_LOG_ERROR = 1,
  ESP_LOG_WARN = 2,
  ESP_LOG_INFO = 3,
} esp_log_level_t;

extern "C" void esp_log_write(esp_log_level_t level, const char* tag, const char* format, ...)
    __attribute__((format(printf, 3, 4)));
