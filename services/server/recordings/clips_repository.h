// What of the recordings is kept.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "pitview/video/control.h"
#include "recordings/recording.h"

namespace pitview::recordings {

struct NewClip {
  PitId pit;
  std::optional<JobId> job;
  std::string title;
  Timestamp from;
  Timestamp to;
  UserId author;
};

struct ClipTotals {
  std::int64_t count = 0;
  std::chrono::seconds length{};
};

struct ClipToDo {
  WorkshopId workshop;
  ClipId clip;
  PitId pit;
  std::string kind;
  bool is_removed = false;  // else it is to be made
  Timestamp from;
  Timestamp to;
  video::TimeLapseRequest words;  // of a time-lapse
};

struct ClipOfLink {
  WorkshopId workshop;
  ClipId clip;
  std::string title;
  std::string kind;
  std::string workshop_name;
  std::string timezone;
  Timestamp began;
  Timestamp ended;
  Timestamp share_expires_at;
};

class ClipsRepository {
 public:
  explicit ClipsRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  // The newest first, those before `before`.
  Awaitable<std::vector<Clip>> list(WorkshopId workshop, std::optional<PitId> pit, std::optional<ClipId> before,
                                    int limit);
  Awaitable<std::optional<Clip>> find(WorkshopId workshop, ClipId clip);
  // That of a completed job.
  Awaitable<std::optional<Clip>> time_lapse(WorkshopId workshop, JobId job);
  // Holds it until the end of the transaction.
  static Awaitable<std::optional<Clip>> lock(postgres::Transaction& tx, ClipId clip);
  // Of clips that somebody has chosen; nobody else adds one meanwhile.
  static Awaitable<ClipTotals> lock_totals(postgres::Transaction& tx, WorkshopId workshop);
  static Awaitable<Clip> insert(postgres::Transaction& tx, WorkshopId workshop, NewClip clip);
  // `hash`: SHA-256 of the link's secret; "" with no time: nobody may see it any more.
  static Awaitable<> share(postgres::Transaction& tx, ClipId clip, std::string hash, std::optional<Timestamp> until);
  static Awaitable<> remove(postgres::Transaction& tx, ClipId clip);

  Awaitable<std::optional<ClipOfLink>> find_shared(std::string hash);

  // Of jobs that were completed since; how many.
  Awaitable<std::int64_t> queue_time_lapses();
  // For the gateway, of all workshops.
  Awaitable<std::vector<ClipToDo>> to_do();
  // ready, failed, or removed. Whose it is; empty: it was not to be done any more.
  Awaitable<std::optional<WorkshopId>> note(ClipId clip, std::string status, std::optional<std::string> failure,
                                            std::int64_t began_ms, std::int64_t ended_ms, std::int64_t bytes);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> clip_statements();

}  // namespace pitview::recordings
