// Any text as SDP and as an address. What must hold: what is taken is in its range, and
// an address that is taken is taken again as it was written.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "pitview/rtsp/description.h"
#include "pitview/rtsp/url.h"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitview::rtsp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto description = parse_description(text)) {
    require(description->videos.size() <= 16, "tracks are bounded");
    for (const VideoTrack& track : description->videos) {
      require(track.payload_type <= 127 && track.clock_rate > 0, "a track is in its range");
      control_url("rtsp://camera/", track.control);
    }
  }
  if (const auto url = parse_url(text)) {
    require(url->port > 0 && !url->host.empty(), "an address has host and port");
    const auto again = parse_url(url->text());
    require(again && again->host == url->host && again->port == url->port && again->target == url->target,
            "what is written is read again");
  }
  return 0;
}
