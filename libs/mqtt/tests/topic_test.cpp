#include "pitview/mqtt/topic.h"

#include <gtest/gtest.h>

#include <string>

namespace pitview::mqtt {
namespace {

TEST(Topic, NamesHaveNoWildcardsAndAreNotEmpty) {
  EXPECT_TRUE(valid_topic_name("workshop/workshop_001/pit/1/sensors"));
  EXPECT_TRUE(valid_topic_name("/"));
  EXPECT_FALSE(valid_topic_name(""));
  EXPECT_FALSE(valid_topic_name("workshop/+/pit"));
  EXPECT_FALSE(valid_topic_name("workshop/#"));
  EXPECT_FALSE(valid_topic_name(std::string_view("a\0b", 3)));
  EXPECT_TRUE(valid_topic_name(std::string(65'535, 'a')));
  EXPECT_FALSE(valid_topic_name(std::string(65'536, 'a')));
}

TEST(Topic, FiltersUseWildcardsForWholeLevelsOnly) {
  for (const char* good : {"#", "+", "a/#", "+/b/#", "a/+/c", "/+", "$share/ingest/workshop/#", "a//b"})
    EXPECT_TRUE(valid_topic_filter(good)) << good;
  for (const char* bad : {"", "a#", "a/#/b", "a+", "a/b+/c", "#/a"}) EXPECT_FALSE(valid_topic_filter(bad)) << bad;
}

TEST(Topic, Utf8IsStrict) {
  EXPECT_TRUE(valid_utf8_string("Škoda \xE2\x82\xB9 \xF0\x9F\x9A\x97"));
  EXPECT_FALSE(valid_utf8_string("\xC0\xAF"));          // overlong
  EXPECT_FALSE(valid_utf8_string("\xE0\x80\xAF"));      // overlong
  EXPECT_FALSE(valid_utf8_string("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(valid_utf8_string("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  EXPECT_FALSE(valid_utf8_string("\xE2\x82"));          // cut short
  EXPECT_FALSE(valid_utf8_string("\x80"));
}

TEST(Topic, MatchingFollowsTheStandardsExamples) {
  EXPECT_TRUE(topic_matches("sport/tennis/player1/#", "sport/tennis/player1"));
  EXPECT_TRUE(topic_matches("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"));
  EXPECT_TRUE(topic_matches("sport/tennis/+", "sport/tennis/player1"));
  EXPECT_FALSE(topic_matches("sport/tennis/+", "sport/tennis/player1/ranking"));
  EXPECT_FALSE(topic_matches("sport/+", "sport"));
  EXPECT_TRUE(topic_matches("sport/+", "sport/"));
  EXPECT_TRUE(topic_matches("+/+", "/finance"));
  EXPECT_TRUE(topic_matches("/+", "/finance"));
  EXPECT_FALSE(topic_matches("+", "/finance"));
  EXPECT_FALSE(topic_matches("#", "$SYS/broker"));
  EXPECT_FALSE(topic_matches("+/broker", "$SYS/broker"));
  EXPECT_TRUE(topic_matches("$SYS/#", "$SYS/broker"));
  EXPECT_FALSE(topic_matches("a/b", "a"));
  EXPECT_FALSE(topic_matches("a", "a/b"));
}

}  // namespace
}  // namespace pitview::mqtt
