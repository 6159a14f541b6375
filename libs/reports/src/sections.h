// What the documents have in common.
#pragma once

#include "paper.h"
#include "pitview/reports/job_document.h"
#include "words.h"

namespace pitview::reports {

struct Page {
  Paper& paper;
  const JobDocument& job;
  const Words& words;
  const Dates& dates;
};

struct Fact {
  std::string name;
  std::string value;
};

struct Column {
  std::string title;
  double share;  // of the width; all together 1
  Align align = Align::left;
};

double worked_minutes(const JobDocument& job);
PaperOptions options_of(const JobDocument& job, const Words& words, const std::string& title);

// The dark band at the top of the first page: whose paper this is, and what.
void masthead(const Page& page, const std::string& title, const std::string& line);
void car_and_work(const Page& page);
void facts(const Page& page, const std::vector<Fact>& facts);  // in two columns; empty values are left out
// Its head is written again on the next page.
void table(const Page& page, const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);
inline constexpr double kAirOverviewHeight = 190;
// How much of the time was within spec, and the four quantities.
void air_overview(const Page& page);
void air_by_stage(const Page& page);
void air_curve(const Page& page);
void photo_grid(const Page& page, const std::vector<Picture>& pictures);

}  // namespace pitview::reports
