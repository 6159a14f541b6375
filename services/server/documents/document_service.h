// Documents of jobs: gathered, signed where they are certificates, drawn away from the network's threads, and kept
// until they would say something else.
#pragma once

#include "documents/certificates_repository.h"
#include "documents/job_papers.h"
#include "pitview/async/cpu_pool.h"

namespace pitview::documents {

BOOST_DEFINE_ENUM_CLASS(DocumentLanguage, en, hi)

struct DocumentBytes {
  std::string name;                  // of the file
  std::string fingerprint;           // 32 bytes
  std::optional<std::string> bytes;  // empty: the client has them
};

// A certificate as whoever holds the paper may see it.
struct CertificateCheck {
  bool genuine = false;  // the signature is good for every byte of the statement
  int version = 1;
  int newest_version = 1;
  json::Raw content;      // the statement once more, as JSON
  std::string statement;  // what was signed, to the byte
  std::string signature;  // Ed25519, base64url without padding
  std::string key_id;
  std::string public_key;   // SubjectPublicKeyInfo, PEM
  std::string fingerprint;  // SHA-256 of the statement, as it stands on the paper
};
BOOST_DESCRIBE_STRUCT(CertificateCheck, (),
                      (genuine, version, newest_version, content, statement, signature, key_id, public_key,
                       fingerprint))

class DocumentService {
 public:
  struct Parts {
    app::Database& database;
    JobPaperSource& papers;
    CertificatesRepository& certificates;
    const Clock& clock;
    std::optional<crypto::Ed25519PrivateKey> key;  // none: no certificates
    std::string verify_address;                    // all of a certificate's link but its token
  };
  explicit DocumentService(Parts parts);

  // `known`: the fingerprint of what the client has, "" for nothing. not_found; conflict: the work has not come that
  // far; unavailable: too many are being drawn, or this server signs nothing.
  Awaitable<Result<DocumentBytes>> document(Principal principal, JobId job, DocumentKind kind,
                                            std::optional<DocumentLanguage> language, std::string known);

  // not_found for every token that opens nothing.
  Awaitable<Result<CertificateCheck>> find(std::string token);
  // Whether we signed exactly these bytes. Pure.
  bool is_genuine(std::string_view statement, std::string_view signature) const;

  // Housekeeping: what nobody drew for a month is drawn again when it is asked for.
  Awaitable<> forget_old();

 private:
  Awaitable<Result<Certificate>> certificate_of(WorkshopId workshop, JobId job, CertificateFacts facts);
  Awaitable<std::optional<std::string>> kept(const jobs::Job& job, DocumentKind kind, std::string language,
                                             std::string fingerprint);
  Awaitable<Result<std::string>> draw(JobPapers papers, DocumentKind kind, std::string language,
                                      std::optional<Certificate> certificate);
  Awaitable<> keep(WorkshopId workshop, JobId job, DocumentKind kind, std::string language, std::string fingerprint,
                   std::string bytes);

  Parts parts_;
  CpuPool pool_;
};

std::span<const postgres::Statement> document_statements();

}  // namespace pitview::documents
