// Recordings and clips as clients get them.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::recordings {

using ClipId = StrongId<struct ClipTag>;

// Recorded without a gap.
struct RecordedSpan {
  Timestamp from;
  Timestamp to;
};
BOOST_DESCRIBE_STRUCT(RecordedSpan, (), (from, to))

struct RecordingTimeline {
  PitId pit_id;
  Timestamp from;  // as asked
  Timestamp to;
  std::vector<RecordedSpan> spans;  // the oldest first; what lies between them was not recorded
  std::int64_t size_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(RecordingTimeline, (), (pit_id, from, to, spans, size_bytes))

struct Playback {
  Timestamp from;
  Timestamp to;
  std::string hls_url;                 // a video-on-demand playlist, with the token
  std::optional<std::string> mp4_url;  // a file to take home, with the token; null: too long for one
  Timestamp expires_at;                // of the token; what it has opened goes on
};
BOOST_DESCRIBE_STRUCT(Playback, (), (from, to, hls_url, mp4_url, expires_at))

struct Clip {
  ClipId id;
  PitId pit_id;
  std::optional<JobId> job_id;
  std::string kind;  // clip, time_lapse
  std::string title;
  Timestamp from;  // as asked; once it is ready: what it shows
  Timestamp to;
  std::string status;  // pending, ready, failed
  std::optional<std::string> failure;
  std::int64_t size_bytes = 0;
  std::optional<UserId> author_id;
  Timestamp created_at;
  std::optional<Timestamp> share_expires_at;  // null: nobody else may see it
};
BOOST_DESCRIBE_STRUCT(Clip, (),
                      (id, pit_id, job_id, kind, title, from, to, status, failure, size_bytes, author_id, created_at,
                       share_expires_at))

// A whole job in less than a minute, for who may see the job.
struct TimeLapse {
  std::string status = "none";       // none, pending, ready, failed: "none" as long as the job runs, and seconds after
  std::optional<Playback> playback;  // of one that is ready
};
BOOST_DESCRIBE_STRUCT(TimeLapse, (), (status, playback))

struct ClipShare {
  std::string url;  // shown this once
  Timestamp expires_at;
};
BOOST_DESCRIBE_STRUCT(ClipShare, (), (url, expires_at))

struct SharedClip {
  std::string title;
  std::string kind;
  std::string workshop_name;
  std::string timezone;
  Timestamp share_expires_at;
  Playback playback;
};
BOOST_DESCRIBE_STRUCT(SharedClip, (), (title, kind, workshop_name, timezone, share_expires_at, playback))

// The disk of the recordings, over all workshops.
struct RecordingsForecast {
  std::optional<std::int64_t> free_bytes;  // null: the gateway has never said
  std::optional<std::int64_t> disk_bytes;
  std::optional<std::int64_t> dropped;        // pieces that were not written since the gateway's start
  std::optional<std::int64_t> waiting_bytes;  // not in the bucket yet; null: the disk is all that there is
  std::optional<std::string> bucket_fault;    // why the bucket does not take them; null: it does
  std::optional<Timestamp> noted_at;
  std::int64_t recorded_bytes = 0;
  std::int64_t clip_bytes = 0;
  std::int64_t bytes_per_day = 0;    // as in the last seven days
  std::int64_t expected_bytes = 0;   // when each workshop has recorded so for as long as it keeps recordings
  std::optional<Timestamp> full_at;  // null: there is room for what is expected, or a bucket that takes it
};
BOOST_DESCRIBE_STRUCT(RecordingsForecast, (),
                      (free_bytes, disk_bytes, dropped, waiting_bytes, bucket_fault, noted_at, recorded_bytes,
                       clip_bytes, bytes_per_day, expected_bytes, full_at))

}  // namespace pitview::recordings
