// The bodies of the control API.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pitview::video {

struct WantedCamera {
  std::string path;
  std::string rtsp_url;
  std::optional<bool> always_on;  // else only while somebody watches
};
BOOST_DESCRIBE_STRUCT(WantedCamera, (), (path, rtsp_url, always_on))

struct WantedCameras {
  std::vector<WantedCamera> cameras;
};
BOOST_DESCRIBE_STRUCT(WantedCameras, (), (cameras))

struct CameraReport {
  std::string path;
  std::string state;                 // idle, connecting, playing, waiting
  std::optional<std::string> fault;  // unreachable, unauthorized, …
  std::optional<std::string> detail;
  std::string codec;
  std::optional<std::string> profile;
  std::optional<unsigned> width;
  std::optional<unsigned> height;
  std::optional<double> frames_per_second;
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::uint64_t damaged = 0;
  std::uint64_t b_slices = 0;
  std::uint64_t connections = 0;
  std::optional<std::int64_t> last_frame_ms;  // ago
  std::uint64_t viewers = 0;
};
BOOST_DESCRIBE_STRUCT(CameraReport, (),
                      (path, state, fault, detail, codec, profile, width, height, frames_per_second, frames, bytes,
                       damaged, b_slices, connections, last_frame_ms, viewers))

struct ViewerReport {
  std::string id;
  std::string path;
  std::string subject;
  std::string session;
  bool playing = false;
  double seconds = 0;  // since it joined
  std::uint64_t frames = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t retransmitted = 0;
  std::uint64_t dropped = 0;
  std::uint64_t keyframe_requests = 0;
  double lost_fraction = 0;
  std::optional<double> round_trip_ms;
};
BOOST_DESCRIBE_STRUCT(ViewerReport, (),
                      (id, path, subject, session, playing, seconds, frames, packets, bytes, retransmitted, dropped,
                       keyframe_requests, lost_fraction, round_trip_ms))

// Those who match all that is given; at least one is.
struct CutRequest {
  std::optional<std::string> path;
  std::optional<std::string> subject;
  std::optional<std::string> session;
};
BOOST_DESCRIBE_STRUCT(CutRequest, (), (path, subject, session))

struct CutAnswer {
  std::uint64_t cut = 0;
};
BOOST_DESCRIBE_STRUCT(CutAnswer, (), (cut))

}  // namespace pitview::video
