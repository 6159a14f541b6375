#include "jobs/job_photos.h"

#include <array>

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "jobs/jobs_repository.h"
#include "pitview/base/crypto.h"
#include "pitview/images/clean.h"
#include "pitview/json/write.h"

namespace pitview::jobs {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Rows;
using postgres::Statement;

#define PHOTO_COLUMNS                                                                                          \
  "p.id, p.stage, p.author_id, u.display_name, p.visible_to_customer, p.created_at, p.content_type, p.width, " \
  "p.height, p.size_bytes "

// All but the bytes.
#define RETURNED "id, stage, author_id, visible_to_customer, created_at, content_type, width, height, size_bytes"

// A row without a photograph: the job is there and has none. $4: for a customer. The
// bytes lie apart (TOAST) and are not read here.
constexpr Statement kList{"list_job_photos", "SELECT " PHOTO_COLUMNS R"sql(
  FROM jobs j LEFT JOIN (
    SELECT * FROM job_photos
    WHERE job_id = $3 AND (visible_to_customer OR NOT $4::boolean) AND ($5::bigint IS NULL OR id < $5)
    ORDER BY id DESC LIMIT $6) p ON true
  LEFT JOIN users u ON u.id = p.author_id
  WHERE j.id = $3 AND)sql" PITVIEW_JOB_ACCESS "ORDER BY p.id DESC"};

constexpr Statement kIsVisible{"job_is_visible", "SELECT 1 FROM jobs j WHERE j.id = $3 AND" PITVIEW_JOB_ACCESS};

constexpr Statement kAdd{"add_job_photo", R"sql(
  WITH p AS (
    INSERT INTO job_photos (workshop_id, job_id, stage, author_id, visible_to_customer, created_at, content_type,
                            width, height, size_bytes, sha256, bytes)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::integer, $11, $12
    WHERE (SELECT count(*) < $13 AND coalesce(sum(size_bytes), 0) + $10::integer <= $14 FROM job_photos WHERE job_id = $2)
    RETURNING )sql" RETURNED R"sql()
  SELECT )sql" PHOTO_COLUMNS "FROM p JOIN users u ON u.id = p.author_id"};

constexpr Statement kBytes{"job_photo_bytes", R"sql(
  SELECT p.content_type, p.sha256, CASE WHEN p.sha256 = $6 THEN NULL ELSE p.bytes END AS bytes
  FROM job_photos p JOIN jobs j ON j.id = p.job_id
  WHERE p.id = $4 AND p.job_id = $3 AND (p.visible_to_customer OR NOT $5::boolean) AND)sql" PITVIEW_JOB_ACCESS};

constexpr Statement kRemove{"remove_job_photo", R"sql(
  WITH p AS (DELETE FROM job_photos WHERE job_id = $1 AND id = $2 RETURNING )sql" RETURNED R"sql()
  SELECT )sql" PHOTO_COLUMNS "FROM p JOIN users u ON u.id = p.author_id"};

#undef PHOTO_COLUMNS
#undef RETURNED

constexpr std::array kStatements = {kList, kIsVisible, kAdd, kBytes, kRemove};

constexpr std::string_view kStageForeignKey = "job_photos_stage_fkey";

JobPhoto photo_of(const Row& row, JobId job) {
  return {.id = row.get<PhotoId>("id"),
          .job_id = job,
          .stage = row.get<std::optional<int>>("stage"),
          .author = {row.get<UserId>("author_id"), row.get<std::string>("display_name")},
          .visible_to_customer = row.get<bool>("visible_to_customer"),
          .created_at = row.get<Timestamp>("created_at"),
          .content_type = row.get<std::string>("content_type"),
          .width = row.get<int>("width"),
          .height = row.get<int>("height"),
          .size_bytes = row.get<int>("size_bytes")};
}

Error no_such_photo() { return {Errc::not_found, "There is no such photograph.", {}, 0}; }

}  // namespace

std::span<const Statement> job_photo_statements() { return kStatements; }

Awaitable<Result<std::vector<JobPhoto>>> JobPhotos::list(Principal principal, JobId job, std::optional<PhotoId> before,
                                                         int limit) {
  const JobAccess access = JobAccess::of(principal);
  const Rows rows = co_await database_.here().read(principal.workshop, kList, access.customer, access.operator_, job,
                                                   principal.role == Role::customer, before, limit);
  if (rows.empty()) co_return no_such_job();
  std::vector<JobPhoto> photos;
  for (const Row row : rows)
    if (row.get<std::optional<std::int64_t>>("id")) photos.push_back(photo_of(row, job));
  co_return photos;
}

Awaitable<Result<JobPhoto>> JobPhotos::add(audit::Actor actor, JobId job, NewPhoto photo) {
  const WorkshopId workshop = actor.principal.workshop;
  const JobAccess access = JobAccess::of(actor.principal);
  if ((co_await database_.here().read(workshop, kIsVisible, access.customer, access.operator_, job)).empty())
    co_return no_such_job();
  Result<images::Picture> picture = images::clean(photo.bytes);
  if (!picture) co_return std::move(picture).error();
  const auto sha256 = crypto::sha256(picture->bytes);
  const auto size = static_cast<std::int64_t>(picture->bytes.size());
  const Bytes bytes(std::move(picture->bytes));

  auto tx = co_await database_.here().begin(workshop);
  // Locked, because who counts must not be overtaken.
  if (!co_await JobsRepository::lock(tx, access, job)) co_return no_such_job();
  std::optional<Row> added;
  try {
    added = (co_await tx.query(kAdd, workshop, job, photo.stage, actor.principal.user, photo.visible_to_customer,
                               clock_.now(), images::media_type_of(picture->format), picture->width, picture->height,
                               size, Bytes(sha256), bytes, kMaxOfAJob, kMaxBytesOfAJob))
                .first();
  } catch (const postgres::QueryFailed& e) {
    if (!postgres::is_foreign_key_violation(e, kStageForeignKey)) throw;
    co_return api::invalid("stage", "is no stage of this job");
  }
  if (!added) co_return Error{Errc::conflict, "A job has at most 60 photographs and 100 MiB of them.", {}, 0};
  JobPhoto stored = photo_of(*added, job);
  co_await audit::record(
      tx, workshop, actor,
      {.action = "job.photo.add", .subject = "job", .subject_id = job.value, .after = json::write(stored)});
  co_await tx.commit();
  co_return stored;
}

Awaitable<Result<PhotoBytes>> JobPhotos::bytes(Principal principal, JobId job, PhotoId photo, std::string known) {
  const JobAccess access = JobAccess::of(principal);
  const auto row = (co_await database_.here().read(principal.workshop, kBytes, access.customer, access.operator_, job,
                                                   photo, principal.role == Role::customer, Bytes(known)))
                       .first();
  if (!row) co_return no_such_photo();
  PhotoBytes found{.content_type = row->get<std::string>("content_type"), .sha256 = row->get<Bytes>("sha256").data};
  if (auto bytes = row->get<std::optional<Bytes>>("bytes")) found.bytes = std::move(bytes->data);
  co_return found;
}

Awaitable<Result<>> JobPhotos::remove(audit::Actor actor, JobId job, PhotoId photo) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await database_.here().begin(workshop);
  if (!co_await JobsRepository::lock(tx, JobAccess::of(actor.principal), job)) co_return no_such_job();
  const auto removed = (co_await tx.query(kRemove, job, photo)).first();
  if (!removed) co_return no_such_photo();
  co_await audit::record(tx, workshop, actor,
                         {.action = "job.photo.delete",
                          .subject = "job",
                          .subject_id = job.value,
                          .before = json::write(photo_of(*removed, job))});
  co_await tx.commit();
  co_return Done{};
}

}  // namespace pitview::jobs
