#include "pitview/json/read.h"

#include <gtest/gtest.h>

#include <string>

#include "sample.h"

namespace pitview::json {
namespace {

using sample::Filter;
using sample::Numbers;
using sample::Order;
using sample::Status;

// "field: message" of every problem, one a line; "" when there is none.
template <class T>
std::string problems_of(const Result<T>& result) {
  if (result) return "";
  std::string out = result.error().code == Errc::validation_failed ? "" : std::string(name_of(result.error().code));
  for (const FieldProblem& problem : result.error().fields) out += problem.field + ": " + problem.message + "\n";
  return out;
}

template <class T>
std::string problems_of(std::string_view text) {
  return problems_of(read<T>(text));
}

TEST(Read, FillsAStructAndItsBase) {
  const Result<Order> order = read<Order>(R"({"customer_name":"Asha","job_id":42,"status":"in_progress",
      "stages":[{"name":" Polish ","weight":25,"started_at":"2026-02-20T22:30:00+05:30"}],
      "progress":0.5,"urgent":true,"unknown":[{"deep":1}]})");
  ASSERT_TRUE(order) << problems_of(order);
  EXPECT_EQ(order->customer_name, "Asha");
  EXPECT_EQ(order->job_id, JobId(42));
  EXPECT_EQ(order->status, Status::in_progress);
  ASSERT_EQ(order->stages.size(), 1U);
  EXPECT_EQ(order->stages[0].name.value, "Polish");
  EXPECT_EQ(order->stages[0].weight, 25);
  EXPECT_EQ(to_iso8601(*order->stages[0].started_at), "2026-02-20T17:00:00.000Z");
  EXPECT_EQ(order->progress, 0.5);
  EXPECT_FALSE(order->email);
  EXPECT_TRUE(order->urgent);
}

TEST(Read, NamesEveryFaultWithItsPath) {
  EXPECT_EQ(problems_of<Order>(R"({"job_id":0,"status":"done","stages":[{"name":"a","weight":1},
      {"weight":101,"started_at":"yesterday"},7],"email":"nobody","progress":"half","urgent":null})"),
            "customer_name: is required\n"
            "job_id: must be a positive number\n"
            "status: must be one of waiting, in_progress\n"
            "stages[1].name: is required\n"
            "stages[1].weight: must be between 0 and 100\n"
            "stages[1].started_at: must be a time such as 2026-02-20T22:30:00Z\n"
            "stages[2]: must be an object\n"
            "email: must be an e-mail address\n"
            "progress: must be a number\n"
            "urgent: must not be null\n");
}

TEST(Read, ADocumentOfAnotherShapeIsAFaultOfTheWhole) {
  EXPECT_EQ(problems_of<Order>("[]"), ": must be an object\n");
  EXPECT_EQ(problems_of<Order>("null"), ": must not be null\n");
  EXPECT_EQ(problems_of<std::vector<int>>(R"([1,"2"])"), "[1]: must be a number\n");
  EXPECT_EQ(problems_of<Order>("{"), "malformed_json");
}

TEST(Read, BoundsTheListOfProblems) {
  std::string text = "[";
  for (int i = 0; i < 10'000; ++i) text += "{},";
  text += "{}]";
  const auto result = read<std::vector<Order>>(text);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fields.size(), kMaxProblems);
}

TEST(Read, RefusesIntegersThatAreNotOrDoNotFit) {
  EXPECT_EQ(problems_of<Numbers>(R"({"i64":1.5,"u64":-1,"u16":65536,"real":true})"),
            "i64: must be a whole number\n"
            "u64: must be between 0 and 18446744073709551615\n"
            "u16: must be between 0 and 65535\n"
            "real: must be a number\n");
  EXPECT_EQ(problems_of<Numbers>(R"({"i64":1e30,"u16":-1})"),
            "i64: must be between -9223372036854775808 and 9223372036854775807\n"
            "u16: must be between 0 and 65535\n");
  const auto numbers = read<Numbers>(R"({"i64":-5,"u64":18446744073709551615,"u16":65535,"real":7})");
  ASSERT_TRUE(numbers);
  EXPECT_EQ(numbers->i64, -5);
  EXPECT_EQ(numbers->u64, UINT64_MAX);
  EXPECT_EQ(numbers->u16, 65535);
  EXPECT_EQ(numbers->real, 7.0);
}

TEST(Read, RefusesNulInAnyText) {
  EXPECT_EQ(problems_of<sample::Named>(R"({"customer_name":"a\u0000b"})"),
            "customer_name: must not contain the NUL character\n");
}

TEST(Read, MapsHaveAnyNames) {
  using Map = std::map<std::string, int>;
  const auto map = read<Map>(R"({"a":1,"b":2})");
  ASSERT_TRUE(map);
  EXPECT_EQ(*map, (Map{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(problems_of<Map>(R"({"a":"x"})"), "a: must be a number\n");
}

TEST(Text, CountsCodePointsAfterTrimming) {
  const auto text = [](std::string_view json) { return read<Text<2, 3>>(json); };
  EXPECT_EQ(text(R"("  ab\t")")->value, "ab");
  EXPECT_EQ(text(R"("\u0905\u092E\u093F")")->value.size(), 9U);
  EXPECT_EQ(problems_of(text(R"("   ")")), ": must not be empty\n");
  EXPECT_EQ(problems_of(text(R"("a")")), ": must have at least 2 characters\n");
  EXPECT_EQ(problems_of(text(R"("abcd")")), ": must have at most 3 characters\n");
}

TEST(Text, RefusesControlCharactersButLinesMayBreak) {
  for (const char* json : {R"("a\nb")", R"("a\u0007")", R"("a\u007fb")", R"("a\u0085b")"})
    EXPECT_EQ((problems_of<Text<1, 9>>(json)), ": must not contain control characters\n") << json;
  EXPECT_EQ((read<Lines<1, 9>>(R"("a\r\n\tb")")->value), "a\r\n\tb");
  EXPECT_FALSE((read<Lines<1, 9>>(R"("a\u001b[0m")")));
}

TEST(Secret, IsTakenAsTyped) {
  EXPECT_EQ((read<Secret<1, 72>>(R"("  p\u00e4ss ")")->value), "  p\xC3\xA4ss ");
  EXPECT_FALSE((read<Secret<1, 4>>(R"("12345")")));
  EXPECT_FALSE((read<Secret<1, 4>>(R"("")")));
}

TEST(Phone, IsE164) {
  EXPECT_EQ(read<Phone>(R"("+91 98765-43210")")->value, "+919876543210");
  for (const char* json : {R"("9876543210")", R"("+0123456789")", R"("+91x9876543")", R"("+1234567890123456")",
                           R"("+")", R"("")", R"("+91+9876543210")"})
    EXPECT_FALSE(read<Phone>(json)) << json;
}

TEST(Email, HasALocalPartAndADomain) {
  EXPECT_EQ(read<Email>(R"(" a.b+c@mail.example.co ")")->value, "a.b+c@mail.example.co");
  for (const char* json : {R"("a")", R"("@b.c")", R"("a@b")", R"("a@b..c")", R"("a b@c.d")", R"("a@-b.c")",
                           R"("a@b.c.")", R"("a\r\nBcc: x@b.c")", R"("a@b@c.d")", R"(".a@b.c")"})
    EXPECT_FALSE(read<Email>(json)) << json;
}

TEST(ReadFields, TypesAQueryString) {
  const std::vector<Field> fields = {{"status", "waiting"},     {"pit_id", "7"},   {"limit", "200"},
                                     {"any_of", "in_progress"}, {"open", "false"}, {"any_of", "waiting"},
                                     {"utm_source", "mail"},    {"from", ""}};
  const Result<Filter> filter = read_fields<Filter>(fields);
  ASSERT_TRUE(filter) << problems_of(filter);
  EXPECT_EQ(filter->status, Status::waiting);
  EXPECT_EQ(filter->pit_id, PitId(7));
  EXPECT_EQ(filter->limit->value, 200);
  EXPECT_EQ(filter->any_of, (std::vector{Status::in_progress, Status::waiting}));
  EXPECT_EQ(filter->open, false);
  EXPECT_FALSE(filter->from);
}

TEST(ReadFields, NamesEveryFault) {
  const std::vector<Field> fields = {{"status", "gone"}, {"pit_id", "7x"}, {"limit", "201"}, {"any_of", "x"},
                                     {"open", "yes"},    {"open", "no"},   {"from", "1"}};
  EXPECT_EQ(problems_of(read_fields<Filter>(fields)),
            "status: must be one of waiting, in_progress\n"
            "pit_id: must be a whole number\n"
            "limit: must be between 1 and 200\n"
            "any_of: must be one of waiting, in_progress\n"
            "open: is given more than once\n"
            "from: must be a time such as 2026-02-20T22:30:00Z\n");
}

TEST(ReadFields, RefusesNumbersThatAreTextAndMissingOnes) {
  const auto number = [](std::string text) {
    return problems_of(read_fields<Numbers>(std::vector<Field>{{"i64", text}}));
  };
  EXPECT_EQ(number("-12"), "");
  for (const char* text : {"1.0", "+1", " 1", "0x1", "1e3", "-"})
    EXPECT_EQ(number(text), "i64: must be a whole number\n") << text;
  EXPECT_EQ(number("9223372036854775808"), "i64: is out of range\n");
  for (const char* text : {"nan", "inf", "-infinity", "1,5"})
    EXPECT_EQ(problems_of(read_fields<Numbers>(std::vector<Field>{{"real", text}})), "real: must be a number\n")
        << text;
  EXPECT_EQ(problems_of(read_fields<sample::Named>(std::vector<Field>{})), "customer_name: is required\n");
}

}  // namespace
}  // namespace pitview::json
