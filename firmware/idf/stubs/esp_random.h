// ESP-IDF 5.5, the part that firmware/idf uses: esp_hw_support/include/esp_random.h
#pragma once

#include <stdint.h>

extern "C" uint32_t esp_random(void);
