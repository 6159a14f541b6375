#include "pitview/json/write.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "pitview/json/read.h"
#include "sample.h"

namespace pitview::json {
namespace {

TEST(Write, WritesAStructWithItsBaseFirst) {
  sample::Order order;
  order.customer_name = "A \"B\"\n";
  order.job_id = JobId(42);
  order.status = sample::Status::in_progress;
  order.stages.push_back({{"Polish"}, {25}, parse_iso8601("2026-02-20T22:30:00.5Z")});
  order.stages.push_back({{"Inspect"}, {0}, std::nullopt});
  order.email = Email{"a@b.co"};
  EXPECT_EQ(write(order),
            R"({"customer_name":"A \"B\"\n","job_id":42,"status":"in_progress","stages":[)"
            R"({"name":"Polish","weight":25,"started_at":"2026-02-20T22:30:00.500Z"},)"
            R"({"name":"Inspect","weight":0,"started_at":null}],"email":"a@b.co","progress":null,"urgent":false})");
  const Result<sample::Order> again = read<sample::Order>(write(order));
  ASSERT_TRUE(again);
  EXPECT_EQ(write(*again), write(order));
}

TEST(Write, NumbersReadBackAsTheSame) {
  EXPECT_EQ(write(24.1), "24.1");
  EXPECT_EQ(write(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(write(1e300), "1e+300");
  EXPECT_EQ(write(-0.0), "-0");
  EXPECT_EQ(write(24.5F), "24.5");
  EXPECT_EQ(write(std::int64_t(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(write(std::uint64_t(UINT64_MAX)), "18446744073709551615");
  EXPECT_EQ(write(std::uint8_t(7)), "7");
  for (const double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, 1013.2534567891234})
    EXPECT_EQ(*read<double>(write(value)), value);
}

TEST(Write, WhatJsonCannotSayIsNull) {
  EXPECT_EQ(write(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(write(-std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(write(std::optional<std::string>()), "null");
}

TEST(Write, TextIsAlwaysValidJson) {
  EXPECT_EQ(write(std::string("\xFF\0", 2)), "\"\xEF\xBF\xBD\\u0000\"");
  EXPECT_EQ(write(std::string_view("a\xED\xA0\x80")), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(write("plain"), "\"plain\"");
}

TEST(Write, ContainersAndRaw) {
  EXPECT_EQ(write(std::vector<int>{}), "[]");
  EXPECT_EQ(write(std::vector<bool>{true, false}), "[true,false]");
  EXPECT_EQ(write(std::map<std::string, std::vector<int>>{{"a\"", {1, 2}}, {"b", {}}}), R"({"a\"":[1,2],"b":[]})");
  EXPECT_EQ(write(std::map<std::string, int>{}), "{}");
  EXPECT_EQ(write(std::vector<Raw>{{"{\"a\":1}"}, {"2"}}), R"([{"a":1},2])");
}

TEST(Enum, NamesGoBothWays) {
  EXPECT_EQ(enum_name(sample::Status::in_progress), "in_progress");
  EXPECT_EQ(enum_from_name<sample::Status>("waiting"), sample::Status::waiting);
  EXPECT_EQ(enum_from_name<sample::Status>("Waiting"), std::nullopt);
  EXPECT_EQ(enum_name(static_cast<sample::Status>(9)), "");
}

}  // namespace
}  // namespace pitview::json
