// Any bytes as STUN. What must hold: a request that is taken is a whole datagram with a
// right fingerprint, its user name lies in it, and an integrity of a wrong key never holds
// together with that of the right one.
#include <cstdio>
#include <cstdlib>

#include "pitview/webrtc/stun.h"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitview::webrtc::stun;
  const Bytes datagram(data, size);
  const auto request = parse(datagram);
  if (!request) return 0;
  require(is_stun(datagram), "what is taken is STUN");
  const auto* name = reinterpret_cast<const std::uint8_t*>(request->username.data());
  require(request->username.empty() || (name >= data && name + request->username.size() <= data + size),
          "the user name lies in the datagram");
  require(!(integrity_holds(datagram, "VOkJxbRl1RmTxUk/WvJxBt") && integrity_holds(datagram, "another")),
          "one integrity has one key");
  const std::uint8_t address[] = {192, 0, 2, 1};
  require(is_stun(write_success(request->transaction, {address, 1}, "password")), "an answer is STUN");
  return 0;
}
