#include "pitview/reports/job_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "photos.h"
#include "sample.h"

namespace pitview::reports {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// As ffmpeg draws it: a photograph of 2400 × 1350 pixels.
Photo photograph(const std::string& format, const std::string& type) {
  return {.bytes = output_of("ffmpeg -v error -f lavfi -i testsrc2=s=2400x1350:d=1 -frames:v 1 -f image2pipe -c:v " +
                             format + " -"),
          .content_type = type,
          .caption = "Film application"};
}

TEST(JobReport, SaysEverything) {
  JobDocument job = sample("en");
  job.photos.assign(5, photograph("mjpeg", "image/jpeg"));
  const Printed printed("report-en", draw_job_report(job));
  EXPECT_EQ(printed.pages(), 2);
  EXPECT_THAT(printed.text(),
              AllOf(HasSubstr("Job report"), HasSubstr("Sharma Car Care"), HasSubstr("Rajesh Kumar"),
                    HasSubstr("MH 12 AB 1234"), HasSubstr("26 Nov, 9:30 AM"), HasSubstr("25 min late"),
                    HasSubstr("The bonnet needed a second"), HasSubstr("New roll of film begun."),
                    HasSubstr("internal"), HasSubstr("93 % within spec"), HasSubstr("Saw every step from my office!"),
                    HasSubstr("Page 1 of 2"), HasSubstr("Page 2 of 2")));
  EXPECT_THAT(printed.info(), HasSubstr("A4"));
}

TEST(JobReport, IsReadInHindi) {
  const Printed printed("report-hi", draw_job_report(sample("hi")));
  EXPECT_THAT(printed.text(), AllOf(HasSubstr("राजेश"), HasSubstr("26 नवंबर"), HasSubstr("25 मि देर")));
  EXPECT_THAT(printed.fonts(), HasSubstr("Devanagari"));
}

TEST(JobSummary, TellsTheCustomerWhatWasDone) {
  JobDocument job = sample("en");
  job.photos.assign(2, photograph("png", "image/png"));
  const Printed printed("summary-en", draw_job_summary(job));
  EXPECT_EQ(printed.pages(), 2);
  EXPECT_THAT(printed.text(), AllOf(HasSubstr("What was done"), HasSubstr("Film application"),
                                    HasSubstr("+91 20 5550 1234"), Not(HasSubstr("second pass"))));
  const Printed hindi("summary-hi", draw_job_summary(sample("hi")));
  EXPECT_THAT(hindi.text(), HasSubstr("क्या किया गया"));
}

TEST(Certificate, StandsOnOnePageAndItsCodeIsRead) {
  for (const std::string language : {"en", "hi"}) {
    const Printed printed("certificate-" + language, draw_certificate(sample(language), proof()));
    EXPECT_EQ(printed.pages(), 1);
    EXPECT_EQ(printed.code(), proof().verify_url + "\n");
    EXPECT_THAT(printed.text(), AllOf(HasSubstr("PV-042-000123"), HasSubstr("93 %"), HasSubstr("194 / 200"),
                                      ContainsRegex("9f86d081 +884c7d65 +9a2feaa0"), HasSubstr("3d4017c3e843895a"),
                                      Not(HasSubstr("Rajesh"))));
  }
}

TEST(Certificate, SaysWhenNothingWasMeasured) {
  JobDocument job = sample("en");
  job.air = {};
  job.curve.clear();
  for (Stage& one : job.stages) one.air = {};
  const Printed printed("certificate-unmeasured", draw_certificate(job, proof()));
  EXPECT_THAT(printed.text(), AllOf(HasSubstr("Nothing was measured"), Not(HasSubstr("%"))));
}

TEST(JobDocuments, WhatIsLongGoesOnOverThePage) {
  JobDocument job = sample("en");
  for (int i = 0; i < 44; ++i)
    job.stages.push_back(
        stage(i + 5, "Panel " + std::to_string(i) + " of a long car with a long name", at(11, i), at(11, i + 1)));
  std::string words;
  for (int i = 0; i < 290; ++i) words += "word" + std::to_string(i) + " ";
  for (int i = 0; i < 6; ++i) job.notes.push_back({at(9, i), "Amit", words, false});
  job.workshop.name = std::string(100, 'W');
  job.car = std::string(120, 'M');
  const Printed printed("report-long", draw_job_report(job));
  const std::string text = printed.text();
  EXPECT_GE(printed.pages(), 6);
  EXPECT_THAT(text, AllOf(HasSubstr("Panel 43"), HasSubstr("word289")));
  EXPECT_THAT(text, HasSubstr("Page " + std::to_string(printed.pages()) + " of " + std::to_string(printed.pages())));
}

// A heading at the end of a page is followed by something there, however much came before.
TEST(JobDocuments, NoHeadingStandsAlone) {
  JobDocument job = sample("en");
  job.notes.clear();
  job.photos.assign(1, photograph("mjpeg", "image/jpeg"));
  for (int i = 0; i < 16; ++i) {
    job.stages.push_back(stage(i + 5, "Panel", at(11, i), at(11, i + 1)));
    const Printed printed("report-growing", draw_job_report(job));
    std::string text = printed.text();
    std::erase(text, ' ');
    for (const char* heading : {"Theairwhileitwasdone", "Photographs", "Stages", "Minuteswithinspec"}) {
      const std::size_t at = text.find(heading);
      ASSERT_NE(at, std::string::npos) << heading;
      EXPECT_FALSE(std::string_view(text)
                       .substr(text.find_first_not_of("\n", text.find('\n', at)))
                       .starts_with("SharmaCarCare·"))
          << heading << " with " << i << " more stages";
    }
  }
}

TEST(JobDocuments, AnEmptyJobIsDrawnToo) {
  const JobDocument nothing{.language = "en"};
  EXPECT_EQ(Printed("report-empty", draw_job_report(nothing)).pages(), 1);
  EXPECT_EQ(Printed("summary-empty", draw_job_summary(nothing)).pages(), 1);
}

TEST(JobDocuments, TextIsNoMarkup) {
  JobDocument job = sample("en");
  job.car = "<b>Creta</b> & <i>\xF0\x9F\x9A\x97</i>";
  EXPECT_THAT(Printed("report-markup", draw_job_report(job)).text(), HasSubstr("<b>Creta</b> &"));
}

TEST(Photos, AreShrunkBeforeTheyAreDecoded) {
  const auto loaded = load_picture(photograph("mjpeg", "image/jpeg"), 900);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->width, 900);
  EXPECT_EQ(loaded->height, 506);
  EXPECT_EQ(loaded->jpeg.substr(0, 2), "\xFF\xD8");
  EXPECT_TRUE(load_picture(photograph("libwebp", "image/webp"), 900));
}

TEST(Photos, FitForPaperAreDrawnAsTheyAre) {
  const auto fitted = fit_for_paper(photograph("png", "image/png"));
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->width, 900);
  EXPECT_EQ(fitted->content_type, "image/jpeg");
  EXPECT_LT(fitted->bytes.size(), 200'000U);
  EXPECT_EQ(load_picture(*fitted, 900)->jpeg, fitted->bytes);
  EXPECT_FALSE(fit_for_paper({.bytes = "no picture", .content_type = "image/jpeg"}));
}

TEST(Photos, WhatIsDamagedIsLeftOut) {
  Photo photo = photograph("mjpeg", "image/jpeg");
  for (const std::string& bytes : {std::string(), std::string("no picture"), photo.bytes.substr(0, 100)}) {
    EXPECT_FALSE(load_picture({.bytes = bytes, .content_type = "image/jpeg"}, 900));
  }
  EXPECT_FALSE(load_picture(
      {.bytes = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", .content_type = "image/svg+xml"},
      900));
}

}  // namespace
}  // namespace pitview::reports
