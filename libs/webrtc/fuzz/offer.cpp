// Any text as a browser's offer. What must hold: an answer can be written to every offer
// that is taken, has a line for each of its media and no line that the offer smuggled in.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "pitview/webrtc/session_description.h"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitview::webrtc;
  const auto offer = parse_offer({reinterpret_cast<const char*>(data), size});
  if (!offer) return 0;
  require(!offer->formats.empty() && offer->video < offer->media.size(), "there is something to answer");
  const H264Format& format = best_format(*offer, "42e01f");
  const std::string sdp = write_answer(*offer, format,
                                       {.ice_ufrag = "abcd",
                                        .ice_password = "0123456789012345678901",
                                        .fingerprint = {},
                                        .ssrc = 1,
                                        .cname = "pitview",
                                        .candidates = {{"192.0.2.1", 1, false}},
                                        .profile_level_id = "42e01f"});
  std::size_t media = 0;
  for (std::size_t at = 0; at < sdp.size();) {
    const std::size_t end = sdp.find("\r\n", at);
    require(end != std::string::npos && end - at >= 2 && sdp[at + 1] == '=', "every line is one");
    require(sdp.find('\n', at) == end + 1, "no line is broken");
    media += sdp[at] == 'm' ? 1 : 0;
    at = end + 2;
  }
  require(media == offer->media.size(), "each medium has its line");
  return 0;
}
