#include "documents/certificate.h"

#include <cmath>

#include "pitview/base/crypto.h"
#include "pitview/json/canonical.h"
#include "pitview/json/write.h"

namespace pitview::documents {

struct CertificateStatement {
  CertificateFacts facts;
  int version = 1;
  Timestamp issued_at;
};
BOOST_DESCRIBE_STRUCT(CertificateStatement, (), (facts, version, issued_at))

namespace {

double tenth(double value) { return std::round(value * 10) / 10; }

std::optional<double> tenth(std::optional<double> value) {
  if (value) value = tenth(*value);
  return value;
}

jobs::AirMeasure rounded(jobs::AirMeasure measure) {
  return {tenth(measure.measured_minutes),
          tenth(measure.judged_minutes),
          tenth(measure.in_spec_minutes),
          tenth(measure.min),
          tenth(measure.mean),
          tenth(measure.max)};
}

// What we wrote ourselves is JSON.
std::string canonical_of(const std::string& text) { return json::canonical(json::Document::parse(text)->root()); }

}  // namespace

jobs::AirSummary rounded(jobs::AirSummary air) {
  return {tenth(air.measured_minutes), tenth(air.judged_minutes), tenth(air.in_spec_minutes),
          rounded(air.temperature),    rounded(air.humidity),     rounded(air.dew_point_margin),
          rounded(air.air_quality)};
}

std::string text_of(const CertificateFacts& facts) { return canonical_of(json::write(facts)); }

std::string statement_of(const CertificateFacts& facts, int version, Timestamp issued_at) {
  return canonical_of(json::write(CertificateStatement{facts, version, issued_at}));
}

std::string key_id_of(const crypto::Ed25519PublicKey& key) { return crypto::sha256_hex(key.raw()).substr(0, 16); }

}  // namespace pitview::documents
