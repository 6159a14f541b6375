// Signatures, with keys in PEM: ECDSA over the curve P-256 with SHA-256, in DER (RFC 3279 §2.2.3), and Ed25519
// (RFC 8032), 64 bytes. P-256 where a chip has to check them (firmware), Ed25519 for what people keep.
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

class Ed25519PublicKey {
 public:
  // SubjectPublicKeyInfo (RFC 8410 §4). Empty for any other kind of key.
  static std::optional<Ed25519PublicKey> from_pem(std::string_view pem);

  bool verify(std::string_view text, std::string_view signature) const;
  std::string raw() const;  // 32 bytes

 private:
  friend class Ed25519PrivateKey;
  explicit Ed25519PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

class Ed25519PrivateKey {
 public:
  static Ed25519PrivateKey generate();
  // PKCS#8 without a passphrase (RFC 8410 §7).
  static std::optional<Ed25519PrivateKey> from_pem(std::string_view pem);

  std::string sign(std::string_view text) const;  // 64 bytes, the same for the same text
  Ed25519PublicKey public_key() const;
  std::string private_pem() const;  // PKCS#8
  std::string public_pem() const;

 private:
  explicit Ed25519PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace pitview::crypto
