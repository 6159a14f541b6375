// ESP-IDF 5.5, the part that firmware/idf uses: esp_netif/include/esp_netif.h, esp_netif_defaults.h
#pragma once

#include "esp_netif_types.h"

extern "C" {
extern const esp_netif_inherent_config_t _g_esp_netif_inherent_eth_config;
extern const esp_netif_netstack_config_t* _g_esp_netif_netstack_default_eth;

esp_err_t esp_netif_init(void);
esp_netif_t* esp_netif_new(const esp_netif_config_t* esp_netif_config);
esp_err_t esp_netif_attach(esp_netif_t* esp_netif, void* driver_handle);
char* esp_ip4addr_ntoa(const esp_ip4_addr_t* addr, char* buf, int buflen);
}

#define ESP_NETIF_DEFAULT_ETH() \
  {.base = &_g_esp_netif_inherent_eth_config, .driver = NULL, .stack = _g_esp_netif_netstack_default_eth}
