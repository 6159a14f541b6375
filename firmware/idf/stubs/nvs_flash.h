// ESP-IDF 5.5, the part that firmware/idf uses: nvs_flash/include/nvs_flash.h
#pragma once

#include "nvs.h"

extern "C" {
esp_err_t nvs_flash_init(void);
esp_err_t nvs_flash_init_partition(const char* partition_label);
esp_err_t nvs_flash_erase(void);
}
