#include "auth/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "pitview/base/crypto.h"
#include "pitview/http/message.h"

namespace pitview::auth {
namespace {

constexpr std::string_view kIssuer = "PitView";

using Sha1 = std::array<std::uint8_t, 20>;

Sha1 hmac_sha1(std::string_view key, std::string_view data) {
  Sha1 digest;
  unsigned size = 0;
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(data.data()),
           data.size(), digest.data(), &size) == nullptr)
    throw std::runtime_error("OpenSSL: HMAC-SHA-1 failed");
  return digest;
}

}  // namespace

std::int64_t totp_step(Timestamp now) {
  return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch() / kTotpStep;
}

std::string hotp(std::string_view secret, std::int64_t counter, int digits) {
  std::string message(8, '\0');
  auto rest = static_cast<std::uint64_t>(counter);
  for (std::size_t i = message.size(); i-- > 0; rest >>= 8) message[i] = static_cast<char>(rest & 0xFFU);
  const Sha1 mac = hmac_sha1(secret, message);
  const std::size_t at = mac.back() & 0x0FU;
  std::uint32_t number = static_cast<std::uint32_t>(mac[at] & 0x7FU) << 24U |
                         static_cast<std::uint32_t>(mac[at + 1]) << 16U |
                         static_cast<std::uint32_t>(mac[at + 2]) << 8U | static_cast<std::uint32_t>(mac[at + 3]);
  std::string code(static_cast<std::size_t>(digits), '0');
  for (std::size_t i = code.size(); i-- > 0; number /= 10) code[i] = static_cast<char>('0' + number % 10);
  return code;
}

std::optional<std::int64_t> matching_step(std::string_view secret, std::string_view code, Timestamp now,
                                          std::int64_t last_used) {
  std::string digits(code);  // "123 456", as it is shown
  std::erase(digits, ' ');
  std::optional<std::int64_t> found;
  const std::int64_t present = totp_step(now);
  for (std::int64_t step = present - 1; step <= present + 1; ++step)
    if (crypto::equal_constant_time(hotp(secret, step), digits) && step > last_used && !found) found = step;
  return found;
}

std::string base32(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8U | static_cast<std::uint8_t>(c)) & 0xFFFFU;
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kAlphabet[buffer >> (bits - 5) & 31U]);
  }
  if (bits > 0) text.push_back(kAlphabet[buffer << (5 - bits) & 31U]);
  return text;
}

std::string otpauth_uri(std::string_view username, std::string_view secret) {
  std::string uri = "otpauth://totp/";
  uri.append(kIssuer).append(":").append(http::percent_encode(username)).append("?secret=").append(base32(secret));
  uri.append("&issuer=").append(kIssuer).append("&algorithm=SHA1&digits=").append(std::to_string(kTotpDigits));
  return uri.append("&period=").append(std::to_string(kTotpStep.count()));
}

}  // namespace pitview::auth
