#include "exports/csv.h"

#include <gtest/gtest.h>

#include "exports/export_places.h"
#include "exports/local_time.h"

namespace pitview::exports {
namespace {

std::string text_cell(std::string_view value) {
  CsvWriter csv;
  csv.text(value);
  return csv.take();
}
std::string measure_cell(std::optional<double> value) {
  CsvWriter csv;
  csv.measure(value);
  return csv.take();
}

TEST(Csv, RowsHaveCommasBetweenAndEndWithBoth) {
  CsvWriter csv;
  csv.byte_order_mark();
  csv.text("a").ours("b").number(3).end_row();
  csv.empty().empty().end_row();
  csv.ours("c").end_row();
  EXPECT_EQ(csv.size(), 16U);
  EXPECT_EQ(csv.take(),
            "\xEF\xBB\xBF"
            "a,b,3\r\n,\r\nc\r\n");
  EXPECT_EQ(csv.size(), 0U);
  csv.ours("d").end_row();
  EXPECT_EQ(csv.take(), "d\r\n");
}

TEST(Csv, QuotesWhatWouldEndACell) {
  EXPECT_EQ(text_cell("plain words"), "plain words");
  EXPECT_EQ(text_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(text_cell("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(text_cell("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(text_cell("two\r\nlines"), "\"two\r\nlines\"");
  EXPECT_EQ(text_cell(" spaces "), "\" spaces \"");
  EXPECT_EQ(text_cell("\""), "\"\"\"\"");
  EXPECT_EQ(text_cell(""), "");
  EXPECT_EQ(text_cell("अमित शर्मा"), "अमित शर्मा");
}

TEST(Csv, WhatPeopleWroteIsNeverAFormula) {
  EXPECT_EQ(text_cell("=1+1"), "'=1+1");
  EXPECT_EQ(text_cell("+91 98765"), "'+91 98765");
  EXPECT_EQ(text_cell("-2"), "'-2");
  EXPECT_EQ(text_cell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(text_cell("\t=1"), "'\t=1");
  EXPECT_EQ(text_cell("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(text_cell("\n=1"), "\"'\n=1\"");
  EXPECT_EQ(text_cell("  =1"), "'  =1");
  EXPECT_EQ(text_cell("＝1"), "'＝1");
  EXPECT_EQ(text_cell("＠a"), "'＠a");
  EXPECT_EQ(text_cell("=HYPERLINK(\"https://evil.example\",\"x\")"),
            "\"'=HYPERLINK(\"\"https://evil.example\"\",\"\"x\"\")\"");
  // Only at its beginning.
  EXPECT_EQ(text_cell("a=1"), "a=1");
  EXPECT_EQ(text_cell("'=1"), "'=1");
  EXPECT_EQ(text_cell("   "), "\"   \"");
}

TEST(Csv, NumbersOfOursStayNumbers) {
  EXPECT_EQ(measure_cell(24.5), "24.5");
  EXPECT_EQ(measure_cell(24.499999), "24.5");
  EXPECT_EQ(measure_cell(-5.0), "-5");
  EXPECT_EQ(measure_cell(-0.001), "0");
  EXPECT_EQ(measure_cell(1'000'000.0), "1000000");
  EXPECT_EQ(measure_cell(std::nullopt), "");
  EXPECT_EQ(measure_cell(std::numeric_limits<double>::quiet_NaN()), "");
  CsvWriter csv;
  csv.number(-12).number(std::optional<int>()).number(0);
  EXPECT_EQ(csv.take(), "-12,,0");
}

TEST(LocalTimes, SayWhichClockTheyAreOf) {
  const Timestamp at = parse_iso8601("2026-02-20T22:30:00.25Z").value();
  EXPECT_EQ(to_iso8601(LocalTime{at, std::chrono::minutes(330)}), "2026-02-21T04:00:00.250+05:30");
  EXPECT_EQ(to_iso8601(LocalTime{at, std::chrono::minutes(-210)}), "2026-02-20T19:00:00.250-03:30");
  EXPECT_EQ(to_iso8601(LocalTime{at, {}}), "2026-02-20T22:30:00.250+00:00");
}

TEST(ExportPlaces, AreSoManyOfAWorkshopAndComeBack) {
  ExportPlaces places(2);
  auto first = places.take(WorkshopId(1));
  const auto second = places.take(WorkshopId(1));
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(places.take(WorkshopId(1)));
  EXPECT_TRUE(places.take(WorkshopId(2))) << "another workshop has its own";
  first.reset();
  EXPECT_TRUE(places.take(WorkshopId(1)));
}

}  // namespace
}  // namespace pitview::exports
