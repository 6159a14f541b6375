#include "testing/host_crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <stdexcept>

namespace pitview::fw::testing {
namespace {

struct FreePkey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Pkey = std::unique_ptr<EVP_PKEY, FreePkey>;
using Bio = std::unique_ptr<BIO, FreeBio>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Bio bio_of(const std::string& pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

}  // namespace

struct ReleaseKey::Impl {
  Pkey key;
};

ReleaseKey ReleaseKey::generate() {
  ReleaseKey key;
  key.impl_ = std::make_shared<const Impl>(Impl{Pkey(EVP_EC_gen("P-256"))});
  if (!key.impl_->key) throw std::runtime_error("OpenSSL made no P-256 key");
  return key;
}

ReleaseKey ReleaseKey::from_public_pem(const std::string& pem) {
  ReleaseKey key;
  const Bio bio = bio_of(pem);
  key.impl_ = std::make_shared<const Impl>(Impl{Pkey(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr))});
  if (!key.impl_->key) throw std::runtime_error("not a public key in PEM");
  return key;
}

ReleaseKey ReleaseKey::from_private_pem(const std::string& pem) {
  ReleaseKey key;
  const Bio bio = bio_of(pem);
  key.impl_ = std::make_shared<const Impl>(Impl{Pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr))});
  if (!key.impl_->key) throw std::runtime_error("not a private key in PEM");
  return key;
}

std::string ReleaseKey::public_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(bio.get(), impl_->key.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string ReleaseKey::sign(const std::string& text) const {
  const Context context(EVP_MD_CTX_new());
  std::string signature(80, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, impl_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
    throw std::runtime_error("OpenSSL did not sign");
  }
  signature.resize(size);
  return signature;
}

bool ReleaseKey::verify(ByteView text, ByteView signature) const {
  const Context context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, impl_->key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data, signature.size, text.data, text.size) == 1;
}

struct HostCrypto::Digest {
  Context context{EVP_MD_CTX_new()};
};

HostCrypto::HostCrypto(ReleaseKey key) : key_(std::move(key)) {}
HostCrypto::~HostCrypto() = default;

Sha256 HostCrypto::hmac_sha256(ByteView key, ByteView text) {
  Sha256 result{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data, static_cast<int>(key.size), text.data, text.size, result.data(), &size);
  return result;
}

// One context for as long as a digest is under way: a thousand simulated devices need few.
void HostCrypto::sha256_begin() {
  digest_ = std::make_unique<Digest>();
  EVP_DigestInit_ex(digest_->context.get(), EVP_sha256(), nullptr);
}

void HostCrypto::sha256_add(ByteView piece) { EVP_DigestUpdate(digest_->context.get(), piece.data, piece.size); }

Sha256 HostCrypto::sha256_end() {
  Sha256 result{};
  EVP_DigestFinal_ex(digest_->context.get(), result.data(), nullptr);
  digest_.reset();
  return result;
}

bool HostCrypto::verify_release(ByteView text, ByteView signature) { return key_.verify(text, signature); }

}  // namespace pitview::fw::testing
