#include "recordings/recording_service.h"

#include "api/refusals.h"
#include "streams/stream_path.h"

namespace pitview::recordings {
namespace {

Error no_such_pit() { return {Errc::not_found, "There is no such pit.", {}, 0}; }

// "pit-4-20261127-0930", in UTC.
std::string file_name(PitId pit, Timestamp from) {
  std::string name = "pit-" + std::to_string(pit.value) + "-";
  for (const char c : to_iso8601(from).substr(0, 16))
    if (c == 'T')
      name += '-';
    else if (c != '-' && c != ':')
      name += c;
  return name;
}

}  // namespace

Awaitable<Result<RecordingTimeline>> RecordingService::timeline(Principal principal, PitId pit, Timestamp from,
                                                                Timestamp to) {
  if (from >= to) co_return api::invalid("to", "must be later than from");
  if (to - from > kMaxTimeline) co_return api::invalid("to", "must be at most eight days later than from");
  if (!co_await parts_.pits.exists(principal.workshop, pit)) co_return no_such_pit();
  co_return co_await parts_.recordings.timeline(principal.workshop, pit, from, to);
}

Awaitable<Result<Playback>> RecordingService::playback(Principal principal, PitId pit, Timestamp from, Timestamp to) {
  using std::chrono::milliseconds;
  const video::RecordedRange range{streams::stream_path(parts_.data_key, principal.workshop, pit),
                                   std::chrono::floor<milliseconds>(from), std::chrono::floor<milliseconds>(to)};
  if (range.from >= range.to) co_return api::invalid("to", "must be later than from");
  if (range.to - range.from > video::kMaxPlayback)
    co_return api::invalid("to", "must be at most six hours later than from");
  if (!co_await parts_.pits.exists(principal.workshop, pit)) co_return no_such_pit();
  if (!parts_.links.is_there()) co_return Error{Errc::unavailable, "Live video is not set up here.", {}, 0};
  const ReplayRight right{principal.session, pit, ClipId(0)};
  if (!co_await parts_.recordings.may_replay(right))
    co_return Error{Errc::forbidden, "Recordings are not open to you now.", {}, 0};
  const auto found = co_await parts_.recordings.timeline(principal.workshop, pit, range.from, range.to);
  if (found.spans.empty()) co_return Error{Errc::not_found, "Nothing was recorded at this time.", {}, 0};
  co_return parts_.links.playback(range, "user:" + std::to_string(principal.user.value), right,
                                  file_name(pit, range.from));
}

Awaitable<RecordingsForecast> RecordingService::forecast() {
  RecordingsForecast forecast = co_await parts_.recordings.forecast();
  if (!forecast.free_bytes || forecast.bytes_per_day <= 0) co_return forecast;
  const bool has_bucket = forecast.waiting_bytes.has_value();
  const std::int64_t grows = forecast.expected_bytes - forecast.recorded_bytes - forecast.clip_bytes;
  // The disk lets go what the bucket has; what it does not take lies on the disk, and grows every day.
  const bool has_room = has_bucket ? !forecast.bucket_fault.has_value() : grows <= *forecast.free_bytes;
  if (has_room) co_return forecast;
  const double days = static_cast<double>(*forecast.free_bytes) / static_cast<double>(forecast.bytes_per_day);
  forecast.full_at = parts_.clock.now() + std::chrono::seconds(static_cast<std::int64_t>(days * 86'400));
  co_return forecast;
}

}  // namespace pitview::recordings
