// As how many SMS a text is sent, and charged. One character outside of GSM 03.38 makes all of it UCS-2, which holds
// fewer than half: one emoji can double the price.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pitview::messaging {

enum class SmsEncoding : std::uint8_t { gsm7, ucs2 };

struct SmsSize {
  SmsEncoding encoding = SmsEncoding::gsm7;
  std::size_t units = 0;     // septets (of the extension table two each), or UTF-16 code units
  std::size_t segments = 0;  // 0 for no text
};

// 160 units in one SMS and 153 in each of several, or 70 and 67; what is of two units stays in one segment. Bytes that
// are no UTF-8 count as U+FFFD.
SmsSize sms_segments(std::string_view utf8);

}  // namespace pitview::messaging
