// Certificates in PostgreSQL.
#pragma once

#include <optional>
#include <span>

#include "app/database.h"
#include "documents/certificate.h"

namespace pitview::documents {

struct HeldCertificate {
  Certificate certificate;  // without its token
  int newest = 1;           // the newest version there is
};

class CertificatesRepository {
 public:
  explicit CertificatesRepository(app::Database& database) : database_(database) {}

  Awaitable<postgres::Transaction> begin(WorkshopId workshop) { return database_.here().begin(workshop); }

  struct Newest {
    Certificate certificate;
    std::string facts_sha256;  // 32 bytes
  };
  Awaitable<std::optional<Newest>> newest(WorkshopId workshop, JobId job);
  // False: another server has issued this version meanwhile.
  Awaitable<bool> add(WorkshopId workshop, JobId job, Certificate certificate, std::string facts_sha256);
  // Of whoever holds the paper, in any workshop.
  Awaitable<std::optional<HeldCertificate>> find(std::string token);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> certificate_statements();

}  // namespace pitview::documents
