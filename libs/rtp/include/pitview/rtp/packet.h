// An RTP packet (RFC 3550, section 5.1), as a view of the bytes it came in.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace pitview::rtp {

using Bytes = std::span<const std::uint8_t>;

struct Packet {
  bool marker = false;
  std::uint8_t payload_type = 0;  // 0 to 127
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;  // of a 90 kHz clock for video
  std::uint32_t ssrc = 0;
  Bytes payload;  // without padding; may be empty
};

// Empty when it is no RTP packet of version 2 or its lengths lie.
std::optional<Packet> parse(Bytes datagram) noexcept;

// RTCP shares ports and channels with RTP: told apart by the second byte (RFC 5761).
bool is_rtcp(Bytes datagram) noexcept;

// How far `b` is ahead of `a` on the circle of 16 bits: -32,768 to 32,767.
constexpr std::int32_t sequence_distance(std::uint16_t a, std::uint16_t b) noexcept {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(b - a));
}

}  // namespace pitview::rtp
