#include "pitview/messaging/sms_segments.h"

#include <gtest/gtest.h>

#include <string>

namespace pitview::messaging {
namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

void expect_size(std::string_view text, SmsEncoding encoding, std::size_t units, std::size_t segments) {
  const SmsSize size = sms_segments(text);
  EXPECT_EQ(size.encoding, encoding) << text;
  EXPECT_EQ(size.units, units) << text;
  EXPECT_EQ(size.segments, segments) << text;
}

TEST(SmsSegments, OneHoldsAHundredAndSixtyAndEachOfSeveralSevenFewer) {
  expect_size("", SmsEncoding::gsm7, 0, 0);
  expect_size("a", SmsEncoding::gsm7, 1, 1);
  expect_size(times(160, "a"), SmsEncoding::gsm7, 160, 1);
  expect_size(times(161, "a"), SmsEncoding::gsm7, 161, 2);
  expect_size(times(306, "a"), SmsEncoding::gsm7, 306, 2);
  expect_size(times(307, "a"), SmsEncoding::gsm7, 307, 3);
}

TEST(SmsSegments, TheWholeAlphabetOfGsmIsOneUnitEach) {
  const std::string alphabet =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
      "abcdefghijklmnopqrstuvwxyzäöñüà";
  expect_size(alphabet, SmsEncoding::gsm7, 127, 1);  // the 128th is the escape
}

TEST(SmsSegments, TheExtensionTableCountsTwice) {
  expect_size("\f^{}\\[~]|€", SmsEncoding::gsm7, 20, 1);
  expect_size(times(80, "€"), SmsEncoding::gsm7, 160, 1);
  expect_size(times(81, "€"), SmsEncoding::gsm7, 162, 2);
}

TEST(SmsSegments, AnEscapeStaysWithItsCharacter) {
  // 152 and a "€" do not fit into 153: it goes over as a whole.
  expect_size(times(152, "a") + "€" + times(151, "a"), SmsEncoding::gsm7, 305, 2);
  expect_size(times(152, "a") + "€" + times(152, "a"), SmsEncoding::gsm7, 306, 3);
}

TEST(SmsSegments, OneCharacterOutsideMakesAllOfItUcs2) {
  expect_size("`", SmsEncoding::ucs2, 1, 1);
  expect_size("ç", SmsEncoding::ucs2, 1, 1);  // the small one is not in it
  expect_size("\t", SmsEncoding::ucs2, 1, 1);
  expect_size(times(69, "a") + "₹", SmsEncoding::ucs2, 70, 1);
  expect_size(times(70, "a") + "₹", SmsEncoding::ucs2, 71, 2);
  expect_size("€ and ₹", SmsEncoding::ucs2, 7, 1);
}

TEST(SmsSegments, DevanagariCountsMarksToo) {
  expect_size("गाड़ी तैयार है", SmsEncoding::ucs2, 14, 1);
  expect_size(times(134, "क"), SmsEncoding::ucs2, 134, 2);
  expect_size(times(135, "क"), SmsEncoding::ucs2, 135, 3);
}

TEST(SmsSegments, ASurrogatePairIsNotSplit) {
  expect_size("🚗", SmsEncoding::ucs2, 2, 1);
  expect_size(times(35, "🚗"), SmsEncoding::ucs2, 70, 1);
  // 67 is odd: 33 pairs in a segment.
  expect_size(times(66, "🚗"), SmsEncoding::ucs2, 132, 2);
  expect_size(times(67, "🚗"), SmsEncoding::ucs2, 134, 3);
}

TEST(SmsSegments, WhatIsNoUtf8IsCountedAndNotRead) {
  expect_size("\xff\xfe", SmsEncoding::ucs2, 2, 1);
  expect_size("a\xe0\xa4", SmsEncoding::ucs2, 3, 1);         // cut in the middle
  expect_size("\xc0\xaf", SmsEncoding::ucs2, 2, 1);          // "/" in two bytes
  expect_size("\xed\xa0\x80", SmsEncoding::ucs2, 3, 1);      // half a pair
  expect_size("\xf4\x90\x80\x80", SmsEncoding::ucs2, 4, 1);  // beyond U+10FFFF
}

}  // namespace
}  // namespace pitview::messaging
