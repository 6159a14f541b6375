// ESP-IDF 5.5, the part that firmware/idf uses: esp_eth/include/esp_eth_com.h, hal/eth_types.h, esp_event bases
#pragma once

#include "esp_err.h"
#include "esp_event.h"

typedef enum { EMAC_DATA_INTERFACE_RMII, EMAC_DATA_INTERFACE_MII } eth_data_interface_t;
typedef enum { ETH_SPEED_10M, ETH_SPEED_100M, ETH_SPEED_MAX } eth_speed_t;
typedef enum { ETH_DMA_BURST_LEN_32 } eth_mac_dma_burst_len_t;

typedef enum {
  ETHERNET_EVENT_START,
  ETHERNET_EVENT_STOP,
  ETHERNET_EVENT_CONNECTED,
  ETHERNET_EVENT_DISCONNECTED,
} eth_event_t;

extern "C" esp_event_base_t const ETH_EVENT;
