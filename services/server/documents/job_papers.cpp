#include "documents/job_papers.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "pitview/base/crypto.h"

namespace pitview::documents {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Statement;

constexpr Statement kWorkshop{"paper_workshop",
                              "SELECT code, name, address, phone, timezone, language FROM workshops WHERE id = $1"};

// $2: those for the customer only. The bytes lie apart (TOAST) and are not read here.
constexpr Statement kPhotos{"paper_photos", R"sql(
  SELECT id, stage, created_at, content_type, sha256, count(*) OVER () AS photos FROM job_photos
  WHERE job_id = $1 AND (visible_to_customer OR NOT $2::boolean) ORDER BY id LIMIT $3)sql"};

constexpr Statement kPhotoBytes{"paper_photo_bytes", "SELECT bytes FROM job_photos WHERE id = $1"};

constexpr std::array kStatements = {kWorkshop, kPhotos, kPhotoBytes};

constexpr int kPage = 500;  // notes and changes of a job: no more are shown
constexpr std::chrono::hours kByMinutesUpTo{12};
constexpr std::chrono::hours kByQuartersUpTo{24 * 7};

int most_photos_of(DocumentKind kind) { return kind == DocumentKind::report ? 24 : 12; }

reports::Measure measure_of(const jobs::AirMeasure& from) {
  return {from.measured_minutes, from.judged_minutes, from.in_spec_minutes, from.min, from.mean, from.max};
}

reports::Air air_of(const jobs::AirSummary& from) {
  return {from.measured_minutes,        from.judged_minutes,       from.in_spec_minutes,
          measure_of(from.temperature), measure_of(from.humidity), measure_of(from.dew_point_margin),
          measure_of(from.air_quality)};
}

reports::Stage stage_of(const jobs::Stage& from, const jobs::JobConditions& conditions) {
  reports::Stage stage{.position = from.position,
                       .name = from.name,
                       .sentence = from.sentence,
                       .started_at = from.started_at,
                       .finished_at = from.finished_at};
  const auto found = std::ranges::find(conditions.stages, from.position, &jobs::StageConditions::position);
  if (found == conditions.stages.end()) return stage;
  const work_types::AirSpec& spec = found->spec;
  stage.temperature = {spec.temperature_min, spec.temperature_max};
  stage.humidity = {spec.humidity_min, spec.humidity_max};
  stage.dew_point_margin = {spec.dew_point_margin_min, {}};
  if (spec.aqi_max) stage.air_quality = {{}, static_cast<double>(*spec.aqi_max)};
  stage.air = air_of(found->air);
  return stage;
}

std::string caption_of(const PaperPhoto& photo, const jobs::Job& job) {
  for (const jobs::Stage& stage : job.stages)
    if (photo.stage == stage.position) return stage.name;
  return "";
}

}  // namespace

std::span<const Statement> job_paper_statements() { return kStatements; }

Awaitable<Result<JobPapers>> JobPaperSource::gather(Principal principal, JobId id, DocumentKind kind) {
  Result<jobs::Job> job = co_await parts_.jobs.find(principal, id);
  if (!job) co_return std::move(job).error();
  Result<jobs::JobConditions> conditions = co_await parts_.conditions.find(principal, id);
  if (!conditions) co_return std::move(conditions).error();
  JobPapers papers{
      .workshop = co_await workshop(principal.workshop), .job = std::move(*job), .conditions = std::move(*conditions)};
  co_await add_photos(papers, kind);
  if (kind == DocumentKind::certificate) co_return papers;

  auto notes = co_await parts_.notes.list(principal, id, std::nullopt, kPage);
  if (!notes) co_return std::move(notes).error();
  std::ranges::reverse(*notes);
  papers.notes = std::move(*notes);
  if (kind == DocumentKind::summary) {
    std::erase_if(papers.notes, [](const jobs::JobNote& note) { return !note.visible_to_customer; });
    co_return papers;
  }
  auto changes = co_await parts_.jobs.time_changes(principal, id, std::nullopt, kPage);
  if (!changes) co_return std::move(changes).error();
  std::ranges::reverse(*changes);
  papers.changes = std::move(*changes);
  papers.ratings = co_await parts_.ratings.list(principal.workshop, {.job = id, .limit = 1});
  co_return papers;
}

Awaitable<PaperWorkshop> JobPaperSource::workshop(WorkshopId workshop) {
  const auto row = (co_await parts_.database.here().read(workshop, kWorkshop, workshop)).first();
  if (!row) co_return PaperWorkshop{};
  co_return PaperWorkshop{row->get<std::string>("code"),     row->get<std::string>("name"),
                          row->get<std::string>("address"),  row->get<std::string>("phone"),
                          row->get<std::string>("timezone"), row->get<std::string>("language")};
}

Awaitable<> JobPaperSource::add_photos(JobPapers& papers, DocumentKind kind) {
  const int most = most_photos_of(kind);
  const auto rows = co_await parts_.database.here().read(papers.job.workshop_id, kPhotos, papers.job.job_id,
                                                         kind != DocumentKind::report, most);
  for (const Row row : rows) {
    papers.photos.push_back({row.get<jobs::PhotoId>("id"), row.get<std::optional<int>>("stage"),
                             row.get<Timestamp>("created_at"), row.get<std::string>("content_type"),
                             crypto::to_hex(row.get<Bytes>("sha256").data)});
    papers.photos_left_out = static_cast<int>(row.get<std::int64_t>("photos")) - static_cast<int>(papers.photos.size());
  }
}

Awaitable<std::vector<reports::AirPoint>> JobPaperSource::curve(const jobs::Job& job) {
  using telemetry::Source;
  std::vector<reports::AirPoint> curve;
  if (!job.actual_start_time || !job.actual_end_time || *job.actual_end_time <= *job.actual_start_time) co_return curve;
  const auto length = *job.actual_end_time - *job.actual_start_time;
  const telemetry::HistoryPlan plan = length <= kByMinutesUpTo ? telemetry::kByMinutes
                                      : length <= kByQuartersUpTo
                                          ? telemetry::HistoryPlan{Source::quarters, std::chrono::minutes(15)}
                                          : telemetry::HistoryPlan{Source::quarters, std::chrono::hours(2)};
  for (const telemetry::HistoryPoint& point :
       co_await parts_.history.buckets(job.workshop_id, job.pit_id, *job.actual_start_time, *job.actual_end_time, plan))
    curve.push_back({point.timestamp, point.temperature, point.humidity});
  co_return curve;
}

Awaitable<Result<reports::JobDocument>> JobPaperSource::document_of(JobPapers papers, std::string language,
                                                                    Timestamp now, CpuPool& pool) {
  const jobs::Job& job = papers.job;
  reports::JobDocument document{
      .language = std::move(language),
      .made_at = now,
      .workshop = {papers.workshop.name, papers.workshop.address, papers.workshop.phone, papers.workshop.timezone},
      .number = number_of(papers),
      .customer = job.customer_name,
      .car = job.car_model,
      .plate = job.car_plate,
      .work = job.work_type,
      .pit = job.pit_number,
      .booked_at = job.created_at,
      .started_at = job.actual_start_time,
      .ended_at = job.actual_end_time,
      .air = air_of(papers.conditions.air),
      .air_is_final = papers.conditions.is_final,
      .photos_left_out = papers.photos_left_out};
  if (job.actual_start_time)
    document.promised_at = *job.actual_start_time + std::chrono::minutes(job.estimated_duration_minutes);
  for (const jobs::StaffMember& member : job.assigned_staff) document.staff.push_back(member.name);
  for (const jobs::Stage& stage : job.stages) document.stages.push_back(stage_of(stage, papers.conditions));
  for (const jobs::JobNote& note : papers.notes)
    document.notes.push_back({note.created_at, note.author.name, note.text, !note.visible_to_customer});
  for (const jobs::JobTimeChange& change : papers.changes)
    document.time_changes.push_back({change.at,
                                     change.by && change.cause == jobs::TimeChangeCause::staff ? change.by->name : "",
                                     change.end_before, change.end_after, change.reason.value_or("")});
  for (const customers::RatedJob& rated : papers.ratings) {
    document.stars = rated.stars;
    document.comment = rated.comment;
  }
  document.curve = co_await curve(job);
  for (const PaperPhoto& photo : papers.photos) {
    const auto row = (co_await parts_.database.here().read(job.workshop_id, kPhotoBytes, photo.id)).first();
    if (!row) continue;
    reports::Photo uploaded{row->get<Bytes>("bytes").data, photo.content_type, caption_of(photo, job), photo.taken_at};
    auto fitted = co_await pool.run<std::optional<reports::Photo>>(
        [uploaded = std::move(uploaded)]() mutable { return reports::fit_for_paper(std::move(uploaded)); });
    if (!fitted) co_return too_many_documents();
    if (*fitted) document.photos.push_back(std::move(**fitted));
  }
  co_return document;
}

Error too_many_documents() {
  return {Errc::unavailable, "Too many documents are being drawn. Try again in a moment.", {}, 0};
}

std::string number_of(const JobPapers& papers) {
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%06lld", static_cast<long long>(papers.job.job_id.value));
  return papers.workshop.code.substr(papers.workshop.code.rfind('_') + 1) + "-" + digits.data();
}

CertificateFacts facts_of(const JobPapers& papers) {
  const jobs::Job& job = papers.job;
  CertificateFacts facts{.number = "PV-" + number_of(papers),
                         .workshop = {papers.workshop.name, papers.workshop.address, papers.workshop.timezone},
                         .car = {job.car_model, job.car_plate},
                         .work = job.work_type,
                         .started_at = job.actual_start_time.value_or(Timestamp{}),
                         .ended_at = job.actual_end_time.value_or(Timestamp{}),
                         .is_final = papers.conditions.is_final,
                         .air = rounded(papers.conditions.air),
                         .stages = papers.conditions.stages};
  for (jobs::StageConditions& stage : facts.stages) stage.air = rounded(stage.air);
  for (const PaperPhoto& photo : papers.photos) facts.photos.push_back({photo.stage, photo.taken_at, photo.sha256});
  return facts;
}

}  // namespace pitview::documents
