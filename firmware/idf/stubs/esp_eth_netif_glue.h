// ESP-IDF 5.5, the part that firmware/idf uses: esp_eth/include/esp_eth_netif_glue.h
#pragma once

#include "esp_eth_driver.h"

typedef struct esp_eth_netif_glue_t* esp_eth_netif_glue_handle_t;

extern "C" esp_eth_netif_glue_handle_t esp_eth_new_netif_glue(esp_eth_handle_t eth_hdl);
