// ECDSA over the curve P-256 with SHA-256: keys in PEM, signatures in DER (RFC 3279 §2.2.3).
//
// Throws std::runtime_error when OpenSSL itself fails; wrong input is an empty
// optional or a signature that is not good. Keys may be used by any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace pitview::crypto {

inline constexpr std::size_t kMaxP256Signature = 72;  // bytes

class P256PublicKey {
 public:
  // SubjectPublicKeyInfo: "-----BEGIN PUBLIC KEY-----". Empty for any other kind of key.
  static std::optional<P256PublicKey> from_pem(std::string_view pem);

  bool verify(std::string_view text, std::string_view signature) const;

 private:
  explicit P256PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

class P256PrivateKey {
 public:
  static P256PrivateKey generate();
  // PKCS#8 or SEC 1, without a passphrase.
  static std::optional<P256PrivateKey> from_pem(std::string_view pem);

  std::string sign(std::string_view text) const;
  std::string private_pem() const;  // PKCS#8
  std::string public_pem() const;

 private:
  explicit P256PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace pitview::crypto
