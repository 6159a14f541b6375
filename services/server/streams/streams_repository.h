// What live video needs of the database, over all workshops.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/database.h"

namespace pitview::streams {

struct PitCameraRow {
  WorkshopId workshop;
  PitId pit;
  std::string sealed_url;
  bool at_work = false;   // a job is running there
  bool recorded = false;  // now

  friend bool operator==(const PitCameraRow&, const PitCameraRow&) = default;
};

struct Watching {
  SessionId session;
  PitId pit;

  friend auto operator<=>(const Watching&, const Watching&) = default;
};

// online, offline or unknown.
struct CameraStatus {
  PitId pit;
  std::string status;
};

struct CameraNews {
  WorkshopId workshop;
  PitId pit;
  std::string status;
};

class StreamsRepository {
 public:
  explicit StreamsRepository(app::Database& database) : database_(database) {}

  // Of all workshops that have video now, by pit.
  Awaitable<std::vector<PitCameraRow>> cameras();
  // The sealed address of a pit's camera; empty: no such pit, or no camera there.
  Awaitable<std::optional<std::string>> sealed_url(WorkshopId workshop, PitId pit);
  // Those of `asked` that may watch.
  Awaitable<std::vector<Watching>> may_watch(std::vector<Watching> asked);
  // Those for which it is news.
  Awaitable<std::vector<CameraNews>> note(std::vector<CameraStatus> cameras);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> stream_statements();

}  // namespace pitview::streams
