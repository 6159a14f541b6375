// Keys of the curve P-256 as Web Push writes them: raw numbers and points, no PEM. What needs PEM is
// pitview/base/signature.h.
//
// Throws std::runtime_error when OpenSSL itself fails; wrong input is an empty optional. Keys may be used by any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace pitview::web_push {

// An uncompressed point (SEC 1 §2.3.3): 0x04, x and y of 32 bytes each.
using PublicKey = std::array<std::uint8_t, 65>;
// A number of 1 to n - 1, big-endian.
using PrivateKey = std::array<std::uint8_t, 32>;
using SharedSecret = std::array<std::uint8_t, 32>;

// Empty: not 65 bytes, not uncompressed, or not on the curve.
std::optional<PublicKey> read_public_key(std::string_view bytes);

class KeyPair {
 public:
  static KeyPair generate();
  // Empty: no number of 1 to n - 1 in 32 bytes.
  static std::optional<KeyPair> from_private(std::string_view bytes);

  const PublicKey& public_key() const noexcept { return public_key_; }
  // A secret: it is stored sealed and never logged.
  PrivateKey private_key() const;

  // ECDH: the x of what both have. Precondition: `other` comes from read_public_key() or a key pair.
  SharedSecret shared_secret(const PublicKey& other) const;
  // ECDSA with SHA-256: r and s of 32 bytes each (RFC 7518 §3.4).
  std::string sign(std::string_view text) const;

 private:
  explicit KeyPair(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  PublicKey public_key_{};
};

}  // namespace pitview::web_push
