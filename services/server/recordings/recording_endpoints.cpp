#include "recordings/recording_endpoints.h"

namespace pitview::recordings {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct RecordedPitPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(RecordedPitPath, (), (id))

struct RecordedTimeQuery {
  Timestamp from;
  Timestamp to;
};
BOOST_DESCRIBE_STRUCT(RecordedTimeQuery, (), (from, to))

void add_recording_endpoints(api::Api& api, RecordingService& recordings) {
  api.add<RecordedPitPath, RecordedTimeQuery, Nothing, RecordingTimeline>(
      {.method = Method::get,
       .path = "/api/pits/{id}/recordings",
       .needs = Needs(Permission::recordings_manage),
       .id = "get_recordings",
       .summary = "When a pit's camera was recorded",
       .tag = "recordings",
       .description = "What lies between two spans was not recorded. At most eight days at once. The end of one that "
                      "goes on is some seconds behind.",
       .problems = {Errc::not_found}},
      [&recordings](Caller& caller, auto input) {
        return recordings.timeline(caller.principal, input.path.id, input.query.from, input.query.to);
      });

  api.add<RecordedPitPath, RecordedTimeQuery, Nothing, Playback>(
      {.method = Method::get,
       .path = "/api/pits/{id}/playback",
       .needs = Needs(Permission::recordings_manage),
       .id = "get_playback",
       .summary = "Play what a pit's camera recorded",
       .tag = "recordings",
       .description =
           "hls_url is a playlist of at most six hours, in which gaps are closed up and the time of day is marked; "
           "mp4_url a file, of at most 30 minutes. What is open is cut within a second when the right to it ends.",
       .problems = {Errc::not_found, Errc::forbidden, Errc::unavailable}},
      [&recordings](Caller& caller, auto input) {
        return recordings.playback(caller.principal, input.path.id, input.query.from, input.query.to);
      });

  api.add<Nothing, Nothing, Nothing, RecordingsForecast>(
      {.method = Method::get,
       .path = "/api/system/recordings",
       .needs = Needs(Permission::platform_health),
       .id = "get_recordings_forecast",
       .summary = "The disk of the recordings, and when it will be full",
       .tag = "system",
       .description =
           "Expected is what there will be when every workshop has gone on recording as it did in the last "
           "seven days, for as long as it keeps recordings. Where recordings are copied into a bucket the disk "
           "lets go what is there, and is full only when the bucket takes nothing for long."},
      [&recordings](Caller&, auto) -> Awaitable<Result<RecordingsForecast>> {
        co_return co_await recordings.forecast();
      });
}

}  // namespace pitview::recordings
