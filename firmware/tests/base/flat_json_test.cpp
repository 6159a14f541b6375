#include "core/base/flat_json.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "pitview/json/document.h"

namespace pitview::fw {
namespace {

TEST(FlatJson, gives_members_by_name_and_kind) {
  FlatJson json;
  ASSERT_TRUE(json.parse(R"( {"word":"DISABLE","id":12,"offset":-120,"list":[[1,2],[3,3]],"x":null} )"));
  EXPECT_EQ(json.string("word"), "DISABLE");
  EXPECT_EQ(json.unsigned_number("id"), 12U);
  EXPECT_EQ(json.signed_number("id"), 12);
  EXPECT_EQ(json.signed_number("offset"), -120);
  EXPECT_EQ(json.array("list"), "[[1,2],[3,3]]");
  EXPECT_TRUE(json.has("x"));
  EXPECT_FALSE(json.has("y"));
}

TEST(FlatJson, a_member_of_another_kind_counts_as_none) {
  FlatJson json;
  ASSERT_TRUE(json.parse(R"({"id":"12","word":12,"escaped":"a\u0041","half":1.5,"big":1e3,"minus":-1,"list":{}})"));
  EXPECT_FALSE(json.unsigned_number("id"));
  EXPECT_FALSE(json.string("word"));
  EXPECT_FALSE(json.string("escaped"));
  EXPECT_FALSE(json.unsigned_number("half"));
  EXPECT_FALSE(json.unsigned_number("big"));
  EXPECT_FALSE(json.unsigned_number("minus"));
  EXPECT_FALSE(json.signed_number("half"));
  EXPECT_FALSE(json.array("list"));
  EXPECT_FALSE(json.signed_number("nothing"));
  EXPECT_FALSE(json.array("nothing"));
}

TEST(FlatJson, numbers_end_where_64_bits_end) {
  FlatJson json;
  ASSERT_TRUE(json.parse(R"({"a":18446744073709551615,"b":18446744073709551616,"c":-9223372036854775807,)"
                         R"("d":9223372036854775808})"));
  EXPECT_EQ(json.unsigned_number("a"), UINT64_MAX);
  EXPECT_FALSE(json.unsigned_number("b"));
  EXPECT_EQ(json.signed_number("c"), -INT64_MAX);
  EXPECT_FALSE(json.signed_number("d"));
}

TEST(FlatJson, passes_over_what_it_does_not_need) {
  FlatJson json;
  ASSERT_TRUE(
      json.parse(R"({"a":{"b":[{"c":[]},true,false,null,-0.5E+2,"x\"\\\/\b\f\n\r\t\u00e4"]},"z":[ ] , "n":7})"));
  EXPECT_EQ(json.unsigned_number("n"), 7U);
}

class NotAcceptable : public ::testing::TestWithParam<const char*> {};

TEST_P(NotAcceptable, is_refused_as_a_whole) {
  FlatJson json;
  EXPECT_FALSE(json.parse(GetParam()));
  EXPECT_FALSE(json.has("a"));
}

INSTANTIATE_TEST_SUITE_P(texts, NotAcceptable,
                         ::testing::Values("", " ", "[]", "1", "{", "{}x", R"({"a":1)", R"({"a":1,})", R"({"a" 1})",
                                           R"({a:1})", R"({"a":01})", R"({"a":-})", R"({"a":1.})", R"({"a":1e})",
                                           R"({"a":.5})", R"({"a":+1})", R"({"a":tru})", R"({"a":"x)", "{\"a\":\"\n\"}",
                                           R"({"a":"\x"})", R"({"a":"\u12g4"})", R"({"a":"\u12)", R"({"a":"\)",
                                           R"({"a":1,"a":2})", R"({"\u0061":1})", R"({"a":[1,]})", R"({"a":[1 2]})",
                                           R"({"a":{"b"}})", R"({"a":{"b":1,}})", R"({"a":[1})", R"({"a":[[[[[1]]]]]})",
                                           R"({"a":{1:2}})", R"({"a":1 "b":2})"));

TEST(FlatJson, more_members_than_it_has_room_for_are_refused) {
  std::string text = "{";
  for (std::size_t i = 0; i < FlatJson::kMaxMembers; ++i) text += (i > 0 ? ",\"m" : "\"m") + std::to_string(i) + "\":1";
  FlatJson json;
  EXPECT_TRUE(json.parse(text + "}"));
  EXPECT_FALSE(json.parse(text + ",\"one_more\":1}"));
}

// Random texts made of JSON's own pieces. Whatever we accept, a full parser accepts.
TEST(FlatJson, accepts_only_json) {
  static constexpr const char* kPieces[] = {"{",   "}",     "[",    "]",      ",",  ":",      "\"a\"", "\"b\"",
                                            "\"c", "\"",    "1",    "-2.5e1", "0",  "true",   "null",  " ",
                                            "\\",  "u0041", "\x01", "{}",     "[]", "\"a\":1"};
  std::mt19937 random(7);
  int accepted = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text = "{";
    for (auto pieces = random() % 9; pieces > 0; --pieces) text += kPieces[random() % std::size(kPieces)];
    if (random() % 2 == 0) text += "}";
    FlatJson json;
    if (!json.parse(text)) continue;
    ++accepted;
    EXPECT_TRUE(json::Document::parse(text).has_value()) << text;
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace pitview::fw
