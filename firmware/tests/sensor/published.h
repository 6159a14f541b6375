// Calibrations of real sensors that their owners published, with what public test
// suites expect of them.
#pragma once

#include "core/sensor/bme680_compensation.h"
#include "testing/fake_bme680.h"

namespace pitview::fw::testing {

// pimoroni/bme680-python, tests/conftest.py (a dump from its issue 11).
inline Bme680Calibration pimoroni_calibration() {
  Bme680Calibration c;
  c.par_t1 = 26041, c.par_t2 = 26469, c.par_t3 = 3;
  c.par_p1 = 36673, c.par_p2 = -10515, c.par_p3 = 88, c.par_p4 = 7310, c.par_p5 = -129;
  c.par_p6 = 30, c.par_p7 = 46, c.par_p8 = -3177, c.par_p9 = -2379, c.par_p10 = 30;
  c.par_h1 = 676, c.par_h2 = 1029, c.par_h3 = 0, c.par_h4 = 45, c.par_h5 = 20, c.par_h6 = 120, c.par_h7 = -100;
  c.par_g1 = -30, c.par_g2 = -24754, c.par_g3 = 18;
  c.res_heat_range = 1, c.res_heat_val = 48, c.range_switching_error = 0;
  return c;
}

// elixir-sensors/bmp280, bme680_calibration_test.exs and bme680_sensor_test.exs.
inline Bme680Calibration elixir_calibration() { return FakeBme680::typical_calibration(); }

// The same sensor's registers: 0x8A to 0xA0, 0xE1 to 0xEE and 0x00 to 0x04.
inline Bme680RawCalibration elixir_registers() {
  return {{50, 170, 22, 74, 19},
          {0, 178, 102, 3, 16, 67, 138, 91, 215, 88, 0, 228, 18, 138, 255, 26, 30, 0, 0, 3, 253, 217, 242, 30, 0},
          {63, 221, 44, 0, 45, 20, 120, 156, 83, 102, 175, 232, 226, 18, 0, 0}};
}

// wrclark/bme680, README.md; the gas coefficients are not in it and stay 0.
inline Bme680Calibration wrclark_calibration() {
  Bme680Calibration c;
  c.par_t1 = 26203, c.par_t2 = 26519, c.par_t3 = 3;
  c.par_p1 = 35008, c.par_p2 = -10284, c.par_p3 = 88, c.par_p4 = 9692, c.par_p5 = -202;
  c.par_p6 = 30, c.par_p7 = 24, c.par_p8 = -516, c.par_p9 = -3469, c.par_p10 = 30;
  c.par_h1 = 794, c.par_h2 = 1007, c.par_h3 = 0, c.par_h4 = 45, c.par_h5 = 20, c.par_h6 = 120, c.par_h7 = -100;
  return c;
}

}  // namespace pitview::fw::testing
