#include "jobs/record_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"
#include "pitview/base/crypto.h"
#include "pitview/json/types.h"

namespace pitview::jobs {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct JobRecordPath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(JobRecordPath, (), (id))

struct JobPhotoPath {
  JobId id;
  PhotoId photo_id;
};
BOOST_DESCRIBE_STRUCT(JobPhotoPath, (), (id, photo_id))

struct JobNoteQuery {
  std::optional<NoteId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(JobNoteQuery, (), (cursor, limit))

struct JobPhotoQuery {
  std::optional<PhotoId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(JobPhotoQuery, (), (cursor, limit))

struct JobNoteBody {
  json::Lines<1, 2000> text;
  std::optional<bool> visible_to_customer;
};
BOOST_DESCRIBE_STRUCT(JobNoteBody, (), (text, visible_to_customer))

struct NewPhotoQuery {
  std::optional<json::Int<1, 50>> stage;
  std::optional<bool> visible_to_customer;
};
BOOST_DESCRIBE_STRUCT(NewPhotoQuery, (), (stage, visible_to_customer))

namespace {

constexpr std::string_view kImages = "image/*";

// The SHA-256 that If-None-Match names; "" when it names none of ours.
std::string known_hash(std::string_view header) {
  if (header.starts_with("W/")) header.remove_prefix(2);
  if (header.size() < 2 || header.front() != '"' || header.back() != '"') return "";
  return crypto::from_hex(header.substr(1, header.size() - 2)).value_or("");
}

class RecordEndpoints {
 public:
  RecordEndpoints(JobNotes& notes, JobPhotos& photos) : notes_(notes), photos_(photos) {}

  Awaitable<Result<std::vector<JobNote>>> list_notes(Caller& caller, JobId job, JobNoteQuery query) {
    const int limit = api::limit_of(query.limit);
    auto notes = co_await notes_.list(caller.principal, job, query.cursor, limit);
    if (notes && static_cast<int>(notes->size()) == limit) api::add_next_link(caller, notes->back().id.value);
    co_return notes;
  }

  Awaitable<Result<JobNote>> add_note(Caller& caller, JobId job, JobNoteBody body) {
    return notes_.add(audit::actor_of(caller), job, std::move(body.text.value),
                      body.visible_to_customer.value_or(false));
  }

  Awaitable<Result<std::vector<JobPhoto>>> list_photos(Caller& caller, JobId job, JobPhotoQuery query) {
    const int limit = api::limit_of(query.limit);
    auto photos = co_await photos_.list(caller.principal, job, query.cursor, limit);
    if (photos && static_cast<int>(photos->size()) == limit) api::add_next_link(caller, photos->back().id.value);
    co_return photos;
  }

  Awaitable<Result<JobPhoto>> add_photo(Caller& caller, JobId job, NewPhotoQuery query) {
    NewPhoto photo{.visible_to_customer = query.visible_to_customer.value_or(false), .bytes = caller.request.body};
    if (query.stage) photo.stage = static_cast<int>(query.stage->value);
    return photos_.add(audit::actor_of(caller), job, photo);
  }

  // Asked for each time: who may not see it any more does not, and who has it gets no bytes.
  Awaitable<Result<api::Binary>> photo(Caller& caller, JobPhotoPath path) {
    std::string known = known_hash(caller.request.header("If-None-Match"));
    Result<PhotoBytes> found = co_await photos_.bytes(caller.principal, path.id, path.photo_id, std::move(known));
    if (!found) co_return std::move(found).error();
    caller.headers.emplace_back("Cache-Control", "private, no-cache");
    caller.headers.emplace_back("ETag", "\"" + crypto::to_hex(found->sha256) + "\"");
    co_return api::Binary{.bytes = std::move(found->bytes).value_or(""),
                          .content_type = std::move(found->content_type),
                          .not_modified = !found->bytes};
  }

  Awaitable<Result<Nothing>> remove_photo(Caller& caller, JobPhotoPath path) {
    const Result<> removed = co_await photos_.remove(audit::actor_of(caller), path.id, path.photo_id);
    if (!removed) co_return removed.error();
    co_return Nothing{};
  }

 private:
  JobNotes& notes_;
  JobPhotos& photos_;
};

}  // namespace

void add_record_endpoints(api::Api& api, JobNotes& notes, JobPhotos& photos) {
  const auto records = std::make_shared<RecordEndpoints>(notes, photos);

  api.add<JobRecordPath, JobNoteQuery, Nothing, std::vector<JobNote>>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/notes",
       .needs = Needs(Permission::jobs_read),
       .id = "list_job_notes",
       .summary = "What was written about a job, the newest first",
       .tag = "jobs",
       .description = "Customers get what is meant for them. The next page is in the Link header.",
       .problems = {Errc::not_found}},
      [records](Caller& caller, auto input) { return records->list_notes(caller, input.path.id, input.query); });

  api.add<JobRecordPath, Nothing, JobNoteBody, JobNote>(
      {.method = Method::post,
       .path = "/api/jobs/{id}/notes",
       .needs = Needs(Permission::jobs_note),
       .id = "add_job_note",
       .summary = "Write something about a job",
       .tag = "jobs",
       .description = "For staff only, unless visible_to_customer. At most 500 for a job.",
       .status = 201,
       .problems = {Errc::not_found, Errc::conflict}},
      [records](Caller& caller, auto input) {
        return records->add_note(caller, input.path.id, std::move(input.body));
      });

  api.add<JobRecordPath, JobPhotoQuery, Nothing, std::vector<JobPhoto>>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/photos",
       .needs = Needs(Permission::jobs_read),
       .id = "list_job_photos",
       .summary = "The photographs of a job, the newest first",
       .tag = "jobs",
       .description = "Customers get what is meant for them. The next page is in the Link header.",
       .problems = {Errc::not_found}},
      [records](Caller& caller, auto input) { return records->list_photos(caller, input.path.id, input.query); });

  api.add<JobRecordPath, NewPhotoQuery, api::Upload, JobPhoto>(
      {.method = Method::post,
       .path = "/api/jobs/{id}/photos",
       .needs = Needs(Permission::jobs_note),
       .id = "add_job_photo",
       .summary = "Add a photograph to a job",
       .tag = "jobs",
       .description = "The body is the file: JPEG, PNG or WebP, at most 8 MiB and 50 million pixels. What it says "
                      "besides its picture, such as where it was taken, is left out. For staff only, unless "
                      "visible_to_customer. At most 60 photographs and 100 MiB for a job.",
       .status = 201,
       .problems = {Errc::not_found, Errc::conflict},
       .body_limit = JobPhotos::kMaxBytes,
       .bytes_type = kImages},
      [records](Caller& caller, auto input) { return records->add_photo(caller, input.path.id, input.query); });

  api.add<JobPhotoPath, Nothing, Nothing, api::Binary>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/photos/{photo_id}",
       .needs = Needs(Permission::jobs_read),
       .id = "get_job_photo",
       .summary = "One photograph",
       .tag = "jobs",
       .description = "With an ETag: 304 for who has it already.",
       .problems = {Errc::not_found},
       .bytes_type = kImages,
       .may_be_known = true},
      [records](Caller& caller, auto input) { return records->photo(caller, input.path); });

  api.add<JobPhotoPath, Nothing, Nothing, Nothing>(
      {.method = Method::del,
       .path = "/api/jobs/{id}/photos/{photo_id}",
       .needs = Needs(Permission::jobs_note),
       .id = "delete_job_photo",
       .summary = "Delete a photograph",
       .tag = "jobs",
       .status = 204,
       .problems = {Errc::not_found}},
      [records](Caller& caller, auto input) { return records->remove_photo(caller, input.path); });
}

}  // namespace pitview::jobs
