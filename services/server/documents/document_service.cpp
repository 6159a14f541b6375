#include "documents/document_service.h"

#include <array>

#include "pitview/base/crypto.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::documents {
namespace {

using postgres::Bytes;
using postgres::Statement;

constexpr Statement kKept{"kept_document", R"sql(
  SELECT bytes FROM job_documents WHERE job_id = $1 AND kind = $2 AND language = $3 AND fingerprint = $4)sql"};
// Nothing of somebody who is erased at this moment comes back.
constexpr Statement kKeep{"keep_document", R"sql(
  INSERT INTO job_documents (workshop_id, job_id, kind, language, fingerprint, bytes, drawn_at)
  SELECT $1, j.id, $3, $4, $5, $6, $7 FROM jobs j JOIN users u ON u.id = j.customer_id
  WHERE j.id = $2 AND u.erased_at IS NULL FOR SHARE OF u
  ON CONFLICT (workshop_id, job_id, kind, language)
  DO UPDATE SET fingerprint = excluded.fingerprint, bytes = excluded.bytes, drawn_at = excluded.drawn_at)sql"};
constexpr Statement kForget{"forget_old_documents", "SELECT platform.forget_old_documents($1)"};

constexpr std::array kStatements = {kKept, kKeep, kForget};

// Another look of a document is another fingerprint. Count it up when libs/reports draws differently.
constexpr std::string_view kLook = "1";
constexpr std::size_t kWaiting = 16;  // one at a time: drawing takes a tenth of a second
constexpr std::chrono::days kKeptFor{30};
constexpr int kTries = 3;  // of a version that another server issues at the same moment

Error not_yet(const char* sentence) { return {Errc::conflict, sentence, {}, 0}; }

std::optional<Error> too_early(const jobs::Job& job, DocumentKind kind) {
  if (kind == DocumentKind::report && !job.actual_start_time) return not_yet("The work has not begun.");
  if (kind != DocumentKind::report && job.status != jobs::JobStatus::completed)
    return not_yet("The work is not completed.");
  return std::nullopt;
}

std::string fingerprint_of(const JobPapers& papers, DocumentKind kind, const std::string& language,
                           const std::optional<Certificate>& certificate) {
  std::string text(kLook);
  text.append(language).append(json::write(kind)).append(json::write(papers));
  if (certificate) text.append(certificate->statement).append(certificate->token);
  const auto hash = crypto::sha256(text);
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::string file_name_of(const JobPapers& papers, DocumentKind kind) {
  const char* name = kind == DocumentKind::report    ? "report"
                     : kind == DocumentKind::summary ? "summary"
                                                     : "certificate";
  return std::string(name) + "-" + number_of(papers) + ".pdf";
}

}  // namespace

std::span<const Statement> document_statements() { return kStatements; }

DocumentService::DocumentService(Parts parts) : parts_(std::move(parts)), pool_(1, kWaiting) {}

Awaitable<Result<DocumentBytes>> DocumentService::document(Principal principal, JobId job, DocumentKind kind,
                                                           std::optional<DocumentLanguage> wanted, std::string known) {
  if (kind == DocumentKind::certificate && !parts_.key)
    co_return Error{Errc::unavailable, "This server has no key to sign certificates with.", {}, 0};
  Result<JobPapers> papers = co_await parts_.papers.gather(principal, job, kind);
  if (!papers) co_return std::move(papers).error();
  if (auto refused = too_early(papers->job, kind)) co_return std::move(*refused);

  std::optional<Certificate> certificate;
  if (kind == DocumentKind::certificate) {
    auto issued = co_await certificate_of(principal.workshop, job, facts_of(*papers));
    if (!issued) co_return std::move(issued).error();
    certificate = std::move(*issued);
  }
  // What was not said is the workshop's.
  const bool is_hindi = wanted ? *wanted == DocumentLanguage::hi : papers->workshop.language == "hi";
  const std::string language = is_hindi ? "hi" : "en";
  DocumentBytes document{.name = file_name_of(*papers, kind),
                         .fingerprint = fingerprint_of(*papers, kind, language, certificate)};
  if (document.fingerprint == known) co_return document;
  document.bytes = co_await kept(papers->job, kind, language, document.fingerprint);
  if (document.bytes) co_return document;
  auto drawn = co_await draw(std::move(*papers), kind, language, std::move(certificate));
  if (!drawn) co_return std::move(drawn).error();
  co_await keep(principal.workshop, job, kind, language, document.fingerprint, *drawn);
  document.bytes = std::move(*drawn);
  co_return document;
}

// The newest, if it says what is true now; else another version.
Awaitable<Result<Certificate>> DocumentService::certificate_of(WorkshopId workshop, JobId job, CertificateFacts facts) {
  const auto hash = crypto::sha256(text_of(facts));
  const std::string facts_sha256(reinterpret_cast<const char*>(hash.data()), hash.size());
  for (int i = 0; i < kTries; ++i) {
    auto newest = co_await parts_.certificates.newest(workshop, job);
    if (newest && newest->facts_sha256 == facts_sha256) co_return std::move(newest->certificate);
    Certificate next{.token = crypto::random_token(16),
                     .version = newest ? newest->certificate.version + 1 : 1,
                     .issued_at = parts_.clock.now(),
                     .key_id = key_id_of(parts_.key->public_key())};
    next.statement = statement_of(facts, next.version, next.issued_at);
    next.signature = parts_.key->sign(next.statement);
    if (co_await parts_.certificates.add(workshop, job, next, facts_sha256)) co_return next;
  }
  co_return Error{Errc::conflict, "The job changes all the time: try again.", {}, 0};
}

Awaitable<std::optional<std::string>> DocumentService::kept(const jobs::Job& job, DocumentKind kind,
                                                            std::string language, std::string fingerprint) {
  const auto row = (co_await parts_.database.here().read(job.workshop_id, kKept, job.job_id, json::enum_name(kind),
                                                         language, Bytes(fingerprint)))
                       .first();
  if (!row) co_return std::nullopt;
  co_return row->get<Bytes>("bytes").data;
}

Awaitable<Result<std::string>> DocumentService::draw(JobPapers papers, DocumentKind kind, std::string language,
                                                     std::optional<Certificate> certificate) {
  const std::string number = "PV-" + number_of(papers);
  auto document = co_await parts_.papers.document_of(std::move(papers), std::move(language), parts_.clock.now(), pool_);
  if (!document) co_return std::move(document).error();
  reports::Proof proof;
  if (certificate)
    proof = {.number = number,
             .version = certificate->version,
             .issued_at = certificate->issued_at,
             .verify_url = parts_.verify_address + certificate->token,
             .fingerprint = crypto::sha256_hex(certificate->statement),
             .key_id = certificate->key_id};
  auto drawn = co_await pool_.run<std::string>([document = std::move(*document), proof = std::move(proof), kind] {
    if (kind == DocumentKind::certificate) return reports::draw_certificate(document, proof);
    return kind == DocumentKind::report ? reports::draw_job_report(document) : reports::draw_job_summary(document);
  });
  if (!drawn) co_return too_many_documents();
  co_return std::move(*drawn);
}

Awaitable<> DocumentService::keep(WorkshopId workshop, JobId job, DocumentKind kind, std::string language,
                                  std::string fingerprint, std::string bytes) {
  auto tx = co_await parts_.database.here().begin(workshop);
  co_await tx.execute(kKeep, workshop, job, json::enum_name(kind), language, Bytes(fingerprint),
                      Bytes(std::move(bytes)), parts_.clock.now());
  co_await tx.commit();
}

Awaitable<Result<CertificateCheck>> DocumentService::find(std::string token) {
  auto held = co_await parts_.certificates.find(std::move(token));
  if (!held) co_return Error{Errc::not_found, "No certificate has this code.", {}, 0};
  Certificate& certificate = held->certificate;
  CertificateCheck check{.genuine = is_genuine(certificate.statement, certificate.signature),
                         .version = certificate.version,
                         .newest_version = held->newest,
                         .content = {certificate.statement},
                         .signature = crypto::base64url_encode(certificate.signature),
                         .key_id = certificate.key_id,
                         .public_key = parts_.key ? parts_.key->public_pem() : "",
                         .fingerprint = crypto::sha256_hex(certificate.statement)};
  check.statement = std::move(certificate.statement);
  if (!check.genuine) log::error("certificate_is_not_genuine", {{"number", check.fingerprint}});
  co_return check;
}

bool DocumentService::is_genuine(std::string_view statement, std::string_view signature) const {
  return parts_.key && parts_.key->public_key().verify(statement, signature);
}

Awaitable<> DocumentService::forget_old() {
  auto tx = co_await parts_.database.here().begin_platform();
  co_await tx.query(kForget, parts_.clock.now() - kKeptFor);
  co_await tx.commit();
}

}  // namespace pitview::documents
