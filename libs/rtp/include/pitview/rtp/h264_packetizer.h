// Access units to RTP payloads (RFC 6184, packetization-mode 1). The fragments of a
// NAL unit are of equal size but for the last, which is never larger: what one UDP
// GSO call (Linux, udp(7) UDP_SEGMENT) can cut apart again.
#pragma once

#include <cstdint>
#include <functional>

#include "pitview/h264/nal_unit.h"
#include "pitview/rtp/packet.h"

namespace pitview::rtp {

// `head` (0 or 2 bytes) and `body` together are one payload of at most `limit`
// bytes; `last`: of the NAL unit.
using PayloadSink = std::function<void(Bytes head, Bytes body, bool last)>;

// Precondition: limit >= 16. An empty unit gives nothing.
void packetize(h264::NalUnit unit, std::size_t limit, const PayloadSink& sink);

}  // namespace pitview::rtp
