// ESP-IDF 5.5, the part that firmware/idf uses: esp_event/include/esp_event.h
#pragma once

#include <stdint.h>

#include "esp_err.h"

typedef const char* esp_event_base_t;
typedef void (*esp_event_handler_t)(void* event_handler_arg, esp_event_base_t event_base, int32_t event_id,
                                    void* event_data);

#define ESP_EVENT_ANY_ID -1

extern "C" {
esp_err_t esp_event_loop_create_default(void);
esp_err_t esp_event_handler_register(esp_event_base_t event_base, int32_t event_id, esp_event_handler_t event_handler,
                                     void* event_handler_arg);
}
