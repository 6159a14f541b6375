#include "pitview/json/canonical.h"

#include <gtest/gtest.h>

namespace pitview::json {
namespace {

std::string canonical_of(std::string_view text) {
  const auto document = Document::parse(text);
  EXPECT_TRUE(document) << text;
  return document ? canonical(document->root()) : "";
}

// RFC 8785 §3.2.2 to §3.2.4.
TEST(Canonical, IsTheExampleOfTheStandard) {
  EXPECT_EQ(canonical_of(R"({
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    })"),
            R"({"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],)"
            R"("string":"€$\u000f\nA'B\"\\\\\"/"})");
}

// RFC 8785 §3.2.3: by UTF-16 units, where an emoji comes before U+FB33.
TEST(Canonical, NamesAreInTheOrderOfTheStandard) {
  EXPECT_EQ(canonical_of(R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",)"
                         R"("1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",)"
                         R"("\u00f6":"Latin Small Letter O With Diaeresis"})"),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
            "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
            "\"\U0001f600\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
}

// RFC 8785, appendix B.
TEST(Canonical, NumbersAreWrittenAsECMAScriptDoes) {
  EXPECT_EQ(canonical_of("[0,-0,5e-324,-5e-324,1.7976931348623157e308,9007199254740992,295147905179352830000,"
                         "9.999999999999997e22,1e23,1e21,999999999999999900000,0.000001,9.999999999999997e-7,1e-7,"
                         "333333333.3333332,-0.0000033333333333333333,1424953923781206.2,48.2,100000]"),
            "[0,0,5e-324,-5e-324,1.7976931348623157e+308,9007199254740992,295147905179352830000,"
            "9.999999999999997e+22,1e+23,1e+21,999999999999999900000,0.000001,9.999999999999997e-7,1e-7,"
            "333333333.3333332,-0.0000033333333333333333,1424953923781206.2,48.2,100000]");
}

TEST(Canonical, NothingIsAddedToWhatIsEmpty) {
  EXPECT_EQ(canonical_of(" { \"b\" : [ ] , \"a\" : { } } "), R"({"a":{},"b":[]})");
}

}  // namespace
}  // namespace pitview::json
