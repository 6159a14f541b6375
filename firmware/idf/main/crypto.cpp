#include "crypto.h"

#include "esp_err.h"
#include "mbedtls/md.h"

// keys/release_public.pem with a final NUL (EMBED_TXTFILES).
extern const unsigned char kReleaseKeyBegin[] asm("_binary_release_public_pem_start");
extern const unsigned char kReleaseKeyEnd[] asm("_binary_release_public_pem_end");

namespace pitview::fw::idf {
namespace {

// Hashing in memory has no reason to fail, and a wrong hash must not look like one.
void must(int mbedtls_result) { ESP_ERROR_CHECK(mbedtls_result == 0 ? ESP_OK : ESP_FAIL); }

}  // namespace

Crypto::Crypto() {
  mbedtls_sha256_init(&digest_);
  mbedtls_pk_init(&release_key_);
  const auto size = static_cast<std::size_t>(kReleaseKeyEnd - kReleaseKeyBegin);
  has_release_key_ = mbedtls_pk_parse_public_key(&release_key_, kReleaseKeyBegin, size) == 0 &&
                     mbedtls_pk_can_do(&release_key_, MBEDTLS_PK_ECDSA) == 1;
}

Crypto::~Crypto() {
  mbedtls_pk_free(&release_key_);
  mbedtls_sha256_free(&digest_);
}

Sha256 Crypto::hmac_sha256(ByteView key, ByteView text) {
  Sha256 result{};
  must(mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key.data, key.size, text.data, text.size,
                       result.data()));
  return result;
}

void Crypto::sha256_begin() { must(mbedtls_sha256_starts(&digest_, 0)); }

void Crypto::sha256_add(ByteView piece) { must(mbedtls_sha256_update(&digest_, piece.data, piece.size)); }

Sha256 Crypto::sha256_end() {
  Sha256 result{};
  must(mbedtls_sha256_finish(&digest_, result.data()));
  return result;
}

bool Crypto::verify_release(ByteView text, ByteView signature) {
  if (!has_release_key_) return false;
  Sha256 hash{};
  must(mbedtls_sha256(text.data, text.size, hash.data(), 0));
  return mbedtls_pk_verify(&release_key_, MBEDTLS_MD_SHA256, hash.data(), hash.size(), signature.data,
                           signature.size) == 0;
}

}  // namespace pitview::fw::idf
