#include "pitview/json/document.h"

#include <gtest/gtest.h>

#include <string>

namespace pitview::json {
namespace {

bool is_malformed(std::string_view text) {
  const Result<Document> document = Document::parse(text);
  return !document && document.error().code == Errc::malformed_json;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Document, RefusesWhatIsNotJson) {
  for (const char* text : {"",       " ",       "{",     "{\"a\":1",  "[1,]",          "{\"a\":1,}", "{'a':1}",
                           "{a:1}",  "nul",     "NaN",   "Infinity",  "-Infinity",     "[NaN]",      "+1",
                           "01",     "1.",      ".5",    "0x10",      "1 2",           "{} x",       "\"a",
                           "\"\t\"", "// c\n1", "/**/1", "\"\\x41\"", "\xEF\xBB\xBF{}"})
    EXPECT_TRUE(is_malformed(text)) << text;
}

TEST(Document, RefusesTextThatIsNotUnicode) {
  for (const char* text : {"\"\xFF\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\\uD800\"",
                           "\"\\uDC00\"", "\"\\uD800\\u0041\"", "\"\\uD800x\"", "\"\xE2\x82\""})
    EXPECT_TRUE(is_malformed(text)) << text;
  const Result<Document> pair = Document::parse("\"\\uD83D\\uDE97 \\u00e9\"");
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->root().as_string(), "\xF0\x9F\x9A\x97 \xC3\xA9");
}

TEST(Document, NestsToTheLimitAndNoDeeper) {
  EXPECT_TRUE(Document::parse(nested(kMaxDepth)));
  EXPECT_TRUE(is_malformed(nested(kMaxDepth + 1)));
  EXPECT_TRUE(is_malformed(std::string(1'000'000, '[')));
  std::string objects;
  for (std::size_t i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_TRUE(is_malformed(objects));
}

TEST(Document, RefusesANameThatAppearsTwice) {
  EXPECT_TRUE(is_malformed(R"({"role":"customer","role":"owner"})"));
  EXPECT_TRUE(is_malformed(R"({"a":{"b":1,"c":2,"\u0062":3}})"));
  EXPECT_TRUE(Document::parse(R"([{"a":1},{"a":1,"A":1}])"));
}

TEST(Document, SaysWhereItBroke) {
  const Result<Document> document = Document::parse("{\"a\": tru}");
  ASSERT_FALSE(document);
  EXPECT_NE(document.error().detail.find("byte 6"), std::string::npos) << document.error().detail;
}

TEST(Document, KeepsWholeNumbersExactly) {
  const auto number = [](std::string_view text) { return Document::parse(text); };
  EXPECT_EQ(number("9223372036854775807")->root().as_int64(), INT64_MAX);
  EXPECT_EQ(number("-9223372036854775808")->root().as_int64(), INT64_MIN);
  EXPECT_EQ(number("18446744073709551615")->root().as_uint64(), UINT64_MAX);
  EXPECT_EQ(number("9223372036854775808")->root().as_int64(), std::nullopt);
  EXPECT_EQ(number("18446744073709551616")->root().as_uint64(), std::nullopt);
  EXPECT_EQ(number("9007199254740993.0")->root().as_int64(), std::nullopt);
  EXPECT_EQ(number("3e2")->root().as_int64(), 300);
  EXPECT_EQ(number("3.5")->root().as_int64(), std::nullopt);
  EXPECT_EQ(number("-1")->root().as_uint64(), std::nullopt);
}

TEST(Document, ReadsFractionsToTheNearestDouble) {
  EXPECT_EQ(Document::parse("1013.2534567891234")->root().as_double(), 1013.2534567891234);
  EXPECT_EQ(Document::parse("0.30000000000000004")->root().as_double(), 0.30000000000000004);
  EXPECT_EQ(Document::parse("123456789.12345678e-5")->root().as_double(), 123456789.12345678e-5);
  EXPECT_EQ(Document::parse("1e-999")->root().as_double(), 0);
}

TEST(Document, RefusesNumbersNoDoubleHolds) {
  for (const char* text : {"1e999", "-1e999", "1e99999999999999999999"}) EXPECT_TRUE(is_malformed(text)) << text;
  EXPECT_TRUE(is_malformed(std::string(400, '9')));
}

TEST(Document, WalksObjectsAndLists) {
  const Result<Document> document = Document::parse(R"({"a":[1,[],{"x":null}],"b":{},"":true})");
  ASSERT_TRUE(document);
  const View root = document->root();
  EXPECT_EQ(root.size(), 3U);
  const View list = *root.find("a");
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.first()->as_int64(), 1);
  EXPECT_FALSE(list.first()->next()->first());
  EXPECT_TRUE(list.first()->next()->next()->find("x")->is_null());
  EXPECT_FALSE(list.first()->next()->next()->next());
  EXPECT_TRUE(root.find("")->as_bool());
  EXPECT_FALSE(root.find("c"));
  EXPECT_FALSE(list.find("a"));
}

}  // namespace
}  // namespace pitview::json
