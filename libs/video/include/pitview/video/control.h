// The bodies of the gateway's control API: `/control/…` on loopback, for the server alone,
// which shows the shared secret.
//
//   PUT  /control/cameras      WantedCameras: from now on these and no others
//   GET  /control/cameras      [CameraReport]
//   GET  /control/viewers      [ViewerReport]
//   GET  /control/state        GatewayState, what the server asks for all the time
//   POST /control/viewers/cut  CutRequest → CutAnswer
//   POST /control/probe        ProbeRequest → ProbeReport: looks at a camera for some seconds
//   GET  /control/recordings   ?after=REVISION → RecordingChanges; unavailable while it looks for them
//   POST /control/recordings/remove  RemoveRequest → RemoveAnswer
//   POST /control/clips        ClipRequest: accepted; GatewayState.clips says what has become of it
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
  std::optional<bool> always_on;      // else only while somebody watches
  std::optional<std::string> record;  // whose recordings these are: a name of a-z, 0-9 and -; null: none are made
};
BOOST_DESCRIBE_STRUCT(WantedCamera, (), (path, rtsp_url, always_on, record))

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
  bool recorded = false;  // now
};
BOOST_DESCRIBE_STRUCT(CameraReport, (),
                      (path, state, fault, detail, codec, profile, width, height, frames_per_second, frames, bytes,
                       damaged, b_slices, connections, last_frame_ms, viewers, recorded))

struct ViewerReport {
  std::string id;
  std::string path;
  std::string subject;
  std::string session;
  bool playing = false;
  std::string transport;  // "udp", "tcp", "hls", "" while it connects
  double seconds = 0;     // since it joined
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
                      (id, path, subject, session, playing, transport, seconds, frames, packets, bytes, retransmitted,
                       dropped, keyframe_requests, lost_fraction, round_trip_ms))

struct CameraPresence {
  std::string path;
  std::optional<bool> online;  // null: nobody has asked it for pictures
};
BOOST_DESCRIBE_STRUCT(CameraPresence, (), (path, online))

struct ViewerPresence {
  std::string id;
  std::string path;
  std::string subject;
  std::string session;
};
BOOST_DESCRIBE_STRUCT(ViewerPresence, (), (id, path, subject, session))

// Words before or behind a time-lapse.
struct TimeLapseCard {
  std::string above;
  std::string title;
  std::vector<std::string> lines;
};
BOOST_DESCRIBE_STRUCT(TimeLapseCard, (), (above, title, lines))

struct TimeLapseRequest {
  TimeLapseCard first;
  TimeLapseCard last;
};
BOOST_DESCRIBE_STRUCT(TimeLapseRequest, (), (first, last))

// Times are in milliseconds since 1970.
struct ClipRequest {
  std::string clip;  // the path of what is made: "clip-…"
  std::string path;  // whose recordings it is made of
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
  std::optional<TimeLapseRequest> time_lapse;  // of all that time, instead of a copy of it
};
BOOST_DESCRIBE_STRUCT(ClipRequest, (), (clip, path, from_ms, to_ms, time_lapse))

struct ClipReport {
  std::string clip;
  std::string state;  // waiting, ready, failed
  std::optional<std::string> detail;
  std::int64_t began_ms = 0;  // what it shows; of one that is ready
  std::int64_t ended_ms = 0;
  std::uint64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(ClipReport, (), (clip, state, detail, began_ms, ended_ms, bytes))

// Recordings are copied into a bucket, and the disk lets go what is there.
struct BucketState {
  std::uint64_t files = 0;          // that are there
  std::uint64_t waiting_files = 0;  // that are whole and not copied yet
  std::uint64_t waiting_bytes = 0;
  std::optional<std::string> fault;  // why, when the store does not do it
};
BOOST_DESCRIBE_STRUCT(BucketState, (), (files, waiting_files, waiting_bytes, fault))

struct RecordingsState {
  std::uint64_t free_bytes = 0;  // of the disk
  std::uint64_t size_bytes = 0;
  std::uint64_t dropped = 0;          // pieces that were not written, since the start
  std::optional<BucketState> bucket;  // null: the disk is all that there is
};
BOOST_DESCRIBE_STRUCT(RecordingsState, (), (free_bytes, size_bytes, dropped, bucket))

struct GatewayState {
  std::string instance;  // another one after every start: it knows no camera then
  std::vector<CameraPresence> cameras;
  std::vector<ViewerPresence> viewers;
  std::vector<ViewerPresence> playbacks;      // of recordings
  std::vector<ClipReport> clips;              // that were asked for since the start
  std::optional<RecordingsState> recordings;  // null: nothing is recorded
};
BOOST_DESCRIBE_STRUCT(GatewayState, (), (instance, cameras, viewers, playbacks, clips, recordings))

struct RecordingChange {
  std::string path;
  std::int64_t began_ms = 0;
  std::int64_t ended_ms = 0;
  std::uint64_t bytes = 0;
  bool removed = false;
};
BOOST_DESCRIBE_STRUCT(RecordingChange, (), (path, began_ms, ended_ms, bytes, removed))

struct RecordingChanges {
  std::string instance;         // revisions of another one mean nothing
  std::uint64_t revision = 0;   // to ask after next
  bool from_beginning = false;  // these are the first of all that there are
  bool more = false;            // there are more right now
  std::vector<RecordingChange> changes;
};
BOOST_DESCRIBE_STRUCT(RecordingChanges, (), (instance, revision, from_beginning, more, changes))

struct RecordingToRemove {
  std::string path;
  std::optional<std::int64_t> began_ms;  // null: all of the path
};
BOOST_DESCRIBE_STRUCT(RecordingToRemove, (), (path, began_ms))

struct RemoveRequest {
  std::vector<RecordingToRemove> recordings;
};
BOOST_DESCRIBE_STRUCT(RemoveRequest, (), (recordings))

struct RemoveAnswer {
  std::uint64_t removed = 0;
};
BOOST_DESCRIBE_STRUCT(RemoveAnswer, (), (removed))

// Those who match all that is given; at least one is.
struct CutRequest {
  std::optional<std::vector<std::string>> viewers;  // by id
  std::optional<std::string> path;
  std::optional<std::string> subject;
  std::optional<std::string> session;
};
BOOST_DESCRIBE_STRUCT(CutRequest, (), (viewers, path, subject, session))

struct CutAnswer {
  std::uint64_t cut = 0;
};
BOOST_DESCRIBE_STRUCT(CutAnswer, (), (cut))

struct ProbeRequest {
  std::string rtsp_url;
};
BOOST_DESCRIBE_STRUCT(ProbeRequest, (), (rtsp_url))

// What was seen of a camera; what was not seen is null.
struct ProbeReport {
  std::optional<std::string> fault;  // unreachable, unauthorized, …
  std::optional<std::string> detail;
  std::string codec;                   // as the camera describes it: H264, H265
  std::optional<std::string> profile;  // Baseline, Main, High, …
  std::optional<unsigned> width;
  std::optional<unsigned> height;
  std::optional<double> frames_per_second;  // counted
  std::optional<double> keyframe_seconds;   // from key frame to key frame
  std::optional<double> kilobits_per_second;
  std::optional<bool> b_frames;
  std::optional<std::int64_t> first_picture_ms;  // from the beginning of the connection
  std::optional<double> clock_offset_s;          // of the camera's clock: above 0 it is ahead
};
BOOST_DESCRIBE_STRUCT(ProbeReport, (),
                      (fault, detail, codec, profile, width, height, frames_per_second, keyframe_seconds,
                       kilobits_per_second, b_frames, first_picture_ms, clock_offset_s))

}  // namespace pitview::video
