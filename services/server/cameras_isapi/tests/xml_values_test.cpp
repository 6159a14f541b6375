#include "cameras_isapi/xml_values.h"

#include <gmock/gmock.h>

#include "documents.h"

namespace pitview::cameras_isapi {
namespace {

using ::testing::Optional;

XmlValues values_of(const std::string& document) {
  auto values = XmlValues::read(document);
  EXPECT_TRUE(values) << document;
  return std::move(*values);
}

TEST(XmlValues, FindsValuesByTheirPath) {
  const XmlValues values = values_of(test::kFactory);
  EXPECT_EQ(values.root(), "StreamingChannel");
  EXPECT_THAT(values.find("Video/GovLength"), Optional(std::string_view("200")));
  EXPECT_THAT(values.find("Video/SVC/enabled"), Optional(std::string_view("true")));
  EXPECT_THAT(values.find("channelName"), Optional(std::string_view("Bay &amp; ramp")));
  EXPECT_EQ(values.find("Video"), std::nullopt) << "it holds elements";
  EXPECT_EQ(values.find("Video/vendorExtension"), std::nullopt) << "it holds nothing";
  EXPECT_EQ(values.find("GovLength"), std::nullopt) << "it is elsewhere";
}

TEST(XmlValues, ChangesNothingButTheValue) {
  const XmlValues values = values_of(test::kFactory);
  std::string expected = test::kFactory;
  expected.replace(expected.find(">200<"), 5, ">50<");
  expected.replace(expected.find("H.265"), 5, "H.264");
  EXPECT_EQ(values.changed({{"Video/GovLength", "50"}, {"Video/videoCodecType", "H.264"}, {"Video/none", "1"}}),
            expected);
  EXPECT_EQ(values.changed({}), test::kFactory);
}

TEST(XmlValues, KeepsWhiteSpacePrefixesAndByteOrderMark) {
  const std::string before = "\xef\xbb\xbf<h:a xmlns:h='u'>\r\n\t<h:b>\r\n  1 </h:b><h:c/>\r\n</h:a>";
  const XmlValues values = values_of(before);
  EXPECT_EQ(values.root(), "a");
  EXPECT_THAT(values.find("b"), Optional(std::string_view("1")));
  EXPECT_EQ(values.changed({{"b", "2000"}}),
            "\xef\xbb\xbf<h:a xmlns:h='u'>\r\n\t<h:b>\r\n  2000 </h:b><h:c/>\r\n</h:a>");
}

TEST(XmlValues, DoNotGuess) {
  EXPECT_EQ(values_of("<a><b>1</b><b>2</b></a>").find("b"), std::nullopt) << "which of the two?";
  EXPECT_EQ(values_of("<a><b>1<!-- 2 -->3</b></a>").find("b"), std::nullopt);
  EXPECT_EQ(values_of("<a><b><![CDATA[1]]></b></a>").find("b"), std::nullopt);
  EXPECT_EQ(values_of("<a><b> </b></a>").find("b"), std::nullopt);
}

TEST(XmlValues, RefuseWhatIsNoDocumentOfACamera) {
  const auto deep = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<a>";
    for (int i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_TRUE(XmlValues::read(deep(16)));
  for (const std::string& document :
       {std::string(), std::string("hello"), std::string("<a>"), std::string("<a><b></a></b>"),
        std::string("<a>\0</a>", 8), std::string(R"(<!DOCTYPE a [<!ENTITY e "x">]><a><b>&e;</b></a>)"), deep(17 + 1),
        deep(8000), "<a>" + std::string(kMaxDocument, ' ') + "</a>", "<a><" + std::string(65, 'n') + "/></a>"})
    EXPECT_FALSE(XmlValues::read(document)) << document.substr(0, 60);
}

// Every place of a document cut off there, and spoilt there: it is refused, or what is found in it can be
// changed and found again.
TEST(XmlValues, SurviveWhatIsTornOrSpoilt) {
  const auto check = [](std::string document) {
    const auto values = XmlValues::read(std::move(document));
    if (!values || !values->find("Video/GovLength")) return;
    EXPECT_EQ(values->changed({}), values->document());
    const auto again = XmlValues::read(values->changed({{"Video/GovLength", "7"}, {"Video/SVC/enabled", "false"}}));
    ASSERT_TRUE(again) << values->document();
    EXPECT_THAT(again->find("Video/GovLength"), Optional(std::string_view("7"))) << values->document();
  };
  const std::string whole = test::kFactory;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    check(whole.substr(0, at));
    for (const char c : std::string_view("<>&/\"! \xff")) {
      std::string spoilt = whole;
      spoilt[at] = c;
      check(std::move(spoilt));
    }
  }
}

TEST(XmlValues, TakeADocumentOfExactlyTheLimit) {
  const std::string most = "<a>" + std::string(kMaxDocument - 7, ' ') + "</a>";
  EXPECT_EQ(most.size(), kMaxDocument);
  EXPECT_TRUE(XmlValues::read(most));
  EXPECT_FALSE(XmlValues::read(most + " "));
}

}  // namespace
}  // namespace pitview::cameras_isapi
