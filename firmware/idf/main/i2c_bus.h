// The I2C master that the sensor hangs on.
#pragma once

#include "core/ports.h"
#include "driver/i2c_master.h"

namespace pitview::fw::idf {

class I2cBus : public I2cPort {
 public:
  I2cBus();
  bool write(std::uint8_t address, ByteView bytes) override;
  bool write_read(std::uint8_t address, ByteView bytes, MutableBytes into) override;

 private:
  struct Slave {
    std::uint8_t address = 0;
    i2c_master_dev_handle_t handle = nullptr;
  };

  // nullptr: the driver refuses it, or there is no place for one more.
  i2c_master_dev_handle_t slave(std::uint8_t address);
  bool settle(esp_err_t result);

  i2c_master_bus_handle_t bus_ = nullptr;
  std::array<Slave, 2> slaves_;  // a BME680 has one of two addresses
};

}  // namespace pitview::fw::idf
