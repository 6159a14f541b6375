#include "ws_frames.h"

namespace pitview::bench {

std::optional<WsFrame> next_frame(std::string_view bytes) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); };
  if (bytes.size() < 2) return std::nullopt;
  std::uint64_t length = byte(1) & 0x7F;
  std::size_t header = 2;
  if (length >= 126) {
    const std::size_t length_bytes = length == 126 ? 2 : 8;
    header += length_bytes;
    if (bytes.size() < header) return std::nullopt;
    length = 0;
    for (std::size_t i = 2; i < header; ++i) length = length << 8 | byte(i);
  }
  if (bytes.size() - header < length) return std::nullopt;
  return WsFrame{.opcode = static_cast<WsFrame::Opcode>(byte(0) & 0x0F),
                 .last = (byte(0) & 0x80) != 0,
                 .payload = bytes.substr(header, length),
                 .consumed = header + length};
}

std::string pong_of(std::string_view ping_payload) {
  std::string frame;
  frame += static_cast<char>(0x80 | WsFrame::pong);
  frame += static_cast<char>(0x80 | ping_payload.size());  // a control frame has 125 bytes at most
  frame.append(4, '\0');
  frame += ping_payload;
  return frame;
}

}  // namespace pitview::bench
