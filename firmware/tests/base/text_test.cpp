#include "core/base/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/crc32.h"
#include "core/base/hex.h"
#include "core/base/time_text.h"

namespace pitview::fw {
namespace {

std::string_view written(Text<64>& text, double value, int decimals) {
  text.clear();
  return text.decimal(value, decimals).view();
}

TEST(Text, writes_numbers) {
  Text<64> text;
  text.number(0) << ' ';
  text.number(UINT64_MAX) << ' ';
  text.signed_number(INT64_MIN) << ' ';
  text.signed_number(5);
  EXPECT_EQ(text.view(), "0 18446744073709551615 -9223372036854775808 5");
}

TEST(Text, writes_decimals_rounded) {
  Text<64> text;
  EXPECT_EQ(written(text, 24.499, 2), "24.50");
  EXPECT_EQ(written(text, -0.004, 2), "0.00");
  EXPECT_EQ(written(text, -0.005, 2), "-0.01");
  EXPECT_EQ(written(text, -12.3, 2), "-12.30");
  EXPECT_EQ(written(text, 1013.25, 2), "1013.25");
  EXPECT_EQ(written(text, 99'999.6, 0), "100000");
  EXPECT_EQ(written(text, 0.0625, 3), "0.063");
}

TEST(Text, a_number_that_is_none_is_null) {
  Text<64> text;
  EXPECT_EQ(written(text, std::nan(""), 2), "null");
  EXPECT_EQ(written(text, std::numeric_limits<double>::infinity(), 2), "null");
  EXPECT_EQ(written(text, 1e12, 2), "null");
}

TEST(Text, escapes_json_strings) {
  Text<64> text;
  text.json_string("a\"b\\c\n\x1f");
  EXPECT_EQ(text.view(), R"("a\"b\\c\u000a\u001f")");
}

TEST(Text, what_does_not_fit_is_cut_off_and_said) {
  Text<4> text;
  text << "abcd";
  EXPECT_FALSE(text.overflowed());
  text << "e";
  EXPECT_TRUE(text.overflowed());
  EXPECT_EQ(text.view(), "abcd");
  text.clear();
  EXPECT_FALSE(text.overflowed());
}

TEST(FixedString, refuses_what_is_too_long) {
  FixedString<3> string;
  EXPECT_TRUE(string.assign("abc"));
  EXPECT_FALSE(string.assign("abcd"));
  EXPECT_EQ(string.view(), "abc");
  string.clear();
  EXPECT_TRUE(string.empty());
}

TEST(Hex, both_ways) {
  std::uint8_t bytes[3];
  ASSERT_TRUE(decode_hex("00ff1a", bytes));
  Text<8> text;
  append_hex(text, bytes);
  EXPECT_EQ(text.view(), "00ff1a");
}

TEST(Hex, refuses_other_lengths_and_digits) {
  std::uint8_t bytes[2];
  EXPECT_FALSE(decode_hex("00f", bytes));
  EXPECT_FALSE(decode_hex("00ff1", bytes));
  EXPECT_FALSE(decode_hex("00FF", bytes));
  EXPECT_FALSE(decode_hex("g0ff", bytes));
  EXPECT_FALSE(decode_hex("0g00", bytes));
}

TEST(Crc32, of_the_check_value_in_one_piece_and_in_two) {
  EXPECT_EQ(crc32(ByteView(std::string_view("123456789"))), 0xCBF43926U);
  EXPECT_EQ(crc32(ByteView(std::string_view("6789")), crc32(ByteView(std::string_view("12345")))), 0xCBF43926U);
}

TEST(TimeText, known_moments) {
  const auto as_text = [](std::uint32_t unix_s) {
    Text<24> text;
    append_time(text, unix_s);
    return std::string(text.view());
  };
  EXPECT_EQ(as_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(as_text(1'771'626'600), "2026-02-20T22:30:00Z");
  EXPECT_EQ(as_text(1'709'164'799), "2024-02-28T23:59:59Z");
  EXPECT_EQ(as_text(1'709'164'800), "2024-02-29T00:00:00Z");
  EXPECT_EQ(as_text(UINT32_MAX), "2106-02-07T06:28:15Z");
}

TEST(TimeText, reads_what_it_writes) {
  for (std::uint64_t t = 0; t < parse_time("2105-12-31T23:59:59Z"); t += 999'983) {
    Text<24> text;
    append_time(text, static_cast<std::uint32_t>(t));
    EXPECT_EQ(parse_time(text.view()), t);
  }
}

TEST(TimeText, refuses_every_other_form) {
  for (const char* text : {"",
                           "2026-02-20T22:30:00",
                           "2026-02-20T22:30:00.5Z",
                           "2026-02-20t22:30:00Z",
                           "2026-02-20T22:30:00+00:00",
                           "2026-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:60Z",
                           "1969-12-31T23:59:59Z",
                           "2106-01-01T00:00:00Z",
                           "20x6-01-01T00:00:00Z",
                           "2026-0x-01T00:00:00Z",
                           "2026-01-0xT00:00:00Z",
                           "2026-01-01T0x:00:00Z",
                           "2026-01-01T00:0x:00Z",
                           "2026-01-01T00:00:0xZ",
                           "2026/01-01T00:00:00Z",
                           "2026-01/01T00:00:00Z",
                           "2026-01-01T00.00:00Z",
                           "2026-01-01T00:00.00Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

}  // namespace
}  // namespace pitview::fw
