// ESP-IDF 5.5, the part that firmware/idf uses: esp_netif/include/esp_netif_types.h, esp_netif_ip_addr.h
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "esp_event.h"

typedef struct esp_netif_obj esp_netif_t;
typedef struct esp_netif_inherent_config esp_netif_inherent_config_t;
typedef struct esp_netif_driver_ifconfig esp_netif_driver_ifconfig_t;
typedef struct esp_netif_netstack_config esp_netif_netstack_config_t;

typedef struct esp_netif_config {
  const esp_netif_inherent_config_t* base;
  const esp_netif_driver_ifconfig_t* driver;
  const esp_netif_netstack_config_t* stack;
} esp_netif_config_t;

struct esp_ip4_addr {
  uint32_t addr;
};
typedef struct esp_ip4_addr esp_ip4_addr_t;

typedef struct {
  esp_ip4_addr_t ip;
  esp_ip4_addr_t netmask;
  esp_ip4_addr_t gw;
} esp_netif_ip_info_t;

typedef enum {
  IP_EVENT_STA_GOT_IP,
  IP_EVENT_STA_LOST_IP,
  IP_EVENT_AP_STAIPASSIGNED,
  IP_EVENT_GOT_IP6,
  IP_EVENT_ETH_GOT_IP,
  IP_EVENT_ETH_LOST_IP,
} ip_event_t;

typedef struct {
  esp_netif_t* esp_netif;
  esp_netif_ip_info_t ip_info;
  bool ip_changed;
} ip_event_got_ip_t;

extern "C" esp_event_base_t const IP_EVENT;
