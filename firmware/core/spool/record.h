// A reading as 32 bytes of flash.
//
//   byte  0      mark: 0xFF waits, 0x00 settled; anything else is a settling that was cut: waits
//         1      bit 0 unix_s known · bits 1, 2 iaq_accuracy · bits 3 to 7: temperature, humidity,
//                pressure, gas, aqi present
//         2..5   boot_id          6..9   seq          10..13  unix_s       14..17  uptime_s
//        18, 19  temperature, 1/100 °C, signed        20, 21  humidity, 1/100 %RH
//        22, 23  pressure, 2 Pa                       24, 25  gas, see below
//        26, 27  aqi                                  28..31  CRC-32 of bytes 1 to 27
//
// Numbers are little-endian. What is missing stays 0xFF. Gas resistance is kept as its
// logarithm, 1 Ω to 1 GΩ in 65,535 steps of 0.032 %. A number beyond what its field can
// hold is kept as the nearest one that fits; NaN and infinities are kept as missing.
//
// Pure functions; no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/reading.h"

namespace pitview::fw {

constexpr std::size_t kRecordBytes = 32;
using RecordBytes = std::array<std::uint8_t, kRecordBytes>;

constexpr std::uint8_t kSettledMark = 0x00;  // byte 0, programmed over whatever it was

// A record that waits.
RecordBytes encode_record(const Reading& reading);

enum class RecordState : std::uint8_t {
  blank,    // erased, free
  waiting,  // whole: its CRC is right
  settled,  // by its mark alone, so that a mount need not look at what is done with
  broken,   // its writing or its sector's erase was cut, or the flash has lost bits
};

// `record` points to kRecordBytes bytes.
RecordState record_state(const std::uint8_t* record);

// Nothing unless it waits.
std::optional<Reading> decode_record(const RecordBytes& record);

}  // namespace pitview::fw
