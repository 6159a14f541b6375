// The index of recordings, and the rights to them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "pitview/video/control.h"
#include "recordings/replay_right.h"

namespace pitview::recordings {

struct PitPlace {
  WorkshopId workshop;
  PitId pit;
};

// A file of the gateway's; times in ms since 1970.
struct IndexedRecording {
  PitId pit;
  std::int64_t began_ms = 0;
  std::int64_t ended_ms = 0;
  std::int64_t bytes = 0;  // less than 0: it is removed
};

struct OldRecording {
  WorkshopId workshop;
  PitId pit;
  Timestamp began;
};

class RecordingsRepository {
 public:
  explicit RecordingsRepository(app::Database& database) : database_(database) {}

  // What of a pit lies in this time, joined where less is missing than anybody would see; the oldest first.
  Awaitable<RecordingTimeline> timeline(WorkshopId workshop, PitId pit, Timestamp from, Timestamp to);
  Awaitable<RecordingsForecast> forecast();
  // Those of `asked` that may play what they ask for.
  Awaitable<std::vector<ReplayRight>> may_replay(std::vector<ReplayRight> asked);
  Awaitable<bool> may_replay(ReplayRight asked);

  // All pits of all workshops.
  Awaitable<std::vector<PitPlace>> places();
  Awaitable<> note(std::string listing, std::vector<IndexedRecording> recordings);
  // Those go that this listing has not told; how many.
  Awaitable<std::int64_t> finish(std::string listing);
  Awaitable<> note_disk(video::RecordingsState disk);
  Awaitable<std::vector<OldRecording>> to_let_go(int limit);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> recording_statements();

}  // namespace pitview::recordings
