// ESP-IDF 5.5, the part that firmware/idf uses: esp_timer/include/esp_timer.h
#pragma once

#include <stdint.h>

extern "C" int64_t esp_timer_get_time(void);
