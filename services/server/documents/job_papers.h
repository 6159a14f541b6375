// What a job's documents say, gathered from where it is kept.
#pragma once

#include <string>
#include <vector>

#include "app/database.h"
#include "customers/ratings_repository.h"
#include "documents/certificate.h"
#include "jobs/job_notes.h"
#include "jobs/job_service.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/reports/job_document.h"
#include "telemetry/history_repository.h"

namespace pitview::documents {

BOOST_DEFINE_ENUM_CLASS(DocumentKind, report, summary, certificate)

struct PaperWorkshop {
  std::string code;
  std::string name;
  std::string address;
  std::string phone;
  std::string timezone;
  std::string language;
};
BOOST_DESCRIBE_STRUCT(PaperWorkshop, (), (code, name, address, phone, timezone, language))

struct PaperPhoto {
  jobs::PhotoId id;
  std::optional<int> stage;
  Timestamp taken_at;
  std::string content_type;
  std::string sha256;  // in hexadecimal
};
BOOST_DESCRIBE_STRUCT(PaperPhoto, (), (id, stage, taken_at, content_type, sha256))

// All of it, without the photographs' bytes and the curve, which are only read when something is drawn.
struct JobPapers {
  PaperWorkshop workshop;
  jobs::Job job;
  jobs::JobConditions conditions;
  std::vector<jobs::JobNote> notes;          // the oldest first
  std::vector<jobs::JobTimeChange> changes;  // the oldest first
  std::vector<customers::RatedJob> ratings;  // one at most
  std::vector<PaperPhoto> photos;            // the oldest first
  int photos_left_out = 0;
};
BOOST_DESCRIBE_STRUCT(JobPapers, (), (workshop, job, conditions, notes, changes, ratings, photos, photos_left_out))

class JobPaperSource {
 public:
  struct Parts {
    app::Database& database;
    jobs::JobService& jobs;
    jobs::JobConditionsService& conditions;
    jobs::JobNotes& notes;
    customers::RatingsRepository& ratings;
    telemetry::HistoryRepository& history;
  };
  explicit JobPaperSource(Parts parts) : parts_(parts) {}

  // What of it belongs into that document. not_found.
  Awaitable<Result<JobPapers>> gather(Principal principal, JobId job, DocumentKind kind);
  // … ready to be drawn, with the photographs and the curve.
  // Photographs are fitted one after the other on `pool`, so that no document holds more than one as it was uploaded.
  // unavailable: too much waits there.
  Awaitable<Result<reports::JobDocument>> document_of(JobPapers papers, std::string language, Timestamp now,
                                                      CpuPool& pool);

 private:
  Awaitable<PaperWorkshop> workshop(WorkshopId workshop);
  Awaitable<> add_photos(JobPapers& papers, DocumentKind kind);
  Awaitable<std::vector<reports::AirPoint>> curve(const jobs::Job& job);

  Parts parts_;
};

Error too_many_documents();
CertificateFacts facts_of(const JobPapers& papers);
std::string number_of(const JobPapers& papers);  // "042-000123"

std::span<const postgres::Statement> job_paper_statements();

}  // namespace pitview::documents
