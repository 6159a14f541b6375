#include "auth/recovery_codes.h"

#include "auth/totp.h"
#include "pitview/base/crypto.h"

namespace pitview::auth {
namespace {

constexpr std::size_t kBytes = 10;
constexpr std::size_t kCharacters = 16;
constexpr std::size_t kGroup = 4;

}  // namespace

std::vector<std::string> make_recovery_codes() {
  std::vector<std::string> codes;
  while (codes.size() < kRecoveryCodes) {
    std::string code = base32(crypto::random_bytes(kBytes));
    for (std::size_t at = kCharacters - kGroup; at > 0; at -= kGroup) code.insert(at, 1, '-');
    codes.push_back(std::move(code));
  }
  return codes;
}

std::optional<std::string> normal_recovery_code(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (!(upper >= 'A' && upper <= 'Z') && !(upper >= '2' && upper <= '7')) return std::nullopt;
    code.push_back(upper);
  }
  if (code.size() != kCharacters) return std::nullopt;
  return code;
}

}  // namespace pitview::auth
