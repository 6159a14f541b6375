#include "cameras_isapi/setup_report.h"

#include <gmock/gmock.h>

#include "documents.h"

namespace pitview::cameras_isapi {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

XmlValues video(const std::string& codec, const std::string& length) {
  return std::move(*XmlValues::read("<StreamingChannel><Video><videoCodecType>" + codec +
                                    "</videoCodecType><maxFrameRate>2500</maxFrameRate><GovLength>" + length +
                                    "</GovLength></Video></StreamingChannel>"));
}

// Of a camera with H.265 and a key frame every 8 s that was told better.
std::vector<CameraSetting> report(Said said, const std::optional<XmlValues>& after) {
  std::vector<Told> told;
  for (Setting& setting : read_settings(video("H.265", "200"), StreamKind::main))
    told.push_back({std::move(setting), said});
  return report_of(told, after, StreamKind::main);
}
CameraStreamSetup stream(const char* name, std::vector<CameraSetting> settings) {
  return {.stream = name, .channel = 101, .problem = {}, .restart_needed = false, .settings = std::move(settings)};
}

TEST(SetupReport, TellsWhatWasTakenAndWhatWasRight) {
  const auto all = report(Said::yes, video("H.264", "50"));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].outcome, "taken");
  EXPECT_EQ(all[0].sentence, "The video encoding was H.265 and is H.264 now.");
  EXPECT_EQ(all[1].outcome, "kept");
  EXPECT_EQ(all[1].sentence, "The frame rate was right already: 25 pictures a second.");
  EXPECT_EQ(all[2].sentence, "The I-frame interval was 200 pictures and is 50 pictures now.");
  EXPECT_EQ(verdict_of({stream("main", all)}), "pass");
}

TEST(SetupReport, BelievesTheCameraAndNotItsYes) {
  const auto all = report(Said::yes, video("H.264", "200"));
  EXPECT_EQ(all[2].outcome, "ignored");
  EXPECT_THAT(all[2].after, Optional(std::string("200 pictures")));
  EXPECT_THAT(all[2].sentence, HasSubstr("Set it to 50 pictures on the camera's own page."));
  EXPECT_EQ(verdict_of({stream("main", all)}), "warn");
  EXPECT_EQ(report(Said::no, video("H.264", "50"))[0].outcome, "taken") << "nor its no";
}

TEST(SetupReport, WithoutH264BrowsersSeeNothing) {
  const auto all = report(Said::no, video("H.265", "200"));
  EXPECT_EQ(all[0].outcome, "refused");
  EXPECT_THAT(all[0].sentence, HasSubstr("stays H.265: the camera refuses H.264."));
  EXPECT_EQ(verdict_of({stream("main", all)}), "fail");
  EXPECT_EQ(verdict_of({stream("sub", all)}), "warn");
}

TEST(SetupReport, SaysWhatItDoesNotKnow) {
  const auto all = report(Said::nothing, std::nullopt);
  EXPECT_EQ(all[0].outcome, "unknown");
  EXPECT_EQ(all[0].after, std::nullopt);
  EXPECT_EQ(all[1].outcome, "kept");
  const auto later = report(Said::after_restart, video("H.265", "200"));
  EXPECT_EQ(later[0].outcome, "unknown");
  EXPECT_THAT(later[0].sentence, HasSubstr("when the camera has been restarted"));
}

TEST(SetupReport, NoticesWhatOneChangeBringsWithIt) {
  std::vector<Told> told;
  for (Setting& setting : read_settings(video("H.265", "50"), StreamKind::main))
    told.push_back({std::move(setting), Said::yes});
  EXPECT_EQ(report_of(told, video("H.264", "200"), StreamKind::main)[2].outcome, "ignored");
}

std::string status(const std::string& code, const std::string& sub_code) {
  return R"(<ResponseStatus version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema"><statusCode>)" + code +
         "</statusCode><subStatusCode>" + sub_code + "</subStatusCode></ResponseStatus>";
}

TEST(WhatACameraSays, IsInItsResponseStatus) {
  EXPECT_EQ(said_of(200, status("1", "ok")), Said::yes);
  EXPECT_EQ(said_of(200, status("7", "rebootRequired")), Said::after_restart);
  EXPECT_EQ(said_of(200, status("6", "badXmlContent")), Said::no) << "some say no with 200";
  EXPECT_EQ(said_of(400, status("6", "badParameters")), Said::no);
  EXPECT_EQ(said_of(403, status("4", "notSupport")), Said::no);
  EXPECT_EQ(said_of(400, ""), Said::no);
  EXPECT_EQ(said_of(200, "<html/>"), Said::nothing);
  EXPECT_EQ(said_of(500, ""), Said::nothing);
  EXPECT_EQ(said_of(403, status("4", "lowPrivilege")), std::nullopt);
  EXPECT_EQ(said_of(403, ""), std::nullopt);
}

}  // namespace
}  // namespace pitview::cameras_isapi
