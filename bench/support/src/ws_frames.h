// The frames of RFC 6455 as a client reads them: sans-I/O, server to client, without
// extensions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pitview::bench {

struct WsFrame {
  enum Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
  Opcode opcode = text;
  bool last = true;  // of its message
  std::string_view payload;
  std::size_t consumed = 0;
};

// The first frame of `bytes`; nothing while more are needed.
std::optional<WsFrame> next_frame(std::string_view bytes);

// A client's answer to a ping. The mask is zero: it protects proxies, of which there are none.
std::string pong_of(std::string_view ping_payload);

}  // namespace pitview::bench
