#include "vapid_check.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

#include "pitview/base/crypto.h"
#include "pitview/json/read.h"

namespace pitview::web_push {

// As they are on the wire; in a namespace with a name, because Boost.Describe cannot see into the other.
namespace vapid {

struct Header {
  std::string alg;
  std::optional<std::string> typ;
};
BOOST_DESCRIBE_STRUCT(Header, (), (alg, typ))

struct Claims {
  std::string aud;
  std::int64_t exp = 0;
  std::string sub;
};
BOOST_DESCRIBE_STRUCT(Claims, (), (aud, exp, sub))

}  // namespace vapid

namespace {

constexpr std::chrono::hours kLongest{24};
constexpr std::size_t kPointBytes = 65;
constexpr int kNumberBytes = 32;
constexpr std::string_view kScheme = "vapid ";
// SubjectPublicKeyInfo of a key of the curve (RFC 5480), up to its point.
constexpr std::string_view kSpki(
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00", 26);

// Of "vapid t=…, k=…", in any order.
std::string_view parameter_of(std::string_view authorization, std::string_view name) {
  std::string_view rest = authorization.substr(kScheme.size());
  while (!rest.empty()) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" ,"), rest.size()));
    const std::string_view one = rest.substr(0, rest.find(','));
    if (one.starts_with(name) && one.substr(name.size()).starts_with('=')) return one.substr(name.size() + 1);
    rest.remove_prefix(one.size());
  }
  return {};
}

template <class T>
Result<T> read_part(std::string_view base64url) {
  const auto text = crypto::base64url_decode(base64url);
  if (!text) return Error{Errc::malformed_json, "no base64url", {}, 0};
  return json::read<T>(*text);
}

bool is_signed(std::string_view text, const std::string& raw, const std::string& point) {
  const std::string spki = std::string(kSpki) + point;
  const auto* at = reinterpret_cast<const unsigned char*>(spki.data());
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())), &EVP_PKEY_free);
  if (!key) return false;
  const auto* numbers = reinterpret_cast<const unsigned char*>(raw.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(ECDSA_SIG_new(), &ECDSA_SIG_free);
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(numbers, kNumberBytes, nullptr),
                 BN_bin2bn(numbers + kNumberBytes, kNumberBytes, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const bool is_good = size > 0 &&
                       EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                       EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(size),
                                        reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  OPENSSL_free(der);
  return is_good;
}

std::string fault_of_claims(const vapid::Claims& claims, std::string_view origin, Timestamp now) {
  if (claims.aud != origin) return "audience";
  const Timestamp expires{std::chrono::seconds(claims.exp)};
  if (expires <= now) return "expired";
  if (expires > now + kLongest) return "too_long";
  return claims.sub.starts_with("mailto:") || claims.sub.starts_with("https://") ? "" : "subject";
}

}  // namespace

std::string fault_of_vapid(std::string_view authorization, std::string_view origin, std::string_view key,
                           Timestamp now) {
  if (!authorization.starts_with(kScheme)) return "missing";
  const std::string_view token = parameter_of(authorization, "t");
  const std::string_view said_key = parameter_of(authorization, "k");
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  const auto point = crypto::base64url_decode(said_key);
  if (first == std::string_view::npos || first == last || !point || point->size() != kPointBytes) return "malformed";
  const auto header = read_part<vapid::Header>(token.substr(0, first));
  const auto claims = read_part<vapid::Claims>(token.substr(first + 1, last - first - 1));
  const auto signature = crypto::base64url_decode(token.substr(last + 1));
  if (!header || !claims || !signature || signature->size() != std::size_t{2} * kNumberBytes) return "malformed";
  if (header->alg != "ES256") return "algorithm";
  if (!key.empty() && key != said_key) return "key";
  if (!is_signed(token.substr(0, last), *signature, *point)) return "signature";
  return fault_of_claims(*claims, origin, now);
}

}  // namespace pitview::web_push
