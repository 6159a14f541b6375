// CryptoPort over libs/base, for the tests and the simulator.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/ports.h"
#include "pitview/base/signature.h"

namespace pitview::fw::testing {

class HostCrypto : public CryptoPort {
 public:
  // Believes releases that were signed with the private half of `key`; without one, none.
  explicit HostCrypto(std::optional<crypto::P256PublicKey> key) : key_(std::move(key)) {}
  explicit HostCrypto(const crypto::P256PrivateKey& key);

  Sha256 hmac_sha256(ByteView key, ByteView text) override;
  void sha256_begin() override { hashed_.clear(); }
  void sha256_add(ByteView piece) override { hashed_ += piece.text(); }
  Sha256 sha256_end() override;
  bool verify_release(ByteView text, ByteView signature) override;

 private:
  std::optional<crypto::P256PublicKey> key_;
  std::string hashed_;  // an image at the most: no digest that goes on needs to be kept
};

}  // namespace pitview::fw::testing
