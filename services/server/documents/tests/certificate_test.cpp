#include "documents/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pitview/base/crypto.h"

namespace pitview::documents {
namespace {

using testing::HasSubstr;

CertificateFacts facts() {
  CertificateFacts made{.number = "PV-042-000123",
                        .workshop = {"Sharma Car Care", "Pune", "Asia/Kolkata"},
                        .car = {"Creta", "MH 12 AB 1234"},
                        .work = "Full body PPF",
                        .started_at = *parse_iso8601("2026-11-26T04:00:00Z"),
                        .ended_at = *parse_iso8601("2026-11-26T10:25:00Z")};
  made.air.measured_minutes = 385.04999;
  made.air.temperature.mean = 23.449;
  made.air = rounded(made.air);
  return made;
}

TEST(Certificate, SaysTenthsInCanonicalOrder) {
  const std::string text = text_of(facts());
  EXPECT_TRUE(text.starts_with(R"({"air":{"air_quality":{"in_spec_minutes":0,)")) << text;
  EXPECT_THAT(text, HasSubstr(R"("measured_minutes":385,)"));
  EXPECT_THAT(text, HasSubstr(R"("mean":23.4,)"));
  EXPECT_THAT(text, HasSubstr(R"("workshop":{"address":"Pune","name":"Sharma Car Care","timezone":"Asia/Kolkata"})"));
}

TEST(Certificate, OfTheSameFactsDiffersOnlyInVersionAndTime) {
  const Timestamp now = *parse_iso8601("2026-11-26T10:30:00Z");
  EXPECT_EQ(statement_of(facts(), 2, now),
            R"({"facts":)" + text_of(facts()) + R"(,"issued_at":"2026-11-26T10:30:00.000Z","version":2})");
}

TEST(Certificate, IsNotGenuineWithAnyByteChanged) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  const std::string statement = statement_of(facts(), 1, Timestamp{});
  const std::string signature = key.sign(statement);
  ASSERT_TRUE(key.public_key().verify(statement, signature));
  for (std::size_t i = 0; i < statement.size(); ++i) {
    std::string changed = statement;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key.public_key().verify(changed, signature)) << "byte " << i;
  }
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key.public_key().verify(statement, changed)) << "byte " << i;
  }
}

TEST(Certificate, NamesItsKey) {
  const auto key = crypto::Ed25519PrivateKey::generate();
  EXPECT_EQ(key_id_of(key.public_key()), crypto::sha256_hex(key.public_key().raw()).substr(0, 16));
  EXPECT_NE(key_id_of(key.public_key()), key_id_of(crypto::Ed25519PrivateKey::generate().public_key()));
}

}  // namespace
}  // namespace pitview::documents
