// ESP-IDF 5.5, the part that firmware/idf uses: esp_eth/include/esp_eth_mac.h, esp_eth_mac_esp.h (target esp32)
#pragma once

#include "esp_eth_com.h"

typedef struct esp_eth_mac_s esp_eth_mac_t;

// The real one has more operations; only this one is called here.
struct esp_eth_mac_s {
  esp_err_t (*del)(esp_eth_mac_t* mac);
};

typedef struct {
  uint32_t sw_reset_timeout_ms;
  uint32_t rx_task_stack_size;
  uint32_t rx_task_prio;
  uint32_t flags;
} eth_mac_config_t;

#define ETH_MAC_DEFAULT_CONFIG()  \
  {                               \
      .sw_reset_timeout_ms = 100, \
      .rx_task_stack_size = 4096, \
      .rx_task_prio = 15,         \
      .flags = 0,                 \
  }

typedef enum { EMAC_CLK_DEFAULT, EMAC_CLK_EXT_IN, EMAC_CLK_OUT } emac_rmii_clock_mode_t;
typedef enum {
  EMAC_CLK_IN_GPIO = 0,
  EMAC_APPL_CLK_OUT_GPIO = 0,
  EMAC_CLK_OUT_GPIO = 16,
  EMAC_CLK_OUT_180_GPIO = 17,
} emac_rmii_clock_gpio_t;

typedef union {
  struct {
    emac_rmii_clock_mode_t clock_mode;
    emac_rmii_clock_gpio_t clock_gpio;
  } rmii;
} eth_mac_clock_config_t;

typedef struct {
  int mdc_num;
  int mdio_num;
} emac_esp_smi_gpio_config_t;

typedef struct {
  emac_esp_smi_gpio_config_t smi_gpio;
  eth_data_interface_t interface;
  eth_mac_clock_config_t clock_config;
  eth_mac_dma_burst_len_t dma_burst_len;
  int intr_priority;
} eth_esp32_emac_config_t;

#define ETH_ESP32_EMAC_DEFAULT_CONFIG()                                                           \
  {                                                                                               \
      .smi_gpio = {.mdc_num = 23, .mdio_num = 18},                                                \
      .interface = EMAC_DATA_INTERFACE_RMII,                                                      \
      .clock_config = {.rmii = {.clock_mode = EMAC_CLK_DEFAULT, .clock_gpio = EMAC_CLK_IN_GPIO}}, \
      .dma_burst_len = ETH_DMA_BURST_LEN_32,                                                      \
      .intr_priority = 0,                                                                         \
  }

extern "C" esp_eth_mac_t* esp_eth_mac_new_esp32(const eth_esp32_emac_config_t* esp32_config,
                                                const eth_mac_config_t* config);
