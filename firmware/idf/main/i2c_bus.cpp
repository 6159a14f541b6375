#include "i2c_bus.h"

#include "board.h"

namespace pitview::fw::idf {
namespace {

constexpr int kTimeoutMs = 50;
constexpr std::uint32_t kHertz = 100'000;

}  // namespace

I2cBus::I2cBus() {
  i2c_master_bus_config_t config{};
  config.i2c_port = I2C_NUM_0;
  config.sda_io_num = kPinSda;
  config.scl_io_num = kPinScl;
  config.clk_source = I2C_CLK_SRC_DEFAULT;
  config.glitch_ignore_cnt = 7;
  // Too weak to rely on, but a board without a sensor does not float.
  config.flags.enable_internal_pullup = 1;
  ESP_ERROR_CHECK(i2c_new_master_bus(&config, &bus_));
}

i2c_master_dev_handle_t I2cBus::slave(std::uint8_t address) {
  for (Slave& known : slaves_) {
    if (known.handle != nullptr && known.address == address) return known.handle;
    if (known.handle != nullptr) continue;
    i2c_device_config_t config{};
    config.dev_addr_length = I2C_ADDR_BIT_LEN_7;
    config.device_address = address;
    config.scl_speed_hz = kHertz;
    if (i2c_master_bus_add_device(bus_, &config, &known.handle) != ESP_OK) {
      known.handle = nullptr;
      return nullptr;
    }
    known.address = address;
    return known.handle;
  }
  return nullptr;
}

bool I2cBus::settle(esp_err_t result) {
  // A slave that was interrupted in a byte may hold SDA down; nine clocks free it.
  if (result == ESP_ERR_TIMEOUT) i2c_master_bus_reset(bus_);
  return result == ESP_OK;
}

bool I2cBus::write(std::uint8_t address, ByteView bytes) {
  const auto handle = slave(address);
  return handle != nullptr && settle(i2c_master_transmit(handle, bytes.data, bytes.size, kTimeoutMs));
}

bool I2cBus::write_read(std::uint8_t address, ByteView bytes, MutableBytes into) {
  const auto handle = slave(address);
  return handle != nullptr &&
         settle(i2c_master_transmit_receive(handle, bytes.data, bytes.size, into.data, into.size, kTimeoutMs));
}

}  // namespace pitview::fw::idf
