#include "customers/views_repository.h"

#include <array>

namespace pitview::customers {
namespace {

using postgres::Row;
using postgres::Statement;

// A row whose server has been silent for 45 s is no viewer any more, although no
// other server may have said so yet (platform.note_viewers).
constexpr Statement kList{"list_views", R"sql(
  SELECT v.id, v.job_id, j.pit_id, v.customer_id, u.display_name, v.channel, v.started_at, v.last_seen_at,
         v.ended_at, w.watching
  FROM view_sessions v
  JOIN jobs j ON j.id = v.job_id
  JOIN users u ON u.id = v.customer_id,
  LATERAL (SELECT v.ended_at IS NULL AND v.last_seen_at > now() - interval '45 seconds' AS watching) w
  WHERE ($1::bigint IS NULL OR v.job_id = $1) AND ($2::bigint IS NULL OR j.pit_id = $2)
    AND ($3::boolean IS NULL OR w.watching = $3) AND ($4::bigint IS NULL OR v.id < $4)
  ORDER BY v.id DESC LIMIT $5)sql"};

constexpr Statement kJobExists{"viewed_job_exists", "SELECT 1 FROM jobs WHERE id = $1"};
constexpr Statement kPitExists{"viewed_pit_exists", "SELECT 1 FROM pits WHERE id = $1"};

constexpr Statement kNote{"note_viewers", R"sql(
  SELECT workshop_id, job_id, pit_id, customer_id, customer_name, watching, since, viewers
  FROM platform.note_viewers($1, $2, $3))sql"};

constexpr std::array kStatements = {kList, kJobExists, kPitExists, kNote};

}  // namespace

std::span<const Statement> view_statements() { return kStatements; }

Awaitable<std::vector<View>> ViewsRepository::list(WorkshopId workshop, ViewFilter filter) {
  std::vector<View> views;
  const auto rows = co_await database_.here().read(workshop, kList, filter.job, filter.pit, filter.watching,
                                                   filter.before, filter.limit);
  for (const Row row : rows)
    views.push_back({.id = row.get<ViewId>("id"),
                     .job_id = row.get<JobId>("job_id"),
                     .pit_id = row.get<PitId>("pit_id"),
                     .customer_id = row.get<UserId>("customer_id"),
                     .customer_name = row.get<std::string>("display_name"),
                     .channel = row.get<std::string>("channel"),
                     .since = row.get<Timestamp>("started_at"),
                     .last_seen = row.get<Timestamp>("last_seen_at"),
                     .ended_at = row.get<std::optional<Timestamp>>("ended_at"),
                     .watching = row.get<bool>("watching")});
  co_return views;
}

Awaitable<bool> ViewsRepository::job_exists(WorkshopId workshop, JobId job) {
  co_return !(co_await database_.here().read(workshop, kJobExists, job)).empty();
}

Awaitable<bool> ViewsRepository::pit_exists(WorkshopId workshop, PitId pit) {
  co_return !(co_await database_.here().read(workshop, kPitExists, pit)).empty();
}

Awaitable<std::vector<ViewsRepository::Change>> ViewsRepository::note(std::string server, std::string channel,
                                                                      std::vector<SessionId> sessions) {
  std::vector<Change> changes;
  auto tx = co_await database_.here().begin_platform();
  for (const Row row : co_await tx.query_and_commit(kNote, server, channel, sessions))
    changes.push_back({row.get<WorkshopId>("workshop_id"),
                       {.job_id = row.get<JobId>("job_id"),
                        .pit_id = row.get<PitId>("pit_id"),
                        .customer_id = row.get<UserId>("customer_id"),
                        .customer_name = row.get<std::string>("customer_name"),
                        .watching = row.get<bool>("watching"),
                        .since = row.get<Timestamp>("since"),
                        .viewers = row.get<std::int64_t>("viewers")}});
  co_return changes;
}

}  // namespace pitview::customers
