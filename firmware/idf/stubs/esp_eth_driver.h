// ESP-IDF 5.5, the part that firmware/idf uses: esp_eth/include/esp_eth_driver.h
#pragma once

#include "esp_eth_mac_esp.h"
#include "esp_eth_phy.h"

typedef void* esp_eth_handle_t;

// The real one has more hooks after check_link_period_ms, all empty by default.
typedef struct {
  esp_eth_mac_t* mac;
  esp_eth_phy_t* phy;
  uint32_t check_link_period_ms;
} esp_eth_config_t;

#define ETH_DEFAULT_CONFIG(emac, ephy) \
  {                                    \
      .mac = emac,                     \
      .phy = ephy,                     \
      .check_link_period_ms = 2000,    \
  }

typedef enum {
  ETH_CMD_G_MAC_ADDR,
  ETH_CMD_S_MAC_ADDR,
  ETH_CMD_G_PHY_ADDR,
  ETH_CMD_S_PHY_ADDR,
  ETH_CMD_G_AUTONEGO,
  ETH_CMD_S_AUTONEGO,
  ETH_CMD_G_SPEED,
} esp_eth_io_cmd_t;

extern "C" {
esp_err_t esp_eth_driver_install(const esp_eth_config_t* config, esp_eth_handle_t* out_hdl);
esp_err_t esp_eth_start(esp_eth_handle_t hdl);
esp_err_t esp_eth_ioctl(esp_eth_handle_t hdl, esp_eth_io_cmd_t cmd, void* data);
}
