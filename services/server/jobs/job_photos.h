// Photographs of a job, for staff or for the customer too.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/database.h"
#include "audit/actor.h"
#include "jobs/job.h"
#include "pitview/base/result.h"

namespace pitview::jobs {

using PhotoId = StrongId<struct PhotoTag>;

struct JobPhoto {
  PhotoId id;
  JobId job_id;
  std::optional<int> stage;  // what it shows
  StaffMember author;
  bool visible_to_customer = false;
  Timestamp created_at;
  std::string content_type;
  int width = 0;  // as stored; an orientation in the file may turn it
  int height = 0;
  int size_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(JobPhoto, (),
                      (id, job_id, stage, author, visible_to_customer, created_at, content_type, width, height,
                       size_bytes))

struct NewPhoto {
  std::optional<int> stage;
  bool visible_to_customer = false;
  std::string_view bytes;  // must outlive the call
};

struct PhotoBytes {
  std::string content_type;
  std::string sha256;                // 32 bytes
  std::optional<std::string> bytes;  // empty: the client has them
};

class JobPhotos {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{8} * 1024 * 1024;
  static constexpr int kMaxOfAJob = 60;
  static constexpr std::int64_t kMaxBytesOfAJob = std::int64_t{100} * 1024 * 1024;

  JobPhotos(app::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // The newest first, those before `before`; customers get what is meant for them. not_found.
  Awaitable<Result<std::vector<JobPhoto>>> list(Principal principal, JobId job, std::optional<PhotoId> before,
                                                int limit);
  // Stored without its metadata (libs/images). not_found, validation_failed (no such image
  // or stage), conflict (the job has as many as it may have).
  Awaitable<Result<JobPhoto>> add(audit::Actor actor, JobId job, NewPhoto photo);
  // `known`: the SHA-256 of what the client has, "" for nothing. not_found.
  Awaitable<Result<PhotoBytes>> bytes(Principal principal, JobId job, PhotoId photo, std::string known);
  // not_found.
  Awaitable<Result<>> remove(audit::Actor actor, JobId job, PhotoId photo);

 private:
  app::Database& database_;
  const Clock& clock_;
};

std::span<const postgres::Statement> job_photo_statements();

}  // namespace pitview::jobs
