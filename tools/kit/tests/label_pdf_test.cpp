#include "label_pdf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "error.h"
#include "support.h"

namespace pitview::kit {
namespace {

using testing::lines_of;
using testing::ScratchDirectory;
using testing::shell;

// The pages of the PDF as a printer would draw them, at `dpi`.
std::vector<std::string> draw_pages(const ScratchDirectory& directory, const std::string& pdf, int dpi) {
  testing::write_text(directory / "labels.pdf", pdf);
  const std::string base = (directory / "page").string();
  shell("pdftoppm -png -gray -r " + std::to_string(dpi) + " '" + (directory / "labels.pdf").string() + "' '" + base +
        "'");
  std::set<std::string> pages;
  for (const auto& file : testing::fs::directory_iterator(directory.path()))
    if (file.path().extension() == ".png") pages.insert(file.path().string());
  return {pages.begin(), pages.end()};
}

std::multiset<std::string> codes_on(const std::string& page) {
  const auto lines =
      lines_of(shell("zbarimg --nodbus --quiet --raw --set '*.enable=0' --set qrcode.enable=1 '" + page + "'"));
  return {lines.begin(), lines.end()};
}

// 150 dpi is what a modest office printer and a phone's camera leave of a label.
TEST(LabelPdf, TheCodesOfEverySheetSayTheClaimAddresses) {
  for (const LabelSheet& sheet : label_sheets()) {
    const ScratchDirectory directory;
    const Batch batch = testing::sample_batch(sheet.per_page() + 2);
    const auto pages = draw_pages(directory, draw_labels(batch, sheet), 150);
    ASSERT_EQ(pages.size(), 2U) << sheet.name;
    std::multiset<std::string> first, second;
    for (std::size_t i = 0; i < batch.devices.size(); ++i)
      (i < sheet.per_page() ? first : second).insert(batch.devices[i].claim_url);
    EXPECT_EQ(codes_on(pages[0]), first) << sheet.name;
    EXPECT_EQ(codes_on(pages[1]), second) << sheet.name;
  }
}

TEST(LabelPdf, SaysTheDeviceTheRevisionAndTheCodeToType) {
  const ScratchDirectory directory;
  testing::write_text(directory / "labels.pdf", draw_labels(testing::sample_batch(2), label_sheet("avery-l7160")));
  const std::string text = shell("pdftotext -layout '" + (directory / "labels.pdf").string() + "' -");
  for (const char* words : {"ESP32-A4CF12B3D4E5", "ESP32-A4CF12B3D4E6", "K7QF-0000-XT", "K7QF-0001-XT", "rev E",
                            "batch 2026-11-A", "before 2027-11-25"})
    EXPECT_THAT(text, ::testing::HasSubstr(words));
}

// Ink outside a label would be printed across the cut.
TEST(LabelPdf, NothingIsDrawnOutsideTheLabels) {
  for (const LabelSheet& sheet : label_sheets()) {
    const ScratchDirectory directory;
    Batch batch = testing::sample_batch(1);
    batch.name = "a batch with a name that is much longer than any label is wide";
    const std::string pdf = draw_labels(batch, sheet);
    testing::write_text(directory / "labels.pdf", pdf);
    // 254 dpi: ten pixels a millimetre. Raw grey pixels after a header of three lines.
    const std::string image = shell("pdftoppm -gray -r 254 '" + (directory / "labels.pdf").string() + "'");
    std::size_t width = 0, height = 0;
    ASSERT_EQ(std::sscanf(image.c_str(), "P5\n%zu %zu\n255\n", &width, &height), 2) << image.substr(0, 20);
    ASSERT_GE(image.size(), width * height);
    const std::string pixels = image.substr(image.size() - width * height);
    std::size_t ink = 0, outside = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      if (static_cast<unsigned char>(pixels[i]) > 200) continue;
      ++ink;
      const std::size_t column = i % width, row = i / width;
      const double x_mm = static_cast<double>(column) / 10, y_mm = static_cast<double>(row) / 10;
      if (x_mm < sheet.left_mm || x_mm > sheet.left_mm + sheet.width_mm || y_mm < sheet.top_mm ||
          y_mm > sheet.top_mm + sheet.height_mm)
        ++outside;
    }
    EXPECT_GT(ink, 10'000U) << sheet.name;
    EXPECT_EQ(outside, 0U) << sheet.name;
  }
}

TEST(LabelPdf, EveryLabelOfASheetIsOnThePaper) {
  for (const LabelSheet& sheet : label_sheets()) {
    const double right = sheet.left_mm + static_cast<double>(sheet.columns - 1) * sheet.pitch_x_mm + sheet.width_mm;
    const double bottom = sheet.top_mm + static_cast<double>(sheet.rows - 1) * sheet.pitch_y_mm + sheet.height_mm;
    EXPECT_NEAR(kA4WidthMm - right, sheet.left_mm, 0.3) << sheet.name << ": centred";
    EXPECT_NEAR(kA4HeightMm - bottom, sheet.top_mm, 0.3) << sheet.name << ": centred";
    EXPECT_GE(sheet.pitch_x_mm, sheet.width_mm) << sheet.name;
    EXPECT_GE(sheet.pitch_y_mm, sheet.height_mm) << sheet.name;
  }
}

TEST(LabelPdf, RefusesAnAddressThatNoPhoneWouldRead) {
  Batch batch = testing::sample_batch(1);
  batch.devices[0].claim_url += std::string(600, 'x');
  EXPECT_THROW(draw_labels(batch, label_sheet("avery-l7160")), KitError);
  batch.devices[0].claim_url += std::string(3000, 'x');
  EXPECT_THROW(draw_labels(batch, label_sheet("avery-l7160")), KitError);
}

TEST(LabelPdf, RefusesASheetItDoesNotKnow) {
  try {
    label_sheet("avery-1");
    FAIL();
  } catch (const KitError& error) {
    EXPECT_STREQ(error.what(), "there is no label sheet \"avery-1\": avery-l7160, avery-l7159, avery-l7163");
  }
}

}  // namespace
}  // namespace pitview::kit
