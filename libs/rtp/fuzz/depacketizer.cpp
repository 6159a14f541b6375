// Any datagrams through parse, reorder and depacketizer. What must hold: what goes out
// lies in bounds, an access unit has a unit and none is empty, and a key frame has an
// IDR slice.
//
// The input is a list of datagrams: a byte of length, then the bytes; a length of 255
// takes 255 + the next byte. The first byte of all: 1 for a well-formed RTP header made
// here, so that the fuzzer gets past it.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "pitview/rtp/h264_depacketizer.h"
#include "pitview/rtp/reorder.h"

namespace {

using namespace pitview;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void check(const rtp::AccessUnit& unit) {
  require(!unit.units.empty() && unit.units.size() <= rtp::H264Depacketizer::kMaxUnits, "a picture has units");
  std::size_t bytes = 0;
  bool idr = false;
  for (const h264::NalUnit nal : unit.units) {
    require(!nal.empty(), "no unit is empty");
    bytes += nal.size();
    idr = idr || h264::type_of(nal) == h264::NalType::idr_slice;
  }
  require(bytes <= rtp::H264Depacketizer::kMaxBytes, "a picture is bounded");
  require(idr == unit.keyframe, "a key frame has an IDR slice");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool framed = (data[0] & 1) != 0;
  rtp::Reorder reorder;
  rtp::H264Depacketizer depacketizer;
  std::uint16_t sequence = 65'500;
  for (std::size_t at = 1; at < size;) {
    std::size_t length = data[at++];
    if (length == 255 && at < size) length += data[at++];
    length = std::min(length, size - at);
    std::vector<std::uint8_t> datagram;
    // Of a framed one the first byte moves sequence and timestamp and sets the marker.
    if (framed && length > 0) {
      const std::uint8_t control = data[at];
      sequence = static_cast<std::uint16_t>(sequence + 1 + (control & 3) - ((control & 4) != 0 ? 2 : 0));
      datagram = {0x80,
                  static_cast<std::uint8_t>(96 | ((control & 8) != 0 ? 0x80 : 0)),
                  static_cast<std::uint8_t>(sequence >> 8),
                  static_cast<std::uint8_t>(sequence),
                  0,
                  0,
                  0,
                  static_cast<std::uint8_t>(control >> 4),
                  0,
                  0,
                  0,
                  1};
      datagram.insert(datagram.end(), data + at + 1, data + at + length);
    } else {
      datagram.assign(data + at, data + at + length);
    }
    at += length;
    const auto packet = rtp::parse(datagram);
    if (!packet) continue;
    reorder.push(*packet, [&](const rtp::Packet& due, std::size_t lost) { depacketizer.push(due, lost, check); });
  }
  return 0;
}
