// The device on its board: makes the ports and runs the core in the main task.
#include "chip.h"
#include "clock.h"
#include "core/app/device.h"
#include "crypto.h"
#include "esp_event.h"
#include "esp_netif.h"
#include "esp_task_wdt.h"
#include "ethernet.h"
#include "http_client_port.h"
#include "i2c_bus.h"
#include "led.h"
#include "mqtt_client_port.h"
#include "nvs_store.h"
#include "ota_slots.h"
#include "random.h"
#include "spool_flash.h"
#include "wake.h"

namespace pitview::fw::idf {
namespace {

// Far below the watchdog's 60 s: a core with nothing to do for hours still shows that it lives.
constexpr std::uint64_t kLongestWaitMs = 5'000;

[[noreturn]] void run() {
  ESP_ERROR_CHECK(esp_netif_init());
  ESP_ERROR_CHECK(esp_event_loop_create_default());

  // Static: they live as long as the chip runs, and the main task's stack is not for them.
  static Wake wake;
  static Random random;
  static Chip chip;
  static Settings settings;
  static FactoryStore factory;
  static Clock clock;
  static I2cBus i2c;
  static SpoolFlash spool;
  static MqttClient mqtt(wake);
  static HttpClientPort http(wake);
  static OtaSlots ota;
  static Ethernet ethernet(wake);
  static Led led;
  static Crypto crypto;
  static Device device(
      Ports{clock, i2c, factory, settings, spool, mqtt, http, ota, ethernet, led, random, crypto, chip});

  if (!ethernet.start()) chip.log("ethernet: the PHY does not answer");
  ESP_ERROR_CHECK(esp_task_wdt_add(nullptr));
  device.start();
  for (;;) {
    const std::uint64_t due_ms = device.tick();
    ESP_ERROR_CHECK(esp_task_wdt_reset());
    const std::uint64_t now_ms = clock.uptime_ms();
    if (due_ms <= now_ms) continue;
    wake.wait_ms(due_ms - now_ms < kLongestWaitMs ? due_ms - now_ms : kLongestWaitMs);
  }
}

}  // namespace
}  // namespace pitview::fw::idf

extern "C" void app_main() { pitview::fw::idf::run(); }
