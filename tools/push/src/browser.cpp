#include "browser.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include <memory>
#include <stdexcept>

#include "pitview/base/crypto.h"

namespace pitview::web_push {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHeaderBytes = kSaltBytes + 4 + 1;  // before the key's id
constexpr std::size_t kPointBytes = 65;
constexpr std::size_t kTagBytes = 16;
constexpr std::uint32_t kSmallestRecord = 18;  // RFC 8188 §2
constexpr char kLastRecord = 2;

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

void check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("OpenSSL: ") + what + " failed");
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Owned<EC_GROUP> new_group() { return {EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1), &EC_GROUP_free}; }

Owned<BIGNUM> number_of(std::string_view bytes) {
  return {BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr), &BN_clear_free};
}

std::string new_private_key() {
  const auto group = new_group();
  const Owned<BIGNUM> number(BN_new(), &BN_clear_free);
  do {
    check(BN_priv_rand_range(number.get(), EC_GROUP_get0_order(group.get())) == 1, "BN_priv_rand_range");
  } while (BN_is_zero(number.get()));
  std::string bytes(32, '\0');
  check(BN_bn2binpad(number.get(), bytes_of(bytes), 32) == 32, "BN_bn2binpad");
  return bytes;
}

// `number` times `point`, or times the generator where there is none. Empty: the point is not on the curve.
std::optional<std::string> times(std::string_view number, std::string_view point = {}) {
  const auto group = new_group();
  const auto factor = number_of(number);
  const Owned<EC_POINT> base(EC_POINT_new(group.get()), &EC_POINT_free);
  const Owned<EC_POINT> product(EC_POINT_new(group.get()), &EC_POINT_free);
  if (point.empty()) {
    check(EC_POINT_mul(group.get(), product.get(), factor.get(), nullptr, nullptr, nullptr) == 1, "EC_POINT_mul");
  } else {
    if (EC_POINT_oct2point(group.get(), base.get(), bytes_of(point), point.size(), nullptr) != 1) return std::nullopt;
    check(EC_POINT_mul(group.get(), product.get(), nullptr, base.get(), factor.get(), nullptr) == 1, "EC_POINT_mul");
  }
  std::string bytes(kPointBytes, '\0');
  if (EC_POINT_point2oct(group.get(), product.get(), POINT_CONVERSION_UNCOMPRESSED, bytes_of(bytes), bytes.size(),
                         nullptr) != kPointBytes)
    return std::nullopt;
  return bytes;
}

std::string hkdf(std::string_view salt, std::string_view material, std::string_view info, std::size_t size) {
  const Owned<EVP_KDF> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr), &EVP_KDF_free);
  const Owned<EVP_KDF_CTX> context(EVP_KDF_CTX_new(kdf.get()), &EVP_KDF_CTX_free);
  const auto octets = [](const char* name, std::string_view text) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(text.data()), text.size());
  };
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                               octets(OSSL_KDF_PARAM_SALT, salt), octets(OSSL_KDF_PARAM_KEY, material),
                               octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
  std::string out(size, '\0');
  check(EVP_KDF_derive(context.get(), bytes_of(out), out.size(), params) == 1, "HKDF");
  return out;
}

std::optional<std::string> open_record(std::string_view key, std::string_view nonce, std::string_view record) {
  const std::string_view body = record.substr(0, record.size() - kTagBytes);
  std::string tag(record.substr(body.size()));
  std::string plaintext(body.size(), '\0');
  const Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int size = 0;
  check(EVP_DecryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, bytes_of(key), bytes_of(nonce)) == 1 &&
            EVP_DecryptUpdate(context.get(), bytes_of(plaintext), &size, bytes_of(body),
                              static_cast<int>(body.size())) == 1 &&
            EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1,
        "AES-128-GCM");
  if (EVP_DecryptFinal_ex(context.get(), bytes_of(plaintext) + size, &size) != 1) return std::nullopt;
  const std::size_t delimiter = plaintext.find_last_not_of('\0');  // what follows it is padding
  if (delimiter == std::string::npos || plaintext[delimiter] != kLastRecord) return std::nullopt;
  plaintext.resize(delimiter);
  return plaintext;
}

}  // namespace

Browser::Browser() : Browser(new_private_key(), crypto::random_bytes(16)) {}

Browser::Browser(std::string private_key, std::string auth)
    : private_key_(std::move(private_key)), public_key_(times(private_key_).value_or("")), auth_(std::move(auth)) {}

std::string Browser::p256dh() const { return crypto::base64url_encode(public_key_); }

std::string Browser::auth() const { return crypto::base64url_encode(auth_); }

std::optional<std::string> Browser::open(std::string_view body) const {
  if (body.size() < kHeaderBytes + kPointBytes + kTagBytes + 1) return std::nullopt;
  const std::string_view salt = body.substr(0, kSaltBytes);
  std::uint32_t record_size = 0;
  for (const char c : body.substr(kSaltBytes, 4)) record_size = record_size << 8 | static_cast<unsigned char>(c);
  if (static_cast<unsigned char>(body[kHeaderBytes - 1]) != kPointBytes) return std::nullopt;
  const std::string_view sender = body.substr(kHeaderBytes, kPointBytes);
  const std::string_view record = body.substr(kHeaderBytes + kPointBytes);
  if (record_size < kSmallestRecord || record.size() > record_size) return std::nullopt;
  const auto product = sender.front() == '\x04' ? times(private_key_, sender) : std::nullopt;
  if (!product) return std::nullopt;
  const std::string material =
      hkdf(auth_, product->substr(1, 32), std::string("WebPush: info\0"sv).append(public_key_).append(sender), 32);
  return open_record(hkdf(salt, material, "Content-Encoding: aes128gcm\0"sv, 16),
                     hkdf(salt, material, "Content-Encoding: nonce\0"sv, 12), record);
}

}  // namespace pitview::web_push
