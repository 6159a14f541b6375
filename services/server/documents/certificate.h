// What an install conditions certificate says, and its signature. Pure.
//
// The statement is canonical JSON (RFC 8785), signed with Ed25519 (RFC 8032) to the byte. It names the car and the
// workshop, and no person: whoever has the paper may show it.
#pragma once

#include <boost/describe/class.hpp>
#include <string>
#include <vector>

#include "jobs/job.h"
#include "jobs/job_conditions.h"
#include "jobs/job_photos.h"
#include "pitview/base/signature.h"

namespace pitview::documents {

struct CertifiedWorkshop {
  std::string name;
  std::string address;
  std::string timezone;  // IANA
};
BOOST_DESCRIBE_STRUCT(CertifiedWorkshop, (), (name, address, timezone))

struct CertifiedCar {
  std::string model;
  std::string plate;
};
BOOST_DESCRIBE_STRUCT(CertifiedCar, (), (model, plate))

struct CertifiedPhoto {
  std::optional<int> stage;
  Timestamp taken_at;
  std::string sha256;  // in hexadecimal
};
BOOST_DESCRIBE_STRUCT(CertifiedPhoto, (), (stage, taken_at, sha256))

struct CertificateFacts {
  std::string type = "pitview.install-conditions/1";
  std::string number;  // "PV-042-000123"
  CertifiedWorkshop workshop;
  CertifiedCar car;
  std::string work;
  Timestamp started_at;
  Timestamp ended_at;
  bool is_final = false;  // no reading that comes late is taken in any more
  jobs::AirSummary air;   // minutes and quantities to a tenth
  std::vector<jobs::StageConditions> stages;
  std::vector<CertifiedPhoto> photos;
};
BOOST_DESCRIBE_STRUCT(CertificateFacts, (),
                      (type, number, workshop, car, work, started_at, ended_at, is_final, air, stages, photos))

struct Certificate {
  std::string token;
  int version = 1;
  Timestamp issued_at{};
  std::string statement;
  std::string signature;  // 64 bytes
  std::string key_id;
};

// To a tenth: what a person reads is what is signed.
jobs::AirSummary rounded(jobs::AirSummary air);

// Canonical JSON of the facts alone.
std::string text_of(const CertificateFacts& facts);
// … and of what is signed: the facts with the version and the time of issue.
std::string statement_of(const CertificateFacts& facts, int version, Timestamp issued_at);

// The first 8 bytes of the SHA-256 of the public key, in hexadecimal.
std::string key_id_of(const crypto::Ed25519PublicKey& key);

}  // namespace pitview::documents
