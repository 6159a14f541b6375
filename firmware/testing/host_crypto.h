// CryptoPort over OpenSSL 3, for the tests and the simulator; and the other side's half:
// a release key that signs.
#pragma once

#include <memory>
#include <string>

#include "core/ports.h"

namespace pitview::fw::testing {

// ECDSA P-256. The private half stands in for the one that lives with the release manager.
class ReleaseKey {
 public:
  static ReleaseKey generate();
  // PEM (SubjectPublicKeyInfo or PKCS#8). Throws std::runtime_error when it is no P-256 key.
  static ReleaseKey from_public_pem(const std::string& pem);
  static ReleaseKey from_private_pem(const std::string& pem);

  std::string public_pem() const;
  std::string sign(const std::string& text) const;  // DER
  bool verify(ByteView text, ByteView signature) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

class HostCrypto : public CryptoPort {
 public:
  explicit HostCrypto(ReleaseKey key);
  ~HostCrypto() override;

  Sha256 hmac_sha256(ByteView key, ByteView text) override;
  void sha256_begin() override;
  void sha256_add(ByteView piece) override;
  Sha256 sha256_end() override;
  bool verify_release(ByteView text, ByteView signature) override;

 private:
  struct Digest;
  ReleaseKey key_;
  std::unique_ptr<Digest> digest_;
};

}  // namespace pitview::fw::testing
