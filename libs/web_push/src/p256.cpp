#include "pitview/web_push/p256.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <stdexcept>

#include "bytes.h"

namespace pitview::web_push {
namespace {

constexpr std::size_t kNumberBytes = 32;
constexpr std::size_t kMaxDer = 72;  // bytes of a signature
constexpr const char* kCurve = "prime256v1";

void check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("OpenSSL: ") + what + " failed");
}

using Key = std::shared_ptr<EVP_PKEY>;
template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

template <class T>
Owned<T> own(T* made, void (*free)(T*)) {
  check(made != nullptr, "an allocation");
  return {made, free};
}

Owned<EC_GROUP> new_group() { return own(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1), &EC_GROUP_free); }

// A key of its public point, and of its number where there is one.
Key key_of(const PublicKey& point, const BIGNUM* number) {
  const auto builder = own(OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
  check(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kCurve, 0) == 1, "a group name");
  check(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1,
        "a public key");
  if (number != nullptr)
    check(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number) == 1, "a private key");
  const auto params = own(OSSL_PARAM_BLD_to_param(builder.get()), &OSSL_PARAM_free);
  const auto context = own(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), &EVP_PKEY_CTX_free);
  EVP_PKEY* made = nullptr;
  const int selection = number == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  check(EVP_PKEY_fromdata_init(context.get()) == 1 &&
            EVP_PKEY_fromdata(context.get(), &made, selection, params.get()) == 1,
        "EVP_PKEY_fromdata");
  return {made, &EVP_PKEY_free};
}

}  // namespace

std::optional<PublicKey> read_public_key(std::string_view bytes) {
  PublicKey key{};
  if (bytes.size() != key.size() || bytes.front() != POINT_CONVERSION_UNCOMPRESSED) return std::nullopt;
  const auto group = new_group();
  const auto point = own(EC_POINT_new(group.get()), &EC_POINT_free);
  // Of an uncompressed point it holds that it is on the curve, whose cofactor is 1: nothing else is left to check.
  if (EC_POINT_oct2point(group.get(), point.get(), bytes_of(bytes), bytes.size(), nullptr) != 1) return std::nullopt;
  return array_of<std::tuple_size_v<PublicKey>>(bytes);
}

KeyPair::KeyPair(Key key) : key_(std::move(key)) {
  std::size_t size = 0;
  check(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, public_key_.data(), public_key_.size(),
                                        &size) == 1 &&
            size == public_key_.size(),
        "reading a public key");
}

KeyPair KeyPair::generate() {
  Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  check(key != nullptr, "EVP_EC_gen");
  return KeyPair(std::move(key));
}

std::optional<KeyPair> KeyPair::from_private(std::string_view bytes) {
  if (bytes.size() != kNumberBytes) return std::nullopt;
  const auto group = new_group();
  const auto number = own(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr), &BN_clear_free);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) return std::nullopt;
  const auto point = own(EC_POINT_new(group.get()), &EC_POINT_free);
  check(EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1, "EC_POINT_mul");
  PublicKey key{};
  check(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, key.data(), key.size(), nullptr) ==
            key.size(),
        "EC_POINT_point2oct");
  return KeyPair(key_of(key, number.get()));
}

PrivateKey KeyPair::private_key() const {
  BIGNUM* read = nullptr;
  check(EVP_PKEY_get_bn_param(key_.get(), OSSL_PKEY_PARAM_PRIV_KEY, &read) == 1, "reading a private key");
  const auto number = own(read, &BN_clear_free);
  PrivateKey key{};
  check(BN_bn2binpad(number.get(), key.data(), static_cast<int>(key.size())) == static_cast<int>(key.size()),
        "BN_bn2binpad");
  return key;
}

SharedSecret KeyPair::shared_secret(const PublicKey& other) const {
  const Key peer = key_of(other, nullptr);
  const auto context = own(EVP_PKEY_CTX_new(key_.get(), nullptr), &EVP_PKEY_CTX_free);
  SharedSecret secret{};
  std::size_t size = secret.size();
  check(EVP_PKEY_derive_init(context.get()) == 1 && EVP_PKEY_derive_set_peer(context.get(), peer.get()) == 1 &&
            EVP_PKEY_derive(context.get(), secret.data(), &size) == 1 && size == secret.size(),
        "ECDH");
  return secret;
}

std::string KeyPair::sign(std::string_view text) const {
  const auto context = own(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<std::uint8_t, kMaxDer> der{};
  std::size_t size = der.size();
  check(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
            EVP_DigestSign(context.get(), der.data(), &size, bytes_of(text), text.size()) == 1,
        "EVP_DigestSign");
  const std::uint8_t* at = der.data();
  const auto signature = own(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), &ECDSA_SIG_free);
  std::array<std::uint8_t, 2 * kNumberBytes> raw{};
  check(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), kNumberBytes) == kNumberBytes &&
            BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + kNumberBytes, kNumberBytes) == kNumberBytes,
        "BN_bn2binpad");
  return std::string(text_of(raw));
}

}  // namespace pitview::web_push
