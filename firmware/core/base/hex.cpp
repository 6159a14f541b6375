#include "core/base/hex.h"

namespace pitview::fw {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

bool decode_hex(std::string_view text, MutableBytes into) {
  if (text.size() != 2 * into.size) return false;
  for (std::size_t i = 0; i < into.size; ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    into.data[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

void append_hex(TextWriter& out, ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size; ++i) out << kDigits[bytes.data[i] >> 4] << kDigits[bytes.data[i] & 15];
}

}  // namespace pitview::fw
