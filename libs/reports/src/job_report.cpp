#include "sections.h"

namespace pitview::reports {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string punctuality_of(const Page& page) {
  if (!page.job.promised_at || !page.job.ended_at) return "";
  const double late = std::chrono::duration<double, std::ratio<60>>(*page.job.ended_at - *page.job.promised_at).count();
  if (late > 5) return fill_in(page.words.late_by, page.dates.duration(late));
  if (late < -5) return fill_in(page.words.early_by, page.dates.duration(-late));
  return page.words.on_time;
}

std::string moment_of(const Page& page, std::optional<Timestamp> t) { return t ? page.dates.moment(*t) : ""; }

void stages(const Page& page) {
  std::vector<std::vector<std::string>> rows;
  for (const Stage& stage : page.job.stages) {
    std::string took;
    if (stage.started_at && stage.finished_at)
      took = page.dates.duration(
          std::chrono::duration<double, std::ratio<60>>(*stage.finished_at - *stage.started_at).count());
    rows.push_back({std::to_string(stage.position), stage.name,
                    stage.started_at ? page.dates.span(*stage.started_at, stage.finished_at) : "–", took});
  }
  if (rows.empty()) return;
  page.paper.heading(page.words.stages);
  table(page,
        {{"", 0.06}, {page.words.stage, 0.44}, {page.words.time, 0.34}, {page.words.duration, 0.16, Align::right}},
        rows);
}

void time_changes(const Page& page) {
  if (page.job.time_changes.empty()) return;
  std::vector<std::vector<std::string>> rows;
  for (const TimeChange& change : page.job.time_changes)
    rows.push_back({page.dates.moment(change.at), page.dates.moment(change.end_before),
                    page.dates.moment(change.end_after),
                    change.reason.empty() && change.by.empty() ? page.words.after_hold : change.reason, change.by});
  page.paper.heading(page.words.time_changes);
  const Words& words = page.words;
  table(page, {{words.when, 0.18}, {words.from, 0.18}, {words.to, 0.18}, {words.reason, 0.28}, {words.by, 0.18}}, rows);
}

void notes(const Page& page) {
  if (page.job.notes.empty()) return;
  page.paper.heading(page.words.notes);
  for (const Note& note : page.job.notes) {
    page.paper.need(34);
    std::string head = page.dates.moment(note.at) + "  ·  " + note.author;
    if (note.is_internal) head += std::string("  ·  ") + page.words.internal;
    page.paper.paragraph(head, {.size = 7.5, .weight = Weight::medium, .colour = kQuiet}, 1);
    page.paper.paragraph(note.text, {.size = 9.5}, 8);
  }
}

void rating(const Page& page) {
  if (!page.job.stars) return;
  page.paper.heading(page.words.rating);
  std::string stars;
  for (int i = 1; i <= 5; ++i) stars += i <= *page.job.stars ? "★" : "☆";
  page.paper.paragraph(stars, {.size = 14, .colour = kFair}, 3);
  page.paper.paragraph(page.job.comment, {.size = 9.5});
}

}  // namespace

std::string draw_job_report(const JobDocument& job) {
  const Words& words = words_of(job.language);
  const Dates dates(job.workshop.timezone, words);
  const auto pictures = load_pictures(job.photos, kPhotoSide);
  const PaperOptions options = options_of(job, words, words.report);
  return draw_twice(options, [&](Paper& paper) {
    const Page page{paper, job, words, dates};
    masthead(page, words.report, job.number);
    car_and_work(page);
    const std::string took =
        job.ended_at && job.started_at
            ? dates.duration(std::chrono::duration<double, std::ratio<60>>(*job.ended_at - *job.started_at).count())
            : "";
    const std::string punctual = punctuality_of(page);
    facts(page, {{words.customer, job.customer},
                 {words.staff, joined(job.staff)},
                 {words.booked, moment_of(page, job.booked_at)},
                 {words.started, moment_of(page, job.started_at)},
                 {words.promised, moment_of(page, job.promised_at)},
                 {words.ended, moment_of(page, job.ended_at) + (punctual.empty() ? "" : " (" + punctual + ")")},
                 {words.took, took},
                 {words.pit, job.pit > 0 ? std::to_string(job.pit) : ""}});
    stages(page);
    time_changes(page);
    paper.heading(words.air, kAirOverviewHeight);
    air_overview(page);
    air_curve(page);
    air_by_stage(page);
    notes(page);
    rating(page);
    photo_grid(page, pictures);
  });
}

std::string draw_job_summary(const JobDocument& job) {
  const Words& words = words_of(job.language);
  const Dates dates(job.workshop.timezone, words);
  const auto pictures = load_pictures(job.photos, kPhotoSide);
  const PaperOptions options = options_of(job, words, words.summary);
  return draw_twice(options, [&](Paper& paper) {
    const Page page{paper, job, words, dates};
    masthead(page, words.summary, job.customer);
    car_and_work(page);
    facts(page, {{words.started, moment_of(page, job.started_at)}, {words.ended, moment_of(page, job.ended_at)}});
    paper.heading(words.what_was_done);
    for (const Stage& stage : job.stages) {
      if (!stage.started_at) continue;
      paper.need(40);
      paper.fill({kMargin, paper.y() + 2, 3, 22}, kAccent, 1.5);
      const double x = kMargin + 13;
      paper.write(stage.name, {.size = 10.5, .weight = Weight::medium, .max_lines = 1}, x, paper.y(),
                  kContentWidth * 0.55);
      paper.write(dates.span(*stage.started_at, stage.finished_at),
                  {.size = 9, .colour = kQuiet, .align = Align::right, .max_lines = 1}, kMargin + kContentWidth * 0.6,
                  paper.y() + 1, kContentWidth * 0.4);
      paper.skip(15);
      paper.skip(
          paper.write(stage.sentence, {.size = 9, .colour = kQuiet, .max_lines = 3}, x, paper.y(), kContentWidth - 13) +
          9);
    }
    paper.heading(words.air, kAirOverviewHeight);
    air_overview(page);
    notes(page);
    photo_grid(page, pictures);
    if (!job.workshop.phone.empty()) {
      paper.need(40);
      paper.skip(12);
      paper.paragraph(std::string(words.contact) + ": " + job.workshop.phone,
                      {.size = 10.5, .weight = Weight::medium, .colour = kAccent});
    }
  });
}

}  // namespace pitview::reports
