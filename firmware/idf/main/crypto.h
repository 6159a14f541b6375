// SHA-256, HMAC and ECDSA by mbedTLS, and the release key built into the image.
#pragma once

#include "core/ports.h"
#include "mbedtls/pk.h"
#include "mbedtls/sha256.h"

namespace pitview::fw::idf {

class Crypto : public CryptoPort {
 public:
  Crypto();
  ~Crypto() override;
  Crypto(const Crypto&) = delete;
  Crypto& operator=(const Crypto&) = delete;

  Sha256 hmac_sha256(ByteView key, ByteView text) override;
  void sha256_begin() override;
  void sha256_add(ByteView piece) override;
  Sha256 sha256_end() override;
  bool verify_release(ByteView text, ByteView signature) override;

 private:
  mbedtls_sha256_context digest_;
  mbedtls_pk_context release_key_;
  bool has_release_key_;
};

}  // namespace pitview::fw::idf
