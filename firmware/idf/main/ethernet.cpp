#include "ethernet.h"

#include "board.h"
#include "esp_eth_mac_esp.h"
#include "esp_eth_netif_glue.h"
#include "esp_eth_phy.h"
#include "esp_netif.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

namespace pitview::fw::idf {
namespace {

constexpr int kTries = 3;
constexpr TickType_t kPowerTicks = pdMS_TO_TICKS(200);

// After a warm restart the PHY may hang until it loses power (esp-idf issue 5965).
void power_cycle_phy() {
  gpio_reset_pin(kPinPhyPower);
  gpio_set_direction(kPinPhyPower, GPIO_MODE_OUTPUT);
  gpio_set_level(kPinPhyPower, 0);
  vTaskDelay(kPowerTicks);
  gpio_set_level(kPinPhyPower, 1);
  vTaskDelay(kPowerTicks);
}

esp_eth_mac_t* make_mac() {
  const eth_mac_config_t common = ETH_MAC_DEFAULT_CONFIG();
  eth_esp32_emac_config_t chip = ETH_ESP32_EMAC_DEFAULT_CONFIG();
  chip.smi_gpio.mdc_num = kPinMdc;
  chip.smi_gpio.mdio_num = kPinMdio;
  chip.clock_config.rmii.clock_mode = EMAC_CLK_OUT;
  chip.clock_config.rmii.clock_gpio = EMAC_CLK_OUT_180_GPIO;
  return esp_eth_mac_new_esp32(&chip, &common);
}

esp_eth_phy_t* make_phy() {
  eth_phy_config_t config = ETH_PHY_DEFAULT_CONFIG();
  config.phy_addr = kPhyAddress;
  config.reset_gpio_num = -1;  // there is none; power_cycle_phy() stands for it
  return esp_eth_phy_new_lan87xx(&config);
}

}  // namespace

Ethernet::Ethernet(Wake& wake) : wake_(wake) {}

bool Ethernet::start() {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    power_cycle_phy();
    if (install()) return attach();
  }
  return false;
}

bool Ethernet::install() {
  esp_eth_mac_t* mac = make_mac();
  esp_eth_phy_t* phy = make_phy();
  if (mac != nullptr && phy != nullptr) {
    const esp_eth_config_t config = ETH_DEFAULT_CONFIG(mac, phy);
    if (esp_eth_driver_install(&config, &driver_) == ESP_OK) return true;
  }
  if (phy != nullptr) phy->del(phy);
  if (mac != nullptr) mac->del(mac);
  return false;
}

bool Ethernet::attach() {
  const esp_netif_config_t config = ESP_NETIF_DEFAULT_ETH();
  esp_netif_t* netif = esp_netif_new(&config);
  if (netif == nullptr) return false;
  const esp_eth_netif_glue_handle_t glue = esp_eth_new_netif_glue(driver_);
  return glue != nullptr && esp_netif_attach(netif, glue) == ESP_OK &&
         esp_event_handler_register(ETH_EVENT, ESP_EVENT_ANY_ID, &Ethernet::on_link, this) == ESP_OK &&
         esp_event_handler_register(IP_EVENT, ESP_EVENT_ANY_ID, &Ethernet::on_address, this) == ESP_OK &&
         esp_eth_start(driver_) == ESP_OK;
}

void Ethernet::on_link(void* self, esp_event_base_t, std::int32_t id, void*) {
  auto& link = *static_cast<Ethernet*>(self);
  if (id == ETHERNET_EVENT_CONNECTED) {
    eth_speed_t speed = ETH_SPEED_10M;
    esp_eth_ioctl(link.driver_, ETH_CMD_G_SPEED, &speed);
    link.speed_ = speed == ETH_SPEED_100M ? LinkSpeed::mbps_100 : LinkSpeed::mbps_10;
  } else if (id == ETHERNET_EVENT_DISCONNECTED || id == ETHERNET_EVENT_STOP) {
    link.speed_ = LinkSpeed::down;
    link.address_ = 0;
  }
  link.wake_.now();
}

void Ethernet::on_address(void* self, esp_event_base_t, std::int32_t id, void* data) {
  auto& link = *static_cast<Ethernet*>(self);
  if (id == IP_EVENT_ETH_GOT_IP) link.address_ = static_cast<const ip_event_got_ip_t*>(data)->ip_info.ip.addr;
  if (id == IP_EVENT_ETH_LOST_IP) link.address_ = 0;
  link.wake_.now();
}

LinkSpeed Ethernet::speed() { return speed_; }

std::string_view Ethernet::ip() {
  esp_ip4_addr_t address{};
  address.addr = address_;
  if (address.addr == 0 || esp_ip4addr_ntoa(&address, text_, sizeof text_) == nullptr) return {};
  return text_;
}

}  // namespace pitview::fw::idf
