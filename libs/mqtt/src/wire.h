// What encoder and decoder must agree on: packet types and their fixed flags
// (MQTT 3.1.1, tables 2.1 and 2.2).
#pragma once

#include <cstddef>
#include <cstdint>

namespace pitview::mqtt::wire {

enum class Type : std::uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  pubrec = 5,
  pubrel = 6,
  pubcomp = 7,
  subscribe = 8,
  suback = 9,
  unsubscribe = 10,
  unsuback = 11,
  pingreq = 12,
  pingresp = 13,
  disconnect = 14,
};

inline constexpr std::size_t kLongestRemaining = 268'435'455;
inline constexpr std::uint8_t kProtocolLevel = 4;

inline constexpr std::uint8_t kFlagRetain = 0x01;
inline constexpr std::uint8_t kFlagDuplicate = 0x08;

inline constexpr std::uint8_t kConnectCleanSession = 0x02;
inline constexpr std::uint8_t kConnectWill = 0x04;
inline constexpr std::uint8_t kConnectWillRetain = 0x20;
inline constexpr std::uint8_t kConnectPassword = 0x40;
inline constexpr std::uint8_t kConnectUsername = 0x80;

// The lower half of the first byte, for every type but PUBLISH.
constexpr std::uint8_t fixed_flags(Type type) noexcept {
  return type == Type::subscribe || type == Type::unsubscribe || type == Type::pubrel ? 0x02 : 0x00;
}

}  // namespace pitview::mqtt::wire
