// The registers of the BME680 that its driver and its fake use (BST-BME680-DS001,
// section 5). A write is pairs of register and value; a read goes on to the next register.
#pragma once

#include <cstdint>

namespace pitview::fw::bme680 {

constexpr std::uint8_t kAddresses[] = {0x76, 0x77};  // SDO to ground, to supply

constexpr std::uint8_t kHeaterCalibration = 0x00;  // 5 bytes
constexpr std::uint8_t kField = 0x1D;              // status and everything measured, kFieldBytes
constexpr std::uint8_t kResHeat0 = 0x5A;
constexpr std::uint8_t kGasWait0 = 0x64;
constexpr std::uint8_t kCtrlGas0 = 0x70;
constexpr std::uint8_t kCtrlGas1 = 0x71;
constexpr std::uint8_t kCtrlHum = 0x72;
constexpr std::uint8_t kCtrlMeas = 0x74;
constexpr std::uint8_t kFirstCalibration = 0x89;  // 25 bytes
constexpr std::uint8_t kChipId = 0xD0;
constexpr std::uint8_t kReset = 0xE0;
constexpr std::uint8_t kSecondCalibration = 0xE1;  // 16 bytes, the last one is the variant
constexpr std::uint8_t kVariant = 0xF0;

constexpr std::uint8_t kChipIdValue = 0x61;
constexpr std::uint8_t kVariantBme680 = 0x00;  // 1: a BME688, whose gas registers are others
constexpr std::uint8_t kResetCommand = 0xB6;

// kField, byte by byte from 0x1D.
constexpr std::uint8_t kFieldBytes = 15;
constexpr std::uint8_t kNewData = 0x80;  // in byte 0
constexpr std::uint8_t kGasMeasuring = 0x40;
constexpr std::uint8_t kMeasuring = 0x20;
constexpr std::uint8_t kPressureAt = 2;     // msb, lsb, xlsb
constexpr std::uint8_t kTemperatureAt = 5;  // msb, lsb, xlsb
constexpr std::uint8_t kHumidityAt = 8;     // msb, lsb
constexpr std::uint8_t kGasAt = 13;         // msb, then two bits of lsb, the flags and the range
constexpr std::uint8_t kGasValid = 0x20;
constexpr std::uint8_t kHeatStable = 0x10;
constexpr std::uint8_t kGasRangeMask = 0x0F;
constexpr std::uint32_t kSkipped20 = 0x80000;  // of a temperature or pressure that was not measured
constexpr std::uint32_t kSkipped16 = 0x8000;   // of a humidity that was not measured

constexpr std::uint8_t kHeatOff = 0x08;   // ctrl_gas_0
constexpr std::uint8_t kRunGas = 0x10;    // ctrl_gas_1, with heater set-point 0
constexpr std::uint8_t kModeMask = 0x03;  // ctrl_meas
constexpr std::uint8_t kForced = 0x01;
constexpr std::uint8_t kSleep = 0x00;

// Oversampling: 0 is off, n is 2^(n-1) times.
constexpr std::uint8_t kTimes2 = 2;
constexpr std::uint8_t kTimes4 = 3;
constexpr std::uint8_t kTimes8 = 4;

// How long it measures, without the heating (Bosch's sensor API, profile duration): a
// conversion for every oversample, switching between the four sensors, waking up.
constexpr std::uint32_t measuring_us(std::uint32_t conversions) {
  return conversions * 1963 + 4 * 477 + 5 * 477 + 1000;
}

}  // namespace pitview::fw::bme680
