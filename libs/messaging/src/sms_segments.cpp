#include "pitview/messaging/sms_segments.h"

#include <vector>

#include "utf8.h"

namespace pitview::messaging {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// GSM 03.38 §6.2.1 without ASCII, of which all but "`" and what is in the extension table (§6.2.1.1) is there.
constexpr std::u32string_view kBeyondAscii = U"£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
constexpr std::u32string_view kExtension = U"\f^{}\\[~]|€";

// Septets; 0: not in the alphabet.
std::size_t septets_of(char32_t code) {
  if (kExtension.find(code) != std::u32string_view::npos) return 2;
  if (code == U'\n' || code == U'\r' || (code >= U' ' && code < 0x7F && code != U'`')) return 1;
  return kBeyondAscii.find(code) != std::u32string_view::npos ? 1 : 0;
}

std::size_t segments_of(const std::vector<std::size_t>& units, std::size_t total, std::size_t alone,
                        std::size_t of_several) {
  if (total <= alone) return total == 0 ? 0 : 1;
  std::size_t segments = 1;
  std::size_t used = 0;
  for (const std::size_t size : units) {
    if (used + size > of_several) {
      ++segments;
      used = 0;
    }
    used += size;
  }
  return segments;
}

}  // namespace

SmsSize sms_segments(std::string_view utf8) {
  std::vector<std::size_t> septets;
  std::vector<std::size_t> utf16;
  SmsSize size;
  std::size_t septets_in_all = 0;
  std::size_t utf16_in_all = 0;
  while (!utf8.empty()) {
    const char32_t code = next_code_point(utf8).value_or(kReplacement);
    septets.push_back(septets_of(code));
    utf16.push_back(code > 0xFFFF ? 2 : 1);
    septets_in_all += septets.back();
    utf16_in_all += utf16.back();
    if (septets.back() == 0) size.encoding = SmsEncoding::ucs2;
  }
  const bool is_gsm = size.encoding == SmsEncoding::gsm7;
  size.units = is_gsm ? septets_in_all : utf16_in_all;
  size.segments = is_gsm ? segments_of(septets, septets_in_all, 160, 153) : segments_of(utf16, utf16_in_all, 70, 67);
  return size;
}

}  // namespace pitview::messaging
