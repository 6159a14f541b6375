#include "pitview/web_push/encrypt.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "bytes.h"
#include "pitview/base/crypto.h"

namespace pitview::web_push {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr char kLastRecord = 2;  // the delimiter before padding, of which we have none (RFC 8188 §2)

void check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("OpenSSL: ") + what + " failed");
}

// HKDF with SHA-256 (RFC 5869), for at most the 32 bytes that one round gives.
std::string hkdf(std::string_view salt, std::string_view material, std::string_view info, std::size_t size) {
  const crypto::Sha256 key = crypto::hmac_sha256(salt, material);
  const crypto::Sha256 round = crypto::hmac_sha256(text_of(key), std::string(info) + '\x01');
  return std::string(text_of(round).substr(0, size));
}

// RFC 8291 §3.3 and §3.4: by both public keys, so that a message for one receiver is none for another.
std::string input_keying_material(const Receiver& receiver, const KeyPair& sender) {
  const SharedSecret secret = sender.shared_secret(receiver.key);
  const std::string info =
      std::string("WebPush: info\0"sv).append(text_of(receiver.key)).append(text_of(sender.public_key()));
  return hkdf(text_of(receiver.auth), text_of(secret), info, secret.size());
}

std::string aes128gcm(std::string_view key, std::string_view nonce, std::string_view plaintext) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  check(context != nullptr, "EVP_CIPHER_CTX_new");
  std::string out(plaintext.size() + kTagBytes, '\0');
  auto* const at = reinterpret_cast<std::uint8_t*>(out.data());
  int size = 0;
  check(EVP_EncryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, bytes_of(key), bytes_of(nonce)) == 1 &&
            EVP_EncryptUpdate(context.get(), at, &size, bytes_of(plaintext), static_cast<int>(plaintext.size())) == 1 &&
            EVP_EncryptFinal_ex(context.get(), at + size, &size) == 1 &&
            EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, at + plaintext.size()) == 1,
        "AES-128-GCM");
  return out;
}

// RFC 8188 §2.1: salt, record size, and as the key's id the sender's public key.
std::string header_of(const Salt& salt, const PublicKey& sender) {
  std::string header(text_of(salt));
  for (int shift = 24; shift >= 0; shift -= 8) header += static_cast<char>(kRecordSize >> shift & 0xFF);
  header += static_cast<char>(sender.size());
  return header.append(text_of(sender));
}

}  // namespace

Result<std::string> encrypt(const Receiver& receiver, std::string_view payload) {
  return encrypt(receiver, payload, array_of<std::tuple_size_v<Salt>>(crypto::random_bytes(std::tuple_size_v<Salt>)),
                 KeyPair::generate());
}

Result<std::string> encrypt(const Receiver& receiver, std::string_view payload, const Salt& salt,
                            const KeyPair& sender) {
  if (payload.size() > kMaxPayload)
    return Error{Errc::body_too_large, "A push message has at most " + std::to_string(kMaxPayload) + " bytes.", {}, 0};
  const std::string material = input_keying_material(receiver, sender);
  const std::string key = hkdf(text_of(salt), material, "Content-Encoding: aes128gcm\0"sv, kKeyBytes);
  const std::string nonce = hkdf(text_of(salt), material, "Content-Encoding: nonce\0"sv, kNonceBytes);
  return header_of(salt, sender.public_key()) + aes128gcm(key, nonce, std::string(payload) + kLastRecord);
}

}  // namespace pitview::web_push
