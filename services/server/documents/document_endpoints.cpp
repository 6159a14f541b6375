#include "documents/document_endpoints.h"

#include "pitview/base/crypto.h"
#include "pitview/json/types.h"

namespace pitview::documents {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct DocumentJobPath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(DocumentJobPath, (), (id))

struct DocumentQuery {
  std::optional<DocumentLanguage> language;
};
BOOST_DESCRIBE_STRUCT(DocumentQuery, (), (language))

struct CertificatePath {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(CertificatePath, (), (token))

struct SignedStatement {
  json::Text<2, 200000> statement;  // to the byte
  json::Text<1, 100> signature;     // base64url
};
BOOST_DESCRIBE_STRUCT(SignedStatement, (), (statement, signature))

struct StatementCheck {
  bool genuine = false;
};
BOOST_DESCRIBE_STRUCT(StatementCheck, (), (genuine))

namespace {

constexpr std::string_view kPdf = "application/pdf";

// The fingerprint that If-None-Match names; "" when it names none of ours.
std::string known_fingerprint(std::string_view header) {
  if (header.starts_with("W/")) header.remove_prefix(2);
  if (header.size() < 2 || header.front() != '"' || header.back() != '"') return "";
  return crypto::from_hex(header.substr(1, header.size() - 2)).value_or("");
}

class DocumentEndpoints {
 public:
  explicit DocumentEndpoints(DocumentService& service) : service_(service) {}

  // Asked for each time: who may not see it any more does not, and who has it gets no bytes.
  Awaitable<Result<api::Binary>> document(Caller& caller, JobId job, DocumentKind kind,
                                          std::optional<DocumentLanguage> language) {
    std::string known = known_fingerprint(caller.request.header("If-None-Match"));
    auto found = co_await service_.document(caller.principal, job, kind, language, std::move(known));
    if (!found) co_return std::move(found).error();
    caller.headers.emplace_back("Cache-Control", "private, no-cache");
    caller.headers.emplace_back("ETag", "\"" + crypto::to_hex(found->fingerprint) + "\"");
    caller.headers.emplace_back("Content-Disposition", "inline; filename=\"" + found->name + "\"");
    co_return api::Binary{.bytes = std::move(found->bytes).value_or(""), .not_modified = !found->bytes};
  }

  Awaitable<Result<StatementCheck>> check(SignedStatement said) {
    const auto signature = crypto::base64url_decode(said.signature.value);
    co_return StatementCheck{signature && service_.is_genuine(said.statement.value, *signature)};
  }

 private:
  DocumentService& service_;
};

}  // namespace

void add_document_endpoints(api::Api& api, DocumentService& service) {
  const auto documents = std::make_shared<DocumentEndpoints>(service);

  api.add<DocumentJobPath, DocumentQuery, Nothing, api::Binary>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/report.pdf",
       .needs = Needs(Permission::customers_read),
       .id = "get_job_report",
       .summary = "A job on paper, with everything",
       .tag = "jobs",
       .description = "From its start on; up to now while it runs. Without a language in that of the workshop.",
       .problems = {Errc::not_found, Errc::conflict},
       .bytes_type = kPdf,
       .may_be_known = true},
      [documents](Caller& caller, auto input) {
        return documents->document(caller, input.path.id, DocumentKind::report, input.query.language);
      });

  api.add<DocumentJobPath, DocumentQuery, Nothing, api::Binary>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/summary.pdf",
       .needs = Needs(Permission::jobs_read),
       .id = "get_job_summary",
       .summary = "A job on paper, for its customer",
       .tag = "jobs",
       .description = "Once it is completed; with the notes and photographs that are meant for them.",
       .problems = {Errc::not_found, Errc::conflict},
       .bytes_type = kPdf,
       .may_be_known = true},
      [documents](Caller& caller, auto input) {
        return documents->document(caller, input.path.id, DocumentKind::summary, input.query.language);
      });

  api.add<DocumentJobPath, DocumentQuery, Nothing, api::Binary>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/certificate.pdf",
       .needs = Needs(Permission::jobs_read),
       .id = "get_job_certificate",
       .summary = "In which air the film was laid, signed",
       .tag = "jobs",
       .description =
           "Once the job is completed. Its QR code opens a page that says whether it is genuine. When the facts "
           "have changed since (readings that arrived late, another photograph) this is another version.",
       .problems = {Errc::not_found, Errc::conflict},
       .bytes_type = kPdf,
       .may_be_known = true},
      [documents](Caller& caller, auto input) {
        return documents->document(caller, input.path.id, DocumentKind::certificate, input.query.language);
      });

  api.add<CertificatePath, Nothing, Nothing, CertificateCheck>(
      {.method = Method::get,
       .path = "/api/certificates/{token}",
       .needs = Needs(Permission::anyone),
       .id = "get_certificate",
       .summary = "What a certificate says, for whoever holds it",
       .tag = "certificates",
       .description =
           "The token is what follows /v/ in its QR code. The statement is canonical JSON (RFC 8785), the signature "
           "Ed25519 (RFC 8032) over its bytes.",
       .problems = {Errc::not_found}},
      [&service](Caller&, auto input) { return service.find(std::move(input.path.token)); });

  api.add<Nothing, Nothing, SignedStatement, StatementCheck>(
      {.method = Method::post,
       .path = "/api/certificates/check",
       .needs = Needs(Permission::anyone),
       .id = "check_certificate",
       .summary = "Whether we signed exactly these bytes",
       .tag = "certificates",
       .body_limit = std::size_t{512} * 1024},
      [documents](Caller&, auto input) { return documents->check(std::move(input.body)); });
}

}  // namespace pitview::documents
