// ESP-IDF 5.5, the part that firmware/idf uses: esp_app_format/include/esp_app_desc.h
#pragma once

#include <stdint.h>

typedef struct {
  uint32_t magic_word;
  uint32_t secure_version;
  uint32_t reserv1[2];
  char version[32];
  char project_name[32];
} esp_app_desc_t;

extern "C" const esp_app_desc_t* esp_app_get_description(void);
