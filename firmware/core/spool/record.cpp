#include "core/spool/record.h"

#include <algorithm>
#include <cmath>

#include "core/base/crc32.h"
#include "core/spool/little_endian.h"

namespace pitview::fw {
namespace {

constexpr std::size_t kFlags = 1;
constexpr std::size_t kBootId = 2;
constexpr std::size_t kSeq = 6;
constexpr std::size_t kUnix = 10;
constexpr std::size_t kUptime = 14;
constexpr std::size_t kTemperature = 18;
constexpr std::size_t kHumidity = 20;
constexpr std::size_t kPressure = 22;
constexpr std::size_t kGas = 24;
constexpr std::size_t kAqi = 26;
constexpr std::size_t kCrc = 28;

constexpr unsigned kHasUnix = 1U << 0;
constexpr unsigned kAccuracyShift = 1;
constexpr unsigned kAccuracyMax = 3;
constexpr unsigned kHasTemperature = 1U << 3;
constexpr unsigned kHasHumidity = 1U << 4;
constexpr unsigned kHasPressure = 1U << 5;
constexpr unsigned kHasGas = 1U << 6;
constexpr unsigned kHasAqi = 1U << 7;

constexpr float kStepsPerUnit = 100;      // °C and %RH
constexpr float kStepsPerHpa = 50;        // 2 Pa
constexpr float kLogGasMax = 20.723266F;  // ln(1 GΩ)
constexpr float kStepsPerLogOhm = UINT16_MAX / kLogGasMax;

std::uint16_t saturated_u16(float steps) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(steps, 0.0F, 65535.0F)));
}

std::uint16_t saturated_i16(float steps) {
  return static_cast<std::uint16_t>(std::lround(std::clamp(steps, -32768.0F, 32767.0F)));
}

std::optional<float> finite(const std::optional<float>& value) {
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::uint32_t crc_of(const std::uint8_t* record) { return crc32({record + kFlags, kCrc - kFlags}); }

}  // namespace

RecordBytes encode_record(const Reading& reading) {
  RecordBytes record;
  record.fill(0xFF);
  std::uint8_t* const at = record.data();
  const AirValues& air = reading.air;

  unsigned flags = std::min<unsigned>(air.iaq_accuracy, kAccuracyMax) << kAccuracyShift;
  put_u32(at + kBootId, reading.boot_id);
  put_u32(at + kSeq, reading.seq);
  put_u32(at + kUptime, reading.uptime_s);
  if (reading.unix_s) {
    flags |= kHasUnix;
    put_u32(at + kUnix, *reading.unix_s);
  }
  if (const auto value = finite(air.temperature_c)) {
    flags |= kHasTemperature;
    put_u16(at + kTemperature, saturated_i16(*value * kStepsPerUnit));
  }
  if (const auto value = finite(air.humidity_rh)) {
    flags |= kHasHumidity;
    put_u16(at + kHumidity, saturated_u16(*value * kStepsPerUnit));
  }
  if (const auto value = finite(air.pressure_hpa)) {
    flags |= kHasPressure;
    put_u16(at + kPressure, saturated_u16(*value * kStepsPerHpa));
  }
  if (const auto value = finite(air.gas_ohm)) {
    flags |= kHasGas;
    put_u16(at + kGas, saturated_u16(std::log(std::max(*value, 1.0F)) * kStepsPerLogOhm));
  }
  if (air.aqi) {
    flags |= kHasAqi;
    put_u16(at + kAqi, static_cast<std::uint16_t>(std::clamp(*air.aqi, 0, UINT16_MAX)));
  }
  at[kFlags] = static_cast<std::uint8_t>(flags);
  put_u32(at + kCrc, crc_of(at));
  return record;
}

RecordState record_state(const std::uint8_t* record) {
  if (record[0] == kSettledMark) return RecordState::settled;
  if (std::all_of(record, record + kRecordBytes, [](std::uint8_t byte) { return byte == 0xFF; })) {
    return RecordState::blank;
  }
  return get_u32(record + kCrc) == crc_of(record) ? RecordState::waiting : RecordState::broken;
}

std::optional<Reading> decode_record(const RecordBytes& record) {
  const std::uint8_t* const at = record.data();
  if (record_state(at) != RecordState::waiting) return std::nullopt;

  const unsigned flags = at[kFlags];
  Reading reading;
  reading.boot_id = get_u32(at + kBootId);
  reading.seq = get_u32(at + kSeq);
  reading.uptime_s = get_u32(at + kUptime);
  if (flags & kHasUnix) reading.unix_s = get_u32(at + kUnix);

  AirValues& air = reading.air;
  air.iaq_accuracy = static_cast<std::uint8_t>((flags >> kAccuracyShift) & kAccuracyMax);
  if (flags & kHasTemperature) {
    air.temperature_c = static_cast<float>(static_cast<std::int16_t>(get_u16(at + kTemperature))) / kStepsPerUnit;
  }
  if (flags & kHasHumidity) air.humidity_rh = static_cast<float>(get_u16(at + kHumidity)) / kStepsPerUnit;
  if (flags & kHasPressure) air.pressure_hpa = static_cast<float>(get_u16(at + kPressure)) / kStepsPerHpa;
  if (flags & kHasGas) air.gas_ohm = std::exp(static_cast<float>(get_u16(at + kGas)) / kStepsPerLogOhm);
  if (flags & kHasAqi) air.aqi = get_u16(at + kAqi);
  return reading;
}

}  // namespace pitview::fw
