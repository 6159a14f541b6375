#include "auth/password.h"

#include <crypt.h>

#include <memory>
#include <stdexcept>

#include "pitview/base/crypto.h"

namespace pitview::auth {
namespace {

constexpr unsigned long kCost = 12;

// bcrypt reads at most 72 bytes and stops at NUL; what it would silently cut is
// digested first, so that no two long passwords are the same.
std::string input_of(std::string_view password) {
  if (password.size() <= 72 && password.find('\0') == std::string_view::npos) return std::string(password);
  return crypto::sha256_hex(password);
}

std::string compute(std::string_view password, const char* setting) {
  const auto data = std::make_unique<crypt_data>();
  const std::string input = input_of(password);
  const char* hash = ::crypt_r(input.c_str(), setting, data.get());
  return hash == nullptr || hash[0] == '*' ? std::string() : std::string(hash);
}

}  // namespace

std::string hash_password(std::string_view password) {
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  const std::string salt = crypto::random_bytes(16);
  if (::crypt_gensalt_rn("$2b$", kCost, salt.data(), static_cast<int>(salt.size()), setting, sizeof setting) == nullptr)
    throw std::runtime_error("libcrypt has no bcrypt");
  std::string hash = compute(password, setting);
  if (hash.empty()) throw std::runtime_error("bcrypt failed");
  return hash;
}

bool is_password_hash(std::string_view text) { return text.starts_with("$2b$"); }

bool verify_password(std::string_view password, const std::string& hash) {
  if (!is_password_hash(hash)) return false;
  const std::string computed = compute(password, hash.c_str());
  return !computed.empty() && crypto::equal_constant_time(computed, hash);
}

const std::string& unknown_user_hash() {
  static const std::string hash = hash_password(crypto::random_token());
  return hash;
}

std::string make_temporary_password() {
  static constexpr std::string_view kLower = "abcdefghijkmnpqrstuvwxyz";
  static constexpr std::string_view kUpper = "ABCDEFGHJKLMNPQRSTUVWXYZ";
  static constexpr std::string_view kDigits = "23456789";
  static constexpr std::string_view kSets[] = {kUpper, kLower,  kLower, kLower, kLower, kDigits, kLower,
                                               kLower, kDigits, kLower, kUpper, kLower, kDigits, kLower};
  std::string password;
  while (password.size() < std::size(kSets)) {
    const std::string_view set = kSets[password.size()];
    const auto byte = static_cast<unsigned char>(crypto::random_bytes(1)[0]);
    if (byte >= 256 / set.size() * set.size()) continue;  // keeps every character equally likely
    password.push_back(set[byte % set.size()]);
  }
  return password;
}

}  // namespace pitview::auth
