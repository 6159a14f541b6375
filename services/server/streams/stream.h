// A live stream as clients get it.
#pragma once

#include <boost/describe/class.hpp>
#include <string>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::streams {

struct Stream {
  PitId pit_id;
  std::string stream_url;  // whep_url with the token: all that a client needs
  std::string protocol;    // webrtc
  std::string whep_url;    // RFC 9725; the token goes into Authorization: Bearer
  std::string hls_url;     // low-latency HLS, with the token; also for cameras that WebRTC cannot show
  std::string still_url;   // a JPEG of now, with the token; &width=320, 640 or 1280
  std::string token;
  Timestamp expires_at;  // of the token; a session that it has opened goes on
};
BOOST_DESCRIBE_STRUCT(Stream, (), (pit_id, stream_url, protocol, whep_url, hls_url, still_url, token, expires_at))

}  // namespace pitview::streams
