#include "auth/password_policy.h"

#include <algorithm>
#include <unordered_set>

namespace pitview::auth {
namespace {

constexpr std::size_t kMinCharacters = 8;
constexpr std::size_t kMaxSuffix = 4;

// The 10,000 passwords most often found in leaks, by the frequency list of zxcvbn
// 4.4.2 (MIT licence), without what the other rules refuse anyway: words of four
// letters and more, and words of eight characters and more with digits, in lower
// case, sorted.
constexpr std::string_view kCommon =
#include "auth/common_passwords.inc"
    ;

std::unordered_set<std::string_view> common_words() {
  std::unordered_set<std::string_view> words;
  for (std::string_view rest = kCommon; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (end != 0) words.insert(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return words;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

bool has(std::string_view text, char first, char last) {
  return std::any_of(text.begin(), text.end(), [=](char c) { return c >= first && c <= last; });
}

// Code points of UTF-8.
std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

bool is_common_password(std::string_view password) {
  static const std::unordered_set<std::string_view> common = common_words();
  const std::string text = lower(password);
  if (common.contains(text)) return true;
  std::string_view word = text;
  for (std::size_t cut = 0; cut < kMaxSuffix && !word.empty() && !has(word.substr(word.size() - 1), 'a', 'z'); ++cut) {
    word.remove_suffix(1);
    if (common.contains(word)) return true;
  }
  return false;
}

std::optional<std::string> password_fault(std::string_view password, std::string_view username) {
  if (characters_of(password) < kMinCharacters) return "must have at least 8 characters";
  if (password.size() > kMaxPasswordBytes) return "must have at most 72 bytes";
  if (!has(password, 'A', 'Z')) return "must have a capital letter";
  if (!has(password, '0', '9')) return "must have a digit";
  if (lower(password) == lower(username)) return "must not be the username";
  if (is_common_password(password)) return "is one that many people use; choose another";
  return std::nullopt;
}

}  // namespace pitview::auth
