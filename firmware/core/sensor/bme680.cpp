#include "core/sensor/bme680.h"

#include <cstring>

#include "core/sensor/bme680_registers.h"

namespace pitview::fw {
namespace {

using namespace bme680;

constexpr std::uint8_t kGasWait = bme680_gas_wait(Bme680::kHeatingMs);
static_assert(bme680_gas_wait_ms(kGasWait) * 1000 + measuring_us(8 + 4 + 2) <= Bme680::kMeasureMs * 1000);

constexpr std::uint8_t ctrl_meas(std::uint8_t mode) {
  return static_cast<std::uint8_t>(kTimes8 << 5 | kTimes4 << 2 | mode);
}

// What the sensor can measure (datasheet, table 1). False for NaN.
bool in_range(const Bme680Sample& sample) {
  return sample.temperature_c >= -40.F && sample.temperature_c <= 85.F && sample.pressure_hpa >= 300.F &&
         sample.pressure_hpa <= 1100.F;
}

std::uint32_t value20(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0] << 12 | bytes[1] << 4 | bytes[2] >> 4);
}

}  // namespace

bool Bme680::read(std::uint8_t from, MutableBytes into) { return i2c_.write_read(address_, ByteView(&from, 1), into); }

void Bme680::fail(Bme680Fault fault) {
  state_ = State::failed;
  fault_ = fault;
}

void Bme680::set_up(std::uint64_t now_ms) {
  if (!find()) return;
  const std::uint8_t reset[] = {kReset, kResetCommand};
  if (!i2c_.write(address_, reset)) return fail(Bme680Fault::bus);
  state_ = State::resetting;
  fault_ = Bme680Fault::none;
  due_ms_ = now_ms + kResetMs;
}

// Only reads: what else might be at these addresses is left alone.
bool Bme680::find() {
  Bme680Fault worst = Bme680Fault::no_answer;
  for (const std::uint8_t address : kAddresses) {
    address_ = address;
    std::uint8_t id[1] = {};
    if (!read(kChipId, id)) continue;
    if (id[0] == kChipIdValue) return true;
    worst = Bme680Fault::foreign_chip;
  }
  address_ = 0;
  fail(worst);
  return false;
}

bool Bme680::read_calibration() {
  Bme680RawCalibration raw[2];
  for (auto& once : raw) {
    if (!read(kHeaterCalibration, once.heater) || !read(kFirstCalibration, once.first) ||
        !read(kSecondCalibration, once.second)) {
      fail(Bme680Fault::bus);
      return false;
    }
  }
  static_assert(sizeof(Bme680RawCalibration) == 46, "compared as bytes");
  calibration_ = parse_calibration(raw[0]);
  if (std::memcmp(&raw[0], &raw[1], sizeof raw[0]) != 0 || !is_calibration(calibration_)) {
    fail(Bme680Fault::calibration);
    return false;
  }
  if (raw[0].second[kVariant - kSecondCalibration] != kVariantBme680) {
    fail(Bme680Fault::foreign_chip);
    return false;
  }
  return true;
}

void Bme680::start(std::uint64_t now_ms) {
  // After a reset gas_wait_0 is 0, so it tells whether the settings are still there.
  std::uint8_t gas_wait[1] = {};
  if (!read(kGasWait0, gas_wait)) return fail(Bme680Fault::bus);
  if (gas_wait[0] != kGasWait) return fail(Bme680Fault::settings_lost);
  const std::uint8_t go[] = {kResHeat0, bme680_heater_resistance(calibration_, kHeaterC, ambient_c_),  //
                             kCtrlMeas, ctrl_meas(kForced)};
  if (!i2c_.write(address_, go)) return fail(Bme680Fault::bus);
  state_ = State::measuring;
  due_ms_ = now_ms + kMeasureMs;
  deadline_ms_ = now_ms + kGiveUpMs;
}

std::optional<Bme680Sample> Bme680::poll(std::uint64_t now_ms) {
  if (now_ms < next_due_ms()) return std::nullopt;
  if (state_ == State::measuring) return read_sample(now_ms);
  if (!read_calibration()) return std::nullopt;
  const std::uint8_t settings[] = {kCtrlHum, kTimes2, kGasWait0, kGasWait, kCtrlGas0, 0, kCtrlGas1, kRunGas};
  if (i2c_.write(address_, settings)) {
    state_ = State::ready;
  } else {
    fail(Bme680Fault::bus);
  }
  return std::nullopt;
}

std::optional<Bme680Sample> Bme680::read_sample(std::uint64_t now_ms) {
  std::uint8_t field[kFieldBytes] = {};
  if (!read(kField, field)) {
    fail(Bme680Fault::bus);
    return std::nullopt;
  }
  if ((field[0] & (kNewData | kGasMeasuring | kMeasuring)) != kNewData) {
    due_ms_ = now_ms + kPollAgainMs;
    if (now_ms >= deadline_ms_) fail(Bme680Fault::no_data);
    return std::nullopt;
  }

  const std::uint32_t temperature = value20(field + kTemperatureAt);
  const std::uint32_t pressure = value20(field + kPressureAt);
  const auto humidity = static_cast<std::uint32_t>(field[kHumidityAt] << 8 | field[kHumidityAt + 1]);
  Bme680Sample sample;
  sample.temperature_c = bme680_temperature_c(calibration_, temperature);
  sample.pressure_hpa = bme680_pressure_pa(calibration_, pressure, sample.temperature_c) / 100.F;
  sample.humidity_rh = bme680_humidity_rh(calibration_, humidity, sample.temperature_c);
  const bool measured = temperature != kSkipped20 && pressure != kSkipped20 && humidity != kSkipped16;
  if (!measured || !in_range(sample)) {
    fail(Bme680Fault::out_of_range);
    return std::nullopt;
  }

  const std::uint8_t gas_low = field[kGasAt + 1];
  constexpr std::uint8_t kGasGood = kGasValid | kHeatStable;
  if ((gas_low & kGasGood) == kGasGood) {
    const auto gas = static_cast<std::uint32_t>(field[kGasAt] << 2 | gas_low >> 6);
    sample.gas_ohm = bme680_gas_ohm(calibration_, gas, gas_low & kGasRangeMask);
  }
  ambient_c_ = sample.temperature_c;
  state_ = State::ready;
  return sample;
}

void Bme680::sleep() {
  const std::uint8_t off[] = {kCtrlGas0, kHeatOff, kCtrlGas1, 0, kCtrlMeas, ctrl_meas(kSleep)};
  if (address_ != 0) i2c_.write(address_, off);
  state_ = State::off;
}

std::uint64_t Bme680::next_due_ms() const {
  return state_ == State::resetting || state_ == State::measuring ? due_ms_ : UINT64_MAX;
}

}  // namespace pitview::fw
