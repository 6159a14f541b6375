#include "pitview/images/clean.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace pitview::images {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string operator""_b(const char* text, std::size_t size) { return {text, size}; }

std::string segment(char marker, const std::string& content) {
  const std::size_t length = content.size() + 2;
  return std::string{'\xFF', marker, static_cast<char>(length >> 8), static_cast<char>(length)} + content;
}

std::string big_endian(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
          static_cast<char>(number)};
}
std::string little_endian(std::uint32_t number) {
  const std::string reversed = big_endian(number);
  return {reversed.rbegin(), reversed.rend()};
}

// Exif with an orientation and a pointer to a GPS directory, in either byte order.
std::string exif(int orientation, bool big = true) {
  const std::string o(1, static_cast<char>(orientation));
  if (big)
    return "Exif\0\0MM\0*\0\0\0\x08\0\x02"_b + "\x01\x12\0\x03\0\0\0\x01\0"_b + o + "\0\0"_b +
           "\x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0"_b + "GPS 28.4595N 77.0266E";
  return "Exif\0\0II*\0\x08\0\0\0\x02\0"_b + "\x12\x01\x03\0\x01\0\0\0"_b + o + "\0\0\0"_b +
         "\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0"_b + "GPS 28.4595N 77.0266E";
}

std::string frame(int width, int height, char marker = '\xC0') {
  const std::string size{'\x08', static_cast<char>(height >> 8), static_cast<char>(height),
                         static_cast<char>(width >> 8), static_cast<char>(width)};
  return segment(marker, size + "\x01\x01\x11\0"_b);
}

const std::string kQuant = segment('\xDB', "\0"_b + std::string(64, 1));
const std::string kScan = segment('\xDA', "\x01\x01\0\0\x3F\0"_b) + "\x12\xFF\x00\x34\xFF\xD0\x56"_b;
const std::string kEnd = "\xFF\xD9";

std::string jpeg(const std::string& before, int width = 640, int height = 480) {
  return "\xFF\xD8" + before + kQuant + frame(width, height) + kScan + kEnd;
}

std::string chunk(const std::string& type, const std::string& data) {
  return big_endian(static_cast<std::uint32_t>(data.size())) + type + data + "CRC!";
}
std::string png(const std::string& before_data, std::uint32_t width = 640, std::uint32_t height = 480) {
  return "\x89PNG\r\n\x1A\n" + chunk("IHDR", big_endian(width) + big_endian(height) + "\x08\x02\0\0\0"_b) +
         before_data + chunk("IDAT", "pixels") + chunk("IEND", "");
}

std::string riff_chunk(const std::string& type, const std::string& data) {
  return type + little_endian(static_cast<std::uint32_t>(data.size())) + data + (data.size() % 2 != 0 ? "\0"_b : "");
}
std::string webp(const std::string& chunks) {
  return "RIFF" + little_endian(static_cast<std::uint32_t>(4 + chunks.size())) + "WEBP" + chunks;
}
std::string lossy(int width, int height) {
  return riff_chunk(
      "VP8 ", "\x10\0\0\x9D\x01\x2A"_b + little_endian(static_cast<std::uint32_t>(height << 16 | width)) + "data!");
}
std::string lossless(int width, int height) {
  return riff_chunk("VP8L",
                    "\x2F" + little_endian(static_cast<std::uint32_t>((height - 1) << 14 | (width - 1))) + "data");
}
std::string extended(int width, int height, char flags) {
  return riff_chunk("VP8X", std::string{flags, 0, 0, 0} +
                                little_endian(static_cast<std::uint32_t>(width - 1)).substr(0, 3) +
                                little_endian(static_cast<std::uint32_t>(height - 1)).substr(0, 3));
}

std::string refusal_of(const std::string& bytes) {
  const auto result = clean(bytes);
  return result ? "" : result.error().detail;
}
constexpr const char* kCutOff = "The image is cut off or damaged.";

TEST(Jpeg, KeepsThePictureAndLeavesOutWhereItWasTaken) {
  const std::string profile = segment('\xE2', "ICC_PROFILE\0\x01\x01 colours"_b);
  const std::string jfif = segment('\xE0', "JFIF\0\x01\x02\0\0\x01\0\x01\0\0"_b);
  const std::string adobe = segment('\xEE', "Adobe\0\x64\0\0\0\0\x01"_b);
  const auto picture = clean(jpeg(jfif + segment('\xE1', exif(1)) + profile + adobe + segment('\xFE', "a comment") +
                                  segment('\xE1', "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"_b) +
                                  segment('\xED', "Photoshop 3.0"_b) + segment('\xE2', "MPF\0 more pictures"_b)) +
                             "behind the end: another JPEG with GPS");
  ASSERT_TRUE(picture) << picture.error().detail;
  EXPECT_EQ(picture->format, Format::jpeg);
  EXPECT_EQ(picture->width, 640);
  EXPECT_EQ(picture->height, 480);
  EXPECT_EQ(picture->bytes, "\xFF\xD8" + jfif + profile + adobe + kQuant + frame(640, 480) + kScan + kEnd);
}

TEST(Jpeg, KeepsWhichSideIsUpAndNothingElseOfIt) {
  for (const bool big : {true, false})
    for (const int orientation : {2, 3, 6, 8}) {
      const auto picture = clean(jpeg(segment('\xE1', exif(orientation, big))));
      ASSERT_TRUE(picture);
      EXPECT_THAT(picture->bytes, Not(HasSubstr("GPS")));
      const std::string only = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"_b +
                               std::string(1, static_cast<char>(orientation)) + "\0\0\0\0\0\0"_b;
      EXPECT_THAT(picture->bytes, StartsWith("\xFF\xD8" + segment('\xE1', only) + kQuant)) << orientation;
      EXPECT_EQ(clean(picture->bytes)->bytes, picture->bytes);
    }
}

TEST(Jpeg, NonsenseForAnOrientationIsNone) {
  const std::string plain = jpeg("");
  for (const std::string& content :
       {exif(0), exif(9), "Exif\0\0"_b, "Exif\0\0MM\0*\xFF\xFF\xFF\xFF"_b, "Exif\0\0MM\0*\0\0\0\x08\xFF\xFF"_b,
        "Exif\0\0XX\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"_b,
        "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x04\0\0\0\x01\0\x06\0\0"_b})
    EXPECT_EQ(clean(jpeg(segment('\xE1', content)))->bytes, plain);
}

TEST(Jpeg, TakesSeveralScansAndFillBytes) {
  const std::string bytes =
      "\xFF\xD8" + kQuant + "\xFF\xFF" + frame(10, 20, '\xC2') + kScan + segment('\xC4', "table") + kScan + kEnd;
  const auto picture = clean(bytes);
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->height, 20);
  EXPECT_EQ(picture->bytes.size(), bytes.size() - 2) << "the fill bytes are gone";
}

TEST(Jpeg, OneThatIsCutOffAnywhereIsRefused) {
  const std::string whole = jpeg(segment('\xE1', exif(6)));
  for (std::size_t size = 3; size < whole.size(); ++size) EXPECT_EQ(refusal_of(whole.substr(0, size)), kCutOff) << size;
}

TEST(Jpeg, DamagedOnesAreRefused) {
  EXPECT_EQ(refusal_of("\xFF\xD8" + kQuant + kScan + kEnd), kCutOff) << "data before the frame";
  EXPECT_EQ(refusal_of("\xFF\xD8" + kQuant + frame(1, 1) + kEnd), kCutOff) << "no data";
  EXPECT_EQ(refusal_of("\xFF\xD8" + frame(1, 1) + frame(1, 1) + kScan + kEnd), kCutOff) << "two frames";
  EXPECT_EQ(refusal_of(jpeg("", 0, 10)), kCutOff);
  EXPECT_EQ(refusal_of(jpeg("", 10, 0)), kCutOff);
  EXPECT_EQ(refusal_of("\xFF\xD8\xFF\xDB\0\x01"_b), kCutOff) << "a segment shorter than its length";
  EXPECT_EQ(refusal_of("\xFF\xD8\xFF\xD8\xFF\xD9"), kCutOff) << "two starts";
  EXPECT_EQ(refusal_of("\xFF\xD8" + frame(1, 1, '\xC3') + kScan + kEnd), "This kind of JPEG is not shown by browsers.");
}

TEST(Png, KeepsThePictureAndLeavesOutTheRest) {
  const std::string kept = chunk("iCCP", "profile") + chunk("tRNS", "clear");
  const auto picture =
      clean(png(kept + chunk("eXIf", exif(6).substr(6)) + chunk("tEXt", "Location\0here"_b) + chunk("acTL", "moves")) +
            "behind the end");
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->format, Format::png);
  EXPECT_EQ(picture->width, 640);
  EXPECT_EQ(picture->bytes, png(kept));
}

TEST(Png, DamagedOnesAreRefused) {
  const std::string whole = png("");
  for (std::size_t size = 8; size < whole.size(); ++size) EXPECT_EQ(refusal_of(whole.substr(0, size)), kCutOff) << size;
  EXPECT_EQ(refusal_of(whole.substr(0, 8) + chunk("IDAT", "x") + chunk("IEND", "")), kCutOff) << "no header";
  EXPECT_EQ(refusal_of(png(chunk("IHDR", std::string(13, '\1')))), kCutOff) << "two headers";
  EXPECT_EQ(refusal_of(whole.substr(0, 33) + chunk("IEND", "")), kCutOff) << "no data";
  EXPECT_EQ(refusal_of(png(chunk("NEWC", "x"))), "This kind of PNG is not shown by browsers.");
  EXPECT_EQ(refusal_of(png("", 0, 5)), kCutOff);
}

TEST(WebP, KeepsThePictureAndLeavesOutTheRest) {
  const auto plain = clean(webp(lossy(640, 480) + riff_chunk("XMP ", "<x/>") + riff_chunk("EXIF", exif(6))) + "more");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->format, Format::webp);
  EXPECT_EQ(plain->width, 640);
  EXPECT_EQ(plain->height, 480);
  EXPECT_EQ(plain->bytes, webp(lossy(640, 480)));

  const std::string profile = riff_chunk("ICCP", "odd");
  const auto rich = clean(webp(extended(300, 200, '\x2C') + profile + lossless(300, 200) +
                               riff_chunk("EXIF", exif(6).substr(6)) + riff_chunk("XMP ", "<x/>")));
  ASSERT_TRUE(rich);
  EXPECT_EQ(rich->width, 300);
  EXPECT_EQ(rich->height, 200);
  EXPECT_THAT(rich->bytes, StartsWith(webp(extended(300, 200, '\x28') + profile + lossless(300, 200)).substr(0, 4)));
  EXPECT_THAT(rich->bytes, HasSubstr(extended(300, 200, '\x28') + profile + lossless(300, 200) + "EXIF"));
  EXPECT_THAT(rich->bytes, Not(HasSubstr("GPS")));
  EXPECT_EQ(clean(rich->bytes)->bytes, rich->bytes);
  EXPECT_EQ(clean(webp(extended(300, 200, '\x0C') + lossless(300, 200) + riff_chunk("EXIF", exif(1))))->bytes,
            webp(extended(300, 200, '\0') + lossless(300, 200)));
}

TEST(WebP, DamagedOnesAreRefused) {
  const std::string whole = webp(extended(300, 200, 0) + lossless(300, 200));
  for (std::size_t size = 12; size < whole.size(); ++size)
    EXPECT_EQ(refusal_of(whole.substr(0, size)), kCutOff) << size;
  EXPECT_EQ(refusal_of(webp("")), kCutOff);
  EXPECT_EQ(refusal_of(webp(extended(300, 200, 0))), kCutOff) << "no picture";
  EXPECT_EQ(refusal_of(webp(extended(300, 200, 0) + lossless(16383, 16383))), kCutOff) << "larger than it says";
  EXPECT_EQ(refusal_of(webp(lossy(1, 1) + lossy(1, 1))), kCutOff) << "two pictures";
  EXPECT_EQ(refusal_of(webp(lossy(0, 1))), kCutOff);
  EXPECT_EQ(refusal_of(webp(riff_chunk("VP8 ", "not a frame"))), kCutOff);
  EXPECT_EQ(refusal_of(webp(extended(300, 200, '\x02') + lossless(300, 200))), "Animations are not photographs.");
}

TEST(Clean, WhatIsNoImageIsRefused) {
  for (const std::string& bytes :
       {""_b, "hello"_b, "GIF89a\x01\0\x01\0"_b, "<svg xmlns='http://www.w3.org/2000/svg'/>"_b, "%PDF-1.7"_b,
        "\xFF\xD8"_b, "RIFF\x10\0\0\0WAVEfmt "_b})
    EXPECT_EQ(refusal_of(bytes), "This is no JPEG, PNG or WebP image.");
}

TEST(Clean, PicturesThatWouldFillAPhonesMemoryAreRefused) {
  constexpr const char* kTooLarge = "The image has more than 50 million pixels, or more than 20,000 on a side.";
  EXPECT_EQ(refusal_of(jpeg("", 20'000, 2'500)), "");
  EXPECT_EQ(refusal_of(jpeg("", 20'001, 1)), kTooLarge);
  EXPECT_EQ(refusal_of(jpeg("", 8'000, 6'251)), kTooLarge);
  EXPECT_EQ(refusal_of(png("", 0xFFFFFFFF, 0xFFFFFFFF)), kTooLarge);
  EXPECT_EQ(refusal_of(webp(lossless(16'384, 16'384))), kTooLarge);
}

TEST(Clean, ARealImageOfManyChunksStaysWhole) {
  std::ifstream in("docs/images/owner.png", std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto picture = clean(bytes.str());
  ASSERT_TRUE(picture) << picture.error().detail;
  EXPECT_GT(picture->width, 1000);
  EXPECT_EQ(picture->bytes, bytes.str()) << "it has nothing but its picture";
}

TEST(Clean, NamesTheMediaType) {
  EXPECT_EQ(media_type_of(Format::jpeg), "image/jpeg");
  EXPECT_EQ(media_type_of(Format::png), "image/png");
  EXPECT_EQ(media_type_of(Format::webp), "image/webp");
}

}  // namespace
}  // namespace pitview::images
