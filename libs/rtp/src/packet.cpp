#include "pitview/rtp/packet.h"

#include "wire.h"

namespace pitview::rtp {
namespace {

constexpr std::size_t kFixedHeader = 12;

}  // namespace

std::optional<Packet> parse(Bytes datagram) noexcept {
  if (datagram.size() < kFixedHeader || datagram[0] >> 6 != 2) return std::nullopt;
  const bool padded = (datagram[0] & 0x20) != 0;
  const bool extended = (datagram[0] & 0x10) != 0;
  std::size_t header = kFixedHeader + 4ULL * (datagram[0] & 0x0f);
  if (extended) {
    if (datagram.size() < header + 4) return std::nullopt;
    header += 4 + 4ULL * wire::u16(datagram, header + 2);
  }
  if (datagram.size() < header) return std::nullopt;
  std::size_t padding = 0;
  if (padded) {
    padding = datagram.back();
    if (padding == 0 || header + padding > datagram.size()) return std::nullopt;
  }
  return Packet{.marker = (datagram[1] & 0x80) != 0,
                .payload_type = static_cast<std::uint8_t>(datagram[1] & 0x7f),
                .sequence = wire::u16(datagram, 2),
                .timestamp = wire::u32(datagram, 4),
                .ssrc = wire::u32(datagram, 8),
                .payload = datagram.subspan(header, datagram.size() - header - padding)};
}

bool is_rtcp(Bytes datagram) noexcept { return datagram.size() >= 2 && datagram[1] >= 192 && datagram[1] <= 223; }

}  // namespace pitview::rtp
