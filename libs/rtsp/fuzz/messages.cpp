// Any bytes as what a camera sends on its connection, in pieces of any size: the first
// byte is the size. What must hold: the pieces do not matter; nothing that comes out is
// larger than what went in.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "pitview/rtsp/authentication.h"
#include "pitview/rtsp/message.h"

namespace {

using namespace pitview::rtsp;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Everything that came out, as text to compare.
std::string all_of(std::span<const std::uint8_t> input, std::size_t piece) {
  std::string out;
  Parser parser;
  Authenticator authenticator("user", "password");
  authenticator.use_cnonce("cnonce");
  while (true) {
    auto message = parser.next();
    if (!message) return out + "E";
    if (*message) {
      if (const auto* response = std::get_if<Response>(&**message)) {
        out += "R" + std::to_string(response->status) + response->reason + response->body;
        parse_session(response->header("Session"));
        if (authenticator.take(response->all("WWW-Authenticate")))
          out += authenticator.authorize("DESCRIBE", "rtsp://camera/").value();
      } else if (const auto* packet = std::get_if<Interleaved>(&**message)) {
        out += "$" + std::to_string(packet->channel);
        out.append(packet->payload.begin(), packet->payload.end());
      } else {
        out += "Q" + std::get<PeerRequest>(**message).method;
      }
      continue;
    }
    if (input.empty()) return out;
    const std::size_t size = std::min(piece, input.size());
    const auto room = parser.prepare(size);
    require(room.size() >= size, "there is room");
    std::copy_n(input.begin(), size, room.begin());
    parser.commit(size);
    input = input.subspan(size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> input(data + 1, size - 1);
  require(all_of(input, 1 + data[0]) == all_of(input, input.size() + 1), "the pieces do not matter");
  return 0;
}
