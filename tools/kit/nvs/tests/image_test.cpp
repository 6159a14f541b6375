#include "pitview/nvs/image.h"

#include <gtest/gtest.h>

#include "nvs_reader.h"

namespace pitview::nvs {
namespace {

using testing::Reader;
using testing::Values;

constexpr std::size_t kFactoryPartition = std::size_t{24} * 1024;

std::string little_endian(std::uint32_t value, std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

// esp_rom_crc32_le(0xffffffff, …) bit by bit from the definition of the polynomial
// x^32+x^26+x^23+x^22+x^16+x^12+x^11+x^10+x^8+x^7+x^5+x^4+x^2+x+1, written for this
// test only: the register starts as ~seed = 0, bytes enter lowest bit first, the
// result is inverted.
std::uint32_t crc_by_division(std::string_view bytes) {
  std::uint32_t remainder = 0;  // highest power in bit 31
  for (const char byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      const std::uint32_t incoming = static_cast<std::uint8_t>(byte) >> bit & 1;
      const bool divide = (remainder >> 31 ^ incoming) != 0;
      remainder = remainder << 1 ^ (divide ? 0x04C11DB7U : 0U);
    }
  }
  std::uint32_t reflected = 0;
  for (int bit = 0; bit < 32; ++bit) reflected |= (remainder >> bit & 1) << (31 - bit);
  return ~reflected;
}

std::string problem_of(const Result<std::string>& image) { return image ? "" : image.error().detail; }

std::string image_of(std::vector<StringValue> values, std::size_t size = kFactoryPartition) {
  auto image = make_image("pitview", values, size);
  EXPECT_TRUE(image) << problem_of(image);
  return image ? *image : std::string();
}

TEST(NvsImage, TheTwoIndependentCrcsOfThisTestAgree) {
  for (const std::string_view text : {"", "a", "123456789", "ESP32-A4CF12B3D4E5"})
    EXPECT_EQ(crc_by_division(text), testing::rom_crc(text)) << text;
}

// One page with one namespace and one string, derived field by field.
TEST(NvsImage, EqualsTheImageDerivedByHandFromTheDescription) {
  const std::string free_bytes_of_header(19, '\xff');

  // Structure of a Page: sequence number 0, version 2 = 0xff - 1, 19 unused bytes; CRC over these 24.
  const std::string numbered = little_endian(0, 4) + "\xfe" + free_bytes_of_header;
  ASSERT_EQ(numbered.size(), 24U);
  // State: uninitialised is 32 ones, "active" clears the lowest bit.
  const std::string header = "\xfe\xff\xff\xff" + numbered + little_endian(crc_by_division(numbered), 4);

  // Entry and Entry State Bitmap: three entries are written (10), the other 123 and the
  // last four bits are 1. From the lowest bits on: 10 10 10 11 → 0b11101010.
  const std::string bitmap = "\xea" + std::string(31, '\xff');

  // Namespaces: "pitview" is a key in namespace 0, type u8 (0x01), span 1, chunk index
  // 0xff; its value is index 1, filled up with 0xff.
  const std::string name_head = std::string("\x00\x01\x01\xff", 4);
  const std::string name_tail = std::string("pitview") + std::string(9, '\0') + "\x01" + std::string(7, '\xff');
  const std::string name_entry = name_head + little_endian(crc_by_division(name_head + name_tail), 4) + name_tail;

  // Structure of Entry: namespace 1, string (0x21), span 1 + 1, chunk index 0xff; data:
  // size 2 with the NUL, two reserved bytes, CRC of "E\0".
  const std::string value("E\0", 2);
  const std::string head = "\x01\x21\x02\xff";
  const std::string tail = std::string("hw_rev") + std::string(10, '\0') + little_endian(2, 2) + "\xff\xff" +
                           little_endian(crc_by_division(value), 4);
  const std::string entry = head + little_endian(crc_by_division(head + tail), 4) + tail;
  const std::string data = value + std::string(30, '\xff');
  ASSERT_EQ(name_entry.size(), 32U);
  ASSERT_EQ(entry.size(), 32U);

  std::string expected = header + bitmap + name_entry + entry + data;
  expected.resize(kFactoryPartition, '\xff');
  EXPECT_TRUE(image_of({{"hw_rev", "E"}}) == expected);
}

// CRCs written down once as numbers, computed with Python:
//   zlib.crc32(bytes([0,0,0,0,0xfe]) + b"\xff" * 19, 0xffffffff)
TEST(NvsImage, HasTheCrcsThatAnotherProgramComputed) {
  const std::string image = image_of({{"hw_rev", "E"}});
  EXPECT_EQ(testing::number(image, 28, 4), 0xB9BA2D84U);
  EXPECT_EQ(testing::number(image, 64 + 4, 4), 0x3C87AC6EU);
  EXPECT_EQ(testing::number(image, 96 + 28, 4), 0x72F144BFU);
  EXPECT_EQ(testing::number(image, 96 + 4, 4), 0x20FECBE2U);
}

TEST(NvsImage, EveryValueIsFoundByAReaderThatSharesNoCode) {
  std::vector<StringValue> values;
  Values expected;
  // Lengths around the edges of an entry (31 characters and the NUL fill 32 bytes).
  for (const std::size_t length : {0, 1, 30, 31, 32, 33, 63, 64, 95, 300}) {
    const std::string key = "key_" + std::to_string(length);
    values.push_back({key, std::string(length, static_cast<char>('a' + length % 26))});
    expected[{"pitview", key}] = values.back().value;
  }
  values.push_back({"fifteen_letters", "ग्राहक \xff"});
  expected[{"pitview", "fifteen_letters"}] = values.back().value;
  EXPECT_EQ(Reader(image_of(values)).values(), expected);
}

TEST(NvsImage, AStringThatDoesNotFitThePageGoesToTheNextOne) {
  // Namespace 1 + string of 4000 bytes 126: the first page keeps its other 125 entries free.
  const std::string longest(kMaxStringBytes - 1, 'x');
  const std::string image = image_of({{"a", longest}, {"b", "small"}, {"c", longest}});
  const Reader reader(image);
  EXPECT_EQ(reader.pages(), 4U);
  EXPECT_EQ(reader.values(),
            (Values{{{"pitview", "a"}, longest}, {{"pitview", "b"}, "small"}, {{"pitview", "c"}, longest}}));
  EXPECT_EQ(testing::number(image, 0, 4), 0xfffffffcU) << "full";
  EXPECT_EQ(testing::number(image, 3 * kPageBytes, 4), 0xfffffffeU) << "active";
  EXPECT_EQ(testing::number(image, 3 * kPageBytes + 4, 4), 3U) << "sequence number";
}

TEST(NvsImage, AStringMayFillAPageToItsLastEntry) {
  // 125 entries are left after the namespace: 1 + 124 × 32 bytes with the NUL.
  const std::string exact(124 * 32 - 1, 'x');
  EXPECT_EQ(Reader(image_of({{"a", exact}})).pages(), 1U);
  EXPECT_EQ(Reader(image_of({{"a", exact + "x"}})).pages(), 2U);
}

TEST(NvsImage, AFullPartitionIsAnErrorThatNamesTheValue) {
  const std::string longest(kMaxStringBytes - 1, 'x');
  // Three pages: the namespace's, one for a string, one that stays empty.
  EXPECT_EQ(Reader(image_of({{"a", longest}}, 3 * kPageBytes)).pages(), 2U);
  EXPECT_EQ(problem_of(make_image("pitview", std::vector<StringValue>{{"a", longest}, {"b", longest}}, 3 * kPageBytes)),
            "b does not fit: the NVS partition of 12288 bytes is full");
}

TEST(NvsImage, ThePageBehindTheDataStaysEmptyForTheDeviceToTidyUp) {
  const std::string longest(kMaxStringBytes - 1, 'x');
  const std::string image = image_of({{"a", longest}}, 3 * kPageBytes);
  EXPECT_EQ(image.substr(2 * kPageBytes), std::string(kPageBytes, '\xff'));
}

TEST(NvsImage, RefusesWhatNvsCannotKeep) {
  const auto refused = [](StringValue value) {
    return problem_of(make_image("pitview", std::vector<StringValue>{std::move(value)}, kFactoryPartition));
  };
  EXPECT_EQ(refused({"k", std::string(kMaxStringBytes, 'x')}), "k has 4000 bytes: NVS takes 3999");
  EXPECT_EQ(refused({"k", std::string("a\0b", 3)}), "k contains NUL");
  EXPECT_EQ(refused({"sixteen_letters_", "v"}), "sixteen_letters_ is no NVS key: 1 to 15 printable ASCII characters");
  EXPECT_EQ(refused({"", "v"}), "is no NVS key: 1 to 15 printable ASCII characters");
  EXPECT_EQ(refused({"ä", "v"}), "ä is no NVS key: 1 to 15 printable ASCII characters");
  EXPECT_EQ(problem_of(make_image("pitview", std::vector<StringValue>{{"k", "1"}, {"k", "2"}}, kFactoryPartition)),
            "k is given twice");
  EXPECT_EQ(problem_of(make_image("", {}, kFactoryPartition)),
            "is no NVS namespace: 1 to 15 printable ASCII characters");
}

TEST(NvsImage, RefusesASizeThatIsNoPartition) {
  for (const std::size_t size : {std::size_t{0}, 2 * kPageBytes, 3 * kPageBytes + 1})
    EXPECT_EQ(problem_of(make_image("pitview", {}, size)),
              "an NVS partition has at least 3 pages of 4096 bytes, not " + std::to_string(size) + " bytes");
}

}  // namespace
}  // namespace pitview::nvs
