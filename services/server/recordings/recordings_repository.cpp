#include "recordings/recordings_repository.h"

#include <array>

namespace pitview::recordings {
namespace {

using postgres::Row;
using postgres::Statement;

constexpr std::chrono::milliseconds kGap{2'000};  // less than it is nothing that anybody would see

// A file is of ten minutes, and longer only for want of key frames: what began a day before is over.
constexpr Statement kSpans{"recorded_spans", R"sql(
  SELECT greatest(began_at, $2) AS from_at, least(ended_at, $3) AS to_at, size_bytes FROM recordings
  WHERE pit_id = $1 AND began_at < $3 AND began_at > $2::timestamptz - interval '1 day' AND ended_at > $2
  ORDER BY began_at)sql"};
constexpr Statement kForecast{"recordings_forecast", R"sql(
  SELECT free_bytes, size_bytes, dropped, waiting_bytes, bucket_fault, noted_at, recorded_bytes, clip_bytes, bytes_per_day,
         expected_bytes
  FROM platform.recordings_forecast())sql"};
constexpr Statement kMayReplay{"may_replay", "SELECT place FROM platform.may_replay($1, $2, $3) AS place"};
constexpr Statement kPlaces{"pit_places", "SELECT workshop_id, pit_id FROM platform.pit_places()"};
constexpr Statement kNote{"note_recordings", "SELECT platform.note_recordings($1, $2, $3, $4, $5)"};
constexpr Statement kFinish{"finish_listing", "SELECT platform.finish_listing($1)"};
constexpr Statement kNoteDisk{"note_recordings_disk", "SELECT platform.note_recordings_disk($1, $2, $3, $4, $5)"};
constexpr Statement kToLetGo{"recordings_to_let_go",
                             "SELECT workshop_id, pit_id, began_at FROM platform.recordings_to_let_go($1)"};

constexpr std::array kStatements = {kSpans, kForecast, kMayReplay, kPlaces, kNote, kFinish, kNoteDisk, kToLetGo};

}  // namespace

std::span<const Statement> recording_statements() { return kStatements; }

Awaitable<RecordingTimeline> RecordingsRepository::timeline(WorkshopId workshop, PitId pit, Timestamp from,
                                                            Timestamp to) {
  RecordingTimeline timeline{.pit_id = pit, .from = from, .to = to};
  for (const Row row : co_await database_.here().read(workshop, kSpans, pit, from, to)) {
    const RecordedSpan span{row.get<Timestamp>("from_at"), row.get<Timestamp>("to_at")};
    timeline.size_bytes += row.get<std::int64_t>("size_bytes");
    if (!timeline.spans.empty() && span.from - timeline.spans.back().to < kGap)
      timeline.spans.back().to = std::max(timeline.spans.back().to, span.to);
    else
      timeline.spans.push_back(span);
  }
  co_return timeline;
}

Awaitable<RecordingsForecast> RecordingsRepository::forecast() {
  RecordingsForecast forecast;
  const auto rows = co_await database_.here().read_platform(kForecast);
  const auto row = rows.first();
  if (!row) co_return forecast;
  forecast.free_bytes = row->get<std::optional<std::int64_t>>("free_bytes");
  forecast.disk_bytes = row->get<std::optional<std::int64_t>>("size_bytes");
  forecast.dropped = row->get<std::optional<std::int64_t>>("dropped");
  forecast.waiting_bytes = row->get<std::optional<std::int64_t>>("waiting_bytes");
  forecast.bucket_fault = row->get<std::optional<std::string>>("bucket_fault");
  forecast.noted_at = row->get<std::optional<Timestamp>>("noted_at");
  forecast.recorded_bytes = row->get<std::int64_t>("recorded_bytes");
  forecast.clip_bytes = row->get<std::int64_t>("clip_bytes");
  forecast.bytes_per_day = row->get<std::int64_t>("bytes_per_day");
  forecast.expected_bytes = row->get<std::int64_t>("expected_bytes");
  co_return forecast;
}

Awaitable<std::vector<ReplayRight>> RecordingsRepository::may_replay(std::vector<ReplayRight> asked) {
  std::vector<SessionId> sessions;
  std::vector<PitId> pits;
  std::vector<ClipId> clips;
  for (const ReplayRight& right : asked) {
    sessions.push_back(right.session);
    pits.push_back(right.pit);
    clips.push_back(right.clip);
  }
  std::vector<ReplayRight> allowed;
  auto tx = co_await database_.here().begin_platform();
  for (const Row row : co_await tx.query_and_commit(kMayReplay, sessions, pits, clips))
    allowed.push_back(asked.at(static_cast<std::size_t>(row.get<int>("place") - 1)));
  co_return allowed;
}

Awaitable<bool> RecordingsRepository::may_replay(ReplayRight asked) {
  std::vector<ReplayRight> one = {asked};
  co_return !(co_await may_replay(std::move(one))).empty();
}

Awaitable<std::vector<PitPlace>> RecordingsRepository::places() {
  std::vector<PitPlace> places;
  for (const Row row : co_await database_.here().read_platform(kPlaces))
    places.push_back({row.get<WorkshopId>("workshop_id"), row.get<PitId>("pit_id")});
  co_return places;
}

Awaitable<> RecordingsRepository::note(std::string listing, std::vector<IndexedRecording> recordings) {
  std::vector<PitId> pits;
  std::vector<std::int64_t> began;
  std::vector<std::int64_t> ended;
  std::vector<std::int64_t> bytes;
  for (const IndexedRecording& recording : recordings) {
    pits.push_back(recording.pit);
    began.push_back(recording.began_ms);
    ended.push_back(recording.ended_ms);
    bytes.push_back(recording.bytes);
  }
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query_and_commit(kNote, listing, pits, began, ended, bytes);
}

Awaitable<std::int64_t> RecordingsRepository::finish(std::string listing) {
  auto tx = co_await database_.here().begin_platform();
  co_return (co_await tx.query_and_commit(kFinish, listing))[0].get<std::int64_t>(0);
}

Awaitable<> RecordingsRepository::note_disk(video::RecordingsState disk) {
  std::optional<std::int64_t> waiting;
  std::optional<std::string> fault;
  if (disk.bucket) {
    waiting = static_cast<std::int64_t>(disk.bucket->waiting_bytes);
    fault = std::move(disk.bucket->fault);
  }
  auto tx = co_await database_.here().begin_platform();
  co_await tx.query_and_commit(kNoteDisk, static_cast<std::int64_t>(disk.free_bytes),
                               static_cast<std::int64_t>(disk.size_bytes), static_cast<std::int64_t>(disk.dropped),
                               waiting, fault);
}

Awaitable<std::vector<OldRecording>> RecordingsRepository::to_let_go(int limit) {
  std::vector<OldRecording> old;
  for (const Row row : co_await database_.here().read_platform(kToLetGo, limit))
    old.push_back({row.get<WorkshopId>("workshop_id"), row.get<PitId>("pit_id"), row.get<Timestamp>("began_at")});
  co_return old;
}

}  // namespace pitview::recordings
