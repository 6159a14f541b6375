#include "documents/certificates_repository.h"

#include <array>

namespace pitview::documents {
namespace {

using postgres::Bytes;
using postgres::Statement;

constexpr Statement kNewest{"newest_certificate", R"sql(
  SELECT token, version, issued_at, statement, signature, key_id, facts_sha256 FROM job_certificates
  WHERE job_id = $1 ORDER BY version DESC LIMIT 1)sql"};

constexpr Statement kAdd{"add_certificate", R"sql(
  INSERT INTO job_certificates (workshop_id, job_id, version, token, facts_sha256, statement, signature, key_id, issued_at)
  SELECT $1, j.id, $3, $4, $5, $6, $7, $8, $9 FROM jobs j JOIN users u ON u.id = j.customer_id
  WHERE j.id = $2 AND u.erased_at IS NULL FOR SHARE OF u
  ON CONFLICT (workshop_id, job_id, version) DO NOTHING RETURNING version)sql"};

constexpr Statement kFind{
    "certificate_of_token",
    "SELECT statement, signature, key_id, version, newest FROM platform.certificate_of_token($1)"};

constexpr std::array kStatements = {kNewest, kAdd, kFind};

}  // namespace

std::span<const Statement> certificate_statements() { return kStatements; }

Awaitable<std::optional<CertificatesRepository::Newest>> CertificatesRepository::newest(WorkshopId workshop,
                                                                                        JobId job) {
  const auto row = (co_await database_.here().read(workshop, kNewest, job)).first();
  if (!row) co_return std::nullopt;
  co_return Newest{{.token = row->get<std::string>("token"),
                    .version = row->get<int>("version"),
                    .issued_at = row->get<Timestamp>("issued_at"),
                    .statement = row->get<std::string>("statement"),
                    .signature = row->get<Bytes>("signature").data,
                    .key_id = row->get<std::string>("key_id")},
                   row->get<Bytes>("facts_sha256").data};
}

Awaitable<bool> CertificatesRepository::add(WorkshopId workshop, JobId job, Certificate certificate,
                                            std::string facts_sha256) {
  auto tx = co_await begin(workshop);
  const auto added = (co_await tx.query(kAdd, workshop, job, certificate.version, certificate.token,
                                        Bytes(facts_sha256), certificate.statement, Bytes(certificate.signature),
                                        certificate.key_id, certificate.issued_at))
                         .first();
  co_await tx.commit();
  co_return added.has_value();
}

Awaitable<std::optional<HeldCertificate>> CertificatesRepository::find(std::string token) {
  const auto row = (co_await database_.here().read_platform(kFind, token)).first();
  if (!row) co_return std::nullopt;
  co_return HeldCertificate{{.version = row->get<int>("version"),
                             .statement = row->get<std::string>("statement"),
                             .signature = row->get<Bytes>("signature").data,
                             .key_id = row->get<std::string>("key_id")},
                            row->get<int>("newest")};
}

}  // namespace pitview::documents
