#include "pitview/base/signature.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>

namespace pitview::crypto {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr std::size_t kEd25519Key = 32;  // bytes
constexpr std::size_t kEd25519Signature = 64;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

void check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("OpenSSL: ") + what + " failed");
}

Bio reader_of(std::string_view pem) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  check(bio != nullptr, "BIO_new_mem_buf");
  return bio;
}

Context new_context() {
  Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  check(context != nullptr, "EVP_MD_CTX_new");
  return context;
}

// Null for a key of another kind or curve.
Key p256_only(EVP_PKEY* read) {
  Key key(read, &EVP_PKEY_free);
  std::array<char, 64> curve{};
  std::size_t size = 0;
  if (!key || EVP_PKEY_is_a(key.get(), "EC") != 1 ||
      EVP_PKEY_get_group_name(key.get(), curve.data(), curve.size(), &size) != 1 ||
      std::string_view(curve.data(), size) != "prime256v1")
    return nullptr;
  return key;
}

// Null for a key of another kind.
Key ed25519_only(EVP_PKEY* read) {
  Key key(read, &EVP_PKEY_free);
  if (!key || EVP_PKEY_is_a(key.get(), "ED25519") != 1) return nullptr;
  return key;
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string private_pem_of(const Key& key) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  check(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "PEM_write_bio_PKCS8PrivateKey");
  return text_of(bio);
}

std::string public_pem_of(const Key& key) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  check(bio && PEM_write_bio_PUBKEY(bio.get(), key.get()) == 1, "PEM_write_bio_PUBKEY");
  return text_of(bio);
}

// In the place of OpenSSL's own, which would ask at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

std::optional<P256PublicKey> P256PublicKey::from_pem(std::string_view pem) {
  const Bio bio = reader_of(pem);
  Key key = p256_only(PEM_read_bio_PUBKEY(bio.get(), nullptr, &no_passphrase, nullptr));
  if (!key) return std::nullopt;
  return P256PublicKey(std::move(key));
}

bool P256PublicKey::verify(std::string_view text, std::string_view signature) const {
  const Context context = new_context();
  check(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1, "EVP_DigestVerifyInit");
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

P256PrivateKey P256PrivateKey::generate() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  check(key != nullptr, "EVP_EC_gen");
  return P256PrivateKey(std::move(key));
}

std::optional<P256PrivateKey> P256PrivateKey::from_pem(std::string_view pem) {
  const Bio bio = reader_of(pem);
  Key key = p256_only(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr));
  if (!key) return std::nullopt;
  return P256PrivateKey(std::move(key));
}

std::string P256PrivateKey::sign(std::string_view text) const {
  const Context context = new_context();
  check(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1, "EVP_DigestSignInit");
  std::array<unsigned char, kMaxP256Signature> signature{};
  std::size_t size = signature.size();
  check(EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(text), text.size()) == 1, "EVP_DigestSign");
  return {reinterpret_cast<const char*>(signature.data()), size};
}

std::string P256PrivateKey::private_pem() const { return private_pem_of(key_); }
std::string P256PrivateKey::public_pem() const { return public_pem_of(key_); }

std::optional<Ed25519PublicKey> Ed25519PublicKey::from_pem(std::string_view pem) {
  const Bio bio = reader_of(pem);
  Key key = ed25519_only(PEM_read_bio_PUBKEY(bio.get(), nullptr, &no_passphrase, nullptr));
  if (!key) return std::nullopt;
  return Ed25519PublicKey(std::move(key));
}

bool Ed25519PublicKey::verify(std::string_view text, std::string_view signature) const {
  const Context context = new_context();
  check(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1, "EVP_DigestVerifyInit");
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

std::string Ed25519PublicKey::raw() const {
  std::array<unsigned char, kEd25519Key> bytes{};
  std::size_t size = bytes.size();
  check(EVP_PKEY_get_raw_public_key(key_.get(), bytes.data(), &size) == 1, "EVP_PKEY_get_raw_public_key");
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

Ed25519PrivateKey Ed25519PrivateKey::generate() {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
  check(key != nullptr, "EVP_PKEY_Q_keygen");
  return Ed25519PrivateKey(std::move(key));
}

std::optional<Ed25519PrivateKey> Ed25519PrivateKey::from_pem(std::string_view pem) {
  const Bio bio = reader_of(pem);
  Key key = ed25519_only(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr));
  if (!key) return std::nullopt;
  return Ed25519PrivateKey(std::move(key));
}

std::string Ed25519PrivateKey::sign(std::string_view text) const {
  const Context context = new_context();
  check(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1, "EVP_DigestSignInit");
  std::array<unsigned char, kEd25519Signature> signature{};
  std::size_t size = signature.size();
  check(EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(text), text.size()) == 1, "EVP_DigestSign");
  return {reinterpret_cast<const char*>(signature.data()), size};
}

// Only its public half is asked for there.
Ed25519PublicKey Ed25519PrivateKey::public_key() const { return Ed25519PublicKey(key_); }

std::string Ed25519PrivateKey::private_pem() const { return private_pem_of(key_); }
std::string Ed25519PrivateKey::public_pem() const { return public_pem_of(key_); }

}  // namespace pitview::crypto
