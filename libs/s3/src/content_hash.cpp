#include "content_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "pitview/base/crypto.h"

namespace pitview::s3 {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;

void check(int done) {
  if (done != 1) throw std::runtime_error("OpenSSL: SHA-256 failed");
}

}  // namespace

std::string hash_of_nothing() { return crypto::sha256_hex({}); }

std::optional<std::string> hash_of(const Content& content) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  check(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr));
  for (std::uint64_t at = 0; at < content.size;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, content.size - at));
    const std::string bytes = content.read(at, size);
    if (bytes.size() != size) return std::nullopt;
    check(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()));
    at += size;
  }
  crypto::Sha256 digest{};
  check(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr));
  return crypto::to_hex(digest);
}

}  // namespace pitview::s3
