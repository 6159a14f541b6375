#include "recordings/clips_repository.h"

#include <array>

namespace pitview::recordings {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

#define CLIP_COLUMNS                                                                                       \
  "id, pit_id, job_id, kind, title, coalesce(began_at, from_at) AS from_at, coalesce(ended_at, to_at) AS " \
  "to_at, status, failure, size_bytes, author_id, created_at, "                                            \
  "CASE WHEN share_expires_at > now() THEN share_expires_at END AS share_expires_at"

constexpr Statement kList{"list_clips", "SELECT " CLIP_COLUMNS
                                        " FROM clips WHERE status <> 'removed' AND ($1::bigint IS NULL OR pit_id = $1)"
                                        " AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3"};
constexpr Statement kFind{"find_clip", "SELECT " CLIP_COLUMNS " FROM clips WHERE id = $1 AND status <> 'removed'"};
constexpr Statement kTimeLapse{"find_time_lapse", "SELECT " CLIP_COLUMNS
                                                  " FROM clips WHERE job_id = $1 AND kind = 'time_lapse'"
                                                  " AND status <> 'removed'"};
constexpr Statement kLock{"lock_clip",
                          "SELECT " CLIP_COLUMNS " FROM clips WHERE id = $1 AND status <> 'removed' FOR UPDATE"};
constexpr Statement kLockWorkshop{"lock_workshop_of_clips", "SELECT 1 FROM workshops WHERE id = $1 FOR NO KEY UPDATE"};
constexpr Statement kTotals{"clip_totals", R"sql(
  SELECT count(*) AS count, coalesce(extract(epoch FROM sum(to_at - from_at)), 0)::bigint AS seconds FROM clips
  WHERE kind = 'clip' AND status IN ('pending', 'ready'))sql"};
constexpr Statement kInsert{"insert_clip",
                            "INSERT INTO clips (workshop_id, pit_id, job_id, title, from_at, to_at, author_id)"
                            " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING " CLIP_COLUMNS};
constexpr Statement kShare{"share_clip", "UPDATE clips SET share_hash = $2, share_expires_at = $3 WHERE id = $1"};
// What is being shown is cut when the right is asked for again.
constexpr Statement kRemove{"remove_clip", R"sql(
  UPDATE clips SET status = 'removed', share_hash = NULL, share_expires_at = NULL WHERE id = $1)sql"};
constexpr Statement kShared{"find_shared_clip", R"sql(
  SELECT workshop_id, clip_id, title, kind, workshop_name, timezone, began_at, ended_at, share_expires_at
  FROM platform.find_shared_clip($1))sql"};
constexpr Statement kToDo{"clips_to_do", R"sql(
  SELECT workshop_id, clip_id, pit_id, kind, status, from_at, to_at, workshop_name, workshop_phone, car_model, work_type,
         started_on, ended_at_local
  FROM platform.clips_to_do())sql"};
constexpr Statement kQueue{"queue_time_lapses", "SELECT platform.queue_time_lapses()"};
constexpr Statement kNote{"note_clip", R"sql(
  SELECT workshop_id FROM platform.note_clip($1, $2, $3, $4, $5, $6))sql"};

#undef CLIP_COLUMNS

constexpr std::array kStatements = {kList,  kFind,   kTimeLapse, kLock, kLockWorkshop, kTotals, kInsert,
                                    kShare, kRemove, kShared,    kToDo, kNote,         kQueue};

Clip clip_of(const Row& row) {
  return {.id = row.get<ClipId>("id"),
          .pit_id = row.get<PitId>("pit_id"),
          .job_id = row.get<std::optional<JobId>>("job_id"),
          .kind = row.get<std::string>("kind"),
          .title = row.get<std::string>("title"),
          .from = row.get<Timestamp>("from_at"),
          .to = row.get<Timestamp>("to_at"),
          .status = row.get<std::string>("status"),
          .failure = row.get<std::optional<std::string>>("failure"),
          .size_bytes = row.get<std::int64_t>("size_bytes"),
          .author_id = row.get<std::optional<UserId>>("author_id"),
          .created_at = row.get<Timestamp>("created_at"),
          .share_expires_at = row.get<std::optional<Timestamp>>("share_expires_at")};
}

video::TimeLapseRequest words_of(const Row& row) {
  const auto workshop = row.get<std::string>("workshop_name");
  video::TimeLapseRequest words;
  words.first = {workshop,
                 row.get<std::string>("car_model"),
                 {row.get<std::string>("work_type"), row.get<std::string>("started_on")}};
  words.last = {row.get<std::string>("car_model"), workshop, {row.get<std::string>("ended_at_local")}};
  if (auto phone = row.get<std::string>("workshop_phone"); !phone.empty()) words.last.lines.push_back(std::move(phone));
  return words;
}

std::optional<Clip> only_clip(const Rows& rows) {
  const auto row = rows.first();
  if (!row) return std::nullopt;
  return clip_of(*row);
}

}  // namespace

std::span<const Statement> clip_statements() { return kStatements; }

Awaitable<std::vector<Clip>> ClipsRepository::list(WorkshopId workshop, std::optional<PitId> pit,
                                                   std::optional<ClipId> before, int limit) {
  std::vector<Clip> clips;
  for (const Row row : co_await database_.here().read(workshop, kList, pit, before, limit))
    clips.push_back(clip_of(row));
  co_return clips;
}

Awaitable<std::optional<Clip>> ClipsRepository::find(WorkshopId workshop, ClipId clip) {
  co_return only_clip(co_await database_.here().read(workshop, kFind, clip));
}

Awaitable<std::optional<Clip>> ClipsRepository::time_lapse(WorkshopId workshop, JobId job) {
  co_return only_clip(co_await database_.here().read(workshop, kTimeLapse, job));
}

Awaitable<std::optional<Clip>> ClipsRepository::lock(Transaction& tx, ClipId clip) {
  co_return only_clip(co_await tx.query(kLock, clip));
}

Awaitable<ClipTotals> ClipsRepository::lock_totals(Transaction& tx, WorkshopId workshop) {
  co_await tx.query(kLockWorkshop, workshop);
  const auto rows = co_await tx.query(kTotals);
  co_return ClipTotals{rows[0].get<std::int64_t>("count"), std::chrono::seconds(rows[0].get<std::int64_t>("seconds"))};
}

Awaitable<Clip> ClipsRepository::insert(Transaction& tx, WorkshopId workshop, NewClip clip) {
  const auto rows =
      co_await tx.query(kInsert, workshop, clip.pit, clip.job, clip.title, clip.from, clip.to, clip.author);
  co_return clip_of(rows[0]);
}

Awaitable<> ClipsRepository::share(Transaction& tx, ClipId clip, std::string hash, std::optional<Timestamp> until) {
  const auto bytes = hash.empty() ? std::nullopt : std::optional(Bytes(std::move(hash)));
  co_await tx.execute(kShare, clip, bytes, until);
}

Awaitable<> ClipsRepository::remove(Transaction& tx, ClipId clip) { co_await tx.execute(kRemove, clip); }

Awaitable<std::optional<ClipOfLink>> ClipsRepository::find_shared(std::string hash) {
  const auto rows = co_await database_.here().read_platform(kShared, Bytes(std::move(hash)));
  const auto row = rows.first();
  if (!row) co_return std::nullopt;
  co_return ClipOfLink{.workshop = row->get<WorkshopId>("workshop_id"),
                       .clip = row->get<ClipId>("clip_id"),
                       .title = row->get<std::string>("title"),
                       .kind = row->get<std::string>("kind"),
                       .workshop_name = row->get<std::string>("workshop_name"),
                       .timezone = row->get<std::string>("timezone"),
                       .began = row->get<Timestamp>("began_at"),
                       .ended = row->get<Timestamp>("ended_at"),
                       .share_expires_at = row->get<Timestamp>("share_expires_at")};
}

Awaitable<std::vector<ClipToDo>> ClipsRepository::to_do() {
  std::vector<ClipToDo> clips;
  for (const Row row : co_await database_.here().read_platform(kToDo))
    clips.push_back({.workshop = row.get<WorkshopId>("workshop_id"),
                     .clip = row.get<ClipId>("clip_id"),
                     .pit = row.get<PitId>("pit_id"),
                     .kind = row.get<std::string>("kind"),
                     .is_removed = row.get<std::string>("status") == "removed",
                     .from = row.get<Timestamp>("from_at"),
                     .to = row.get<Timestamp>("to_at"),
                     .words = words_of(row)});
  co_return clips;
}

Awaitable<std::int64_t> ClipsRepository::queue_time_lapses() {
  auto tx = co_await database_.here().begin_platform();
  co_return (co_await tx.query_and_commit(kQueue))[0].get<std::int64_t>(0);
}

Awaitable<std::optional<WorkshopId>> ClipsRepository::note(ClipId clip, std::string status,
                                                           std::optional<std::string> failure, std::int64_t began_ms,
                                                           std::int64_t ended_ms, std::int64_t bytes) {
  auto tx = co_await database_.here().begin_platform();
  const auto rows = co_await tx.query_and_commit(kNote, clip, status, failure,
                                                 status == "ready" ? std::optional(began_ms) : std::nullopt,
                                                 status == "ready" ? std::optional(ended_ms) : std::nullopt, bytes);
  const auto row = rows.first();
  if (!row) co_return std::nullopt;
  co_return row->get<WorkshopId>("workshop_id");
}

}  // namespace pitview::recordings
