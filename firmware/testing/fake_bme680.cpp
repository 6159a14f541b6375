#include "testing/fake_bme680.h"

#include <algorithm>

#include "core/sensor/bme680_registers.h"

namespace pitview::fw::testing {
namespace {

using namespace bme680;

constexpr std::uint64_t kStartUpMs = 2;
constexpr std::uint32_t kHeatUpMs = 20;  // shortest heating that gets the plate hot

std::uint32_t samples(std::uint8_t oversampling) { return oversampling == 0 ? 0 : 1U << (oversampling - 1); }

std::uint8_t low(int value) { return static_cast<std::uint8_t>(value & 0xFF); }
std::uint8_t high(int value) { return static_cast<std::uint8_t>(value >> 8 & 0xFF); }

// The smallest of 0 to `last` for which `reached` is true, or `last`; `reached` turns true once.
template <typename Reached>
std::uint32_t first_that(std::uint32_t last, Reached reached) {
  std::uint32_t from = 0;
  while (from < last) {
    const std::uint32_t middle = from + (last - from) / 2;
    if (reached(middle)) {
      last = middle;
    } else {
      from = middle + 1;
    }
  }
  return last;
}

// Whether the counter, if it is on, was at 0; it goes down to off.
bool counts_down(int& counter) {
  const bool was_zero = counter == 0;
  if (counter >= 0) --counter;
  return was_zero;
}

}  // namespace

Bme680RawCalibration raw_calibration(const Bme680Calibration& c) {
  Bme680RawCalibration raw;
  const auto put = [&raw](std::uint8_t address, int value) {
    auto& byte = address < kFirstCalibration    ? raw.heater[address]
                 : address < kSecondCalibration ? raw.first[address - kFirstCalibration]
                                                : raw.second[address - kSecondCalibration];
    byte = low(value);
  };
  const auto put_word = [&put](std::uint8_t address, int value) {
    put(address, low(value));
    put(static_cast<std::uint8_t>(address + 1), high(value));
  };
  put(0x00, c.res_heat_val);
  put(0x02, c.res_heat_range << 4);
  put(0x04, c.range_switching_error * 16);
  put_word(0x8A, c.par_t2);
  put(0x8C, c.par_t3);
  put_word(0x8E, c.par_p1);
  put_word(0x90, c.par_p2);
  put(0x92, c.par_p3);
  put_word(0x94, c.par_p4);
  put_word(0x96, c.par_p5);
  put(0x98, c.par_p7);
  put(0x99, c.par_p6);
  put_word(0x9C, c.par_p8);
  put_word(0x9E, c.par_p9);
  put(0xA0, c.par_p10);
  put(0xE1, c.par_h2 >> 4);
  put(0xE2, (c.par_h2 & 0x0F) << 4 | (c.par_h1 & 0x0F));
  put(0xE3, c.par_h1 >> 4);
  put(0xE4, c.par_h3);
  put(0xE5, c.par_h4);
  put(0xE6, c.par_h5);
  put(0xE7, c.par_h6);
  put(0xE8, c.par_h7);
  put_word(0xE9, c.par_t1);
  put_word(0xEB, c.par_g2);
  put(0xED, c.par_g1);
  put(0xEE, c.par_g3);
  return raw;
}

Bme680Adc adc_of(const Bme680Calibration& c, const Air& air) {
  Bme680Adc adc;
  adc.temperature =
      first_that(0xFFFFF, [&](std::uint32_t value) { return bme680_temperature_c(c, value) >= air.temperature_c; });
  const float t = bme680_temperature_c(c, adc.temperature);
  adc.pressure = first_that(
      0xFFFFF, [&](std::uint32_t value) { return bme680_pressure_pa(c, value, t) <= air.pressure_hpa * 100; });
  adc.humidity =
      first_that(0xFFFF, [&](std::uint32_t value) { return bme680_humidity_rh(c, value, t) >= air.humidity_rh; });
  // Each range covers a factor of 2.2 of resistance, the next one begins at half.
  while (adc.gas_range < 15 && bme680_gas_ohm(c, 1023, adc.gas_range) > air.gas_ohm) ++adc.gas_range;
  adc.gas =
      first_that(1023, [&](std::uint32_t value) { return bme680_gas_ohm(c, value, adc.gas_range) <= air.gas_ohm; });
  return adc;
}

Bme680Calibration FakeBme680::typical_calibration() {
  Bme680Calibration c;
  c.par_t1 = 26195, c.par_t2 = 26290, c.par_t3 = 3;
  c.par_p1 = 35395, c.par_p2 = -10405, c.par_p3 = 88, c.par_p4 = 4836, c.par_p5 = -118;
  c.par_p6 = 30, c.par_p7 = 26, c.par_p8 = -765, c.par_p9 = -3367, c.par_p10 = 30;
  c.par_h1 = 717, c.par_h2 = 1021, c.par_h3 = 0, c.par_h4 = 45, c.par_h5 = 20, c.par_h6 = 120, c.par_h7 = -100;
  c.par_g1 = -30, c.par_g2 = -5969, c.par_g3 = 18;
  c.res_heat_range = 1, c.res_heat_val = 50, c.range_switching_error = 1;
  return c;
}

FakeBme680::FakeBme680(ClockPort& clock, std::uint8_t address, const Bme680Calibration& calibration)
    : clock_(clock), address_(address), calibration_(calibration) {
  power_cycle();
}

void FakeBme680::set_air(const Air& air) {
  catch_up();  // what has finished by now was measured in the air before
  air_ = air;
}

void FakeBme680::power_cycle() {
  registers_.fill(0);
  load_calibration();
  put_adc20(kPressureAt, kSkipped20);
  put_adc20(kTemperatureAt, kSkipped20);
  registers_[kField + kHumidityAt] = high(kSkipped16);
  measuring_ = false;
  awake_ms_ = clock_.uptime_ms() + kStartUpMs;
}

void FakeBme680::replace(const Bme680Calibration& calibration) {
  calibration_ = calibration;
  power_cycle();
}

void FakeBme680::load_calibration() {
  const Bme680RawCalibration raw = raw_calibration(calibration_);
  std::copy(std::begin(raw.heater), std::end(raw.heater), &registers_[kHeaterCalibration]);
  std::copy(std::begin(raw.first), std::end(raw.first), &registers_[kFirstCalibration]);
  std::copy(std::begin(raw.second), std::end(raw.second), &registers_[kSecondCalibration]);
}

bool FakeBme680::answers(std::uint8_t address) {
  ++transfers_;
  if (bus_hangs || counts_down(nack_after)) return false;
  return plugged && address == address_ && clock_.uptime_ms() >= awake_ms_;
}

bool FakeBme680::write(std::uint8_t address, ByteView bytes) {
  if (!answers(address) || bytes.size % 2 != 0) return false;
  catch_up();
  for (std::size_t at = 0; at < bytes.size; at += 2) set_register(bytes.data[at], bytes.data[at + 1]);
  return true;
}

bool FakeBme680::write_read(std::uint8_t address, ByteView bytes, MutableBytes into) {
  if (!answers(address) || bytes.size != 1) return false;
  catch_up();
  registers_[kChipId] = chip_id;
  registers_[kVariant] = variant;
  const bool cut = counts_down(cut_after);
  const bool corrupt = counts_down(corrupt_after);
  const std::size_t count = cut ? into.size / 2 : into.size;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t byte = registers_[(bytes.data[0] + i) % registers_.size()];
    into.data[i] = corrupt ? static_cast<std::uint8_t>(byte ^ corruption) : byte;
  }
  return !cut;
}

void FakeBme680::set_register(std::uint8_t number, std::uint8_t value) {
  if (number == kReset) {
    if (value == kResetCommand) power_cycle();
    return;
  }
  const bool is_setting = number >= kResHeat0 && number <= kCtrlMeas + 1;
  if (!is_setting) return;  // read only
  registers_[number] = value;
  if (number == kCtrlMeas && (value & kModeMask) == kForced && !measuring_) begin_measurement();
}

void FakeBme680::begin_measurement() {
  const std::uint8_t meas = registers_[kCtrlMeas];
  const std::uint32_t conversions =
      samples(meas >> 5) + samples(meas >> 2 & 0x07) + samples(registers_[kCtrlHum] & 0x07);
  std::uint32_t ms = (measuring_us(conversions) + 999) / 1000;
  if ((registers_[kCtrlGas1] & kRunGas) != 0) ms += bme680_gas_wait_ms(registers_[kGasWait0]);
  measuring_ = true;
  done_ms_ = clock_.uptime_ms() + ms;
  // The result of the measurement before can be read, and counts as new, until this one is done.
  registers_[kField] |= kMeasuring | kGasMeasuring;
}

void FakeBme680::catch_up() {
  if (measuring_ && !never_finishes && clock_.uptime_ms() >= done_ms_) finish_measurement();
}

bool FakeBme680::heater_is_set() const {
  const auto ambient = static_cast<float>(air_.temperature_c);
  const std::uint8_t set = registers_[kResHeat0];
  return (registers_[kCtrlGas0] & kHeatOff) == 0 && bme680_gas_wait_ms(registers_[kGasWait0]) >= kHeatUpMs &&
         set >= bme680_heater_resistance(calibration_, 200, ambient) &&
         set <= bme680_heater_resistance(calibration_, 400, ambient);
}

void FakeBme680::finish_measurement() {
  measuring_ = false;
  ++measurements_;
  std::uint8_t& ctrl_meas = registers_[kCtrlMeas];
  const Bme680Adc adc = adc_of(calibration_, air_);
  put_adc20(kTemperatureAt, ctrl_meas >> 5 == 0 ? kSkipped20 : adc.temperature);
  put_adc20(kPressureAt, (ctrl_meas >> 2 & 0x07) == 0 ? kSkipped20 : adc.pressure);
  const std::uint32_t humidity = (registers_[kCtrlHum] & 0x07) == 0 ? kSkipped16 : adc.humidity;
  registers_[kField + kHumidityAt] = high(static_cast<int>(humidity));
  registers_[kField + kHumidityAt + 1] = low(static_cast<int>(humidity));

  std::uint8_t flags = 0;
  if ((registers_[kCtrlGas1] & kRunGas) != 0) {
    if (gas_valid) flags |= kGasValid;
    if (heat_stable && heater_is_set()) flags |= kHeatStable;
  }
  registers_[kField + kGasAt] = static_cast<std::uint8_t>(adc.gas >> 2);
  registers_[kField + kGasAt + 1] = static_cast<std::uint8_t>((adc.gas & 0x03) << 6 | flags | adc.gas_range);

  ctrl_meas = static_cast<std::uint8_t>(ctrl_meas & ~kModeMask);  // asleep again
  registers_[kField] = keeps_old_data ? 0 : kNewData;
}

void FakeBme680::put_adc20(std::uint8_t offset, std::uint32_t value) {
  std::uint8_t* bytes = &registers_[kField + offset];
  bytes[0] = static_cast<std::uint8_t>(value >> 12);
  bytes[1] = static_cast<std::uint8_t>(value >> 4);
  bytes[2] = static_cast<std::uint8_t>(value << 4);
}

bool FakeBme680::measuring() {
  catch_up();
  return measuring_;
}

bool FakeBme680::heater_on() {
  return measuring() && (registers_[kCtrlGas1] & kRunGas) != 0 && (registers_[kCtrlGas0] & kHeatOff) == 0;
}

}  // namespace pitview::fw::testing
