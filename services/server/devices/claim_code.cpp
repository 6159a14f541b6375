#include "devices/claim_code.h"

namespace pitview::devices {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

char as_made(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  return c;
}

}  // namespace

std::string make_claim_code(std::string_view random) {
  std::string code;
  for (std::size_t i = 0; i < kClaimSymbols; ++i)
    code.push_back(kAlphabet[static_cast<unsigned char>(random.at(i)) % 32]);
  return code;
}

std::string shown_claim_code(std::string_view code) {
  std::string shown;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i == 4 || i == 8) shown.push_back('-');
    shown.push_back(code[i]);
  }
  return shown;
}

std::optional<std::string> read_claim_code(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    const char symbol = as_made(c);
    if (kAlphabet.find(symbol) == std::string_view::npos || code.size() == kClaimSymbols) return std::nullopt;
    code.push_back(symbol);
  }
  if (code.size() != kClaimSymbols) return std::nullopt;
  return code;
}

crypto::Sha256 claim_code_hash(std::string_view code) { return crypto::sha256(code); }

}  // namespace pitview::devices
