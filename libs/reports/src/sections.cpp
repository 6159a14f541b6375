#include "sections.h"

#include <algorithm>
#include <cmath>

namespace pitview::reports {
namespace {

constexpr double kGap = 10;
constexpr double kTileHeight = 94;
constexpr Style kSmall{.size = 8, .colour = kQuiet};
constexpr Style kLabel{.size = 7.5, .weight = Weight::medium, .colour = kQuiet, .max_lines = 1};

const Colour& colour_of(const double in_spec, const double judged) {
  if (judged <= 0) return kQuiet;
  const double share = in_spec / judged;
  if (share >= 0.95) return kGood;
  return share >= 0.8 ? kFair : kBad;
}

std::string range_of(const Measure& measure, const char* unit, int decimals) {
  if (!measure.min || !measure.max) return "–";
  return number(*measure.min, decimals) + " – " + number(*measure.max, decimals) + unit;
}

// The widest of what the stages ask for; "" when none asks.
std::string asked_of(const Page& page, Band Stage::* band, const char* unit) {
  std::optional<double> least;
  std::optional<double> most;
  for (const Stage& stage : page.job.stages) {
    const Band& one = stage.*band;
    if (one.min) least = std::min(least.value_or(*one.min), *one.min);
    if (one.max) most = std::max(most.value_or(*one.max), *one.max);
  }
  const auto shown = [](double value) { return number(value, value == std::floor(value) ? 0 : 1); };
  if (least && most) return shown(*least) + " – " + shown(*most) + unit;
  if (least) return std::string(page.words.at_least) + " " + shown(*least) + unit;
  if (most) return std::string(page.words.at_most) + " " + shown(*most) + unit;
  return "";
}

struct Quantity {
  const char* name;
  const Measure* measure;
  Band Stage::* band;
  const char* unit;
  int decimals;
};

std::vector<Quantity> quantities_of(const Page& page) {
  const Air& air = page.job.air;
  return {{page.words.temperature, &air.temperature, &Stage::temperature, " °C", 1},
          {page.words.humidity, &air.humidity, &Stage::humidity, " %", 0},
          {page.words.dew_point_margin, &air.dew_point_margin, &Stage::dew_point_margin, " K", 1},
          {page.words.air_quality, &air.air_quality, &Stage::air_quality, "", 0}};
}

void tile(const Page& page, const Quantity& quantity, const Box& box) {
  Paper& paper = page.paper;
  const Measure& measure = *quantity.measure;
  paper.outline(box, kLine, 6);
  const double x = box.x + 10;
  const double width = box.width - 20;
  double y = box.y + 9;
  y += paper.write(quantity.name, kLabel, x, y, width) + 3;
  const bool is_judged = measure.judged_minutes > 0;
  const std::string big = is_judged      ? percent(measure.in_spec_minutes, measure.judged_minutes)
                          : measure.mean ? number(*measure.mean, quantity.decimals) + quantity.unit
                                         : "–";
  y += paper.write(big,
                   {.size = 17,
                    .weight = Weight::bold,
                    .colour = is_judged ? colour_of(measure.in_spec_minutes, measure.judged_minutes) : kInk,
                    .max_lines = 1},
                   x, y, width) +
       2;
  const std::string asked = asked_of(page, quantity.band, quantity.unit);
  const char* state = !measure.mean ? page.words.not_measured : is_judged ? page.words.in_spec : page.words.not_judged;
  y += paper.write(state, {.size = 7.5, .colour = kQuiet, .max_lines = 1}, x, y, width) + 5;
  if (!asked.empty())
    y += paper.write(std::string(page.words.asked) + ": " + asked, {.size = 7.5, .max_lines = 1}, x, y, width) + 1.5;
  if (measure.mean) {
    y += paper.write(std::string(page.words.mean) + ": " + number(*measure.mean, quantity.decimals) + quantity.unit,
                     {.size = 7.5, .max_lines = 1}, x, y, width) +
         1.5;
    paper.write(range_of(measure, quantity.unit, quantity.decimals), {.size = 7.5, .max_lines = 1}, x, y, width);
  }
}

std::string minutes_of(const Measure& measure) {
  if (measure.measured_minutes <= 0) return "–";
  if (measure.judged_minutes <= 0) return number(std::round(measure.measured_minutes), 0) + " *";
  return number(std::floor(measure.in_spec_minutes), 0) + " / " + number(std::round(measure.judged_minutes), 0);
}

}  // namespace

double worked_minutes(const JobDocument& job) {
  double minutes = 0;
  for (const Stage& stage : job.stages)
    if (stage.started_at && stage.finished_at)
      minutes += std::chrono::duration<double, std::ratio<60>>(*stage.finished_at - *stage.started_at).count();
  return minutes;
}

PaperOptions options_of(const JobDocument& job, const Words& words, const std::string& title) {
  return {.title = title + ", " + job.car,
          .author = job.workshop.name,
          .footer = job.workshop.name + "  ·  " + job.number + "  ·  PitView",
          .page_label = [&words](int page, int total) {
            return fill_in(words.page, std::to_string(page), std::to_string(total));
          }};
}

void masthead(const Page& page, const std::string& title, const std::string& line) {
  constexpr double kHeight = 116;
  Paper& paper = page.paper;
  paper.fill({0, 0, kPageWidth, kHeight}, kNight);
  paper.fill({0, kHeight, kPageWidth, 3}, kNightAccent);
  const double half = kContentWidth * 0.62;
  paper.write(page.job.workshop.name, {.size = 10.5, .weight = Weight::bold, .colour = kNightAccent, .max_lines = 1},
              kMargin, 30, half);
  paper.write(title,
              {.size = page.words.is_hindi ? 19.0 : 21.0, .weight = Weight::bold, .colour = kWhite, .max_lines = 1},
              kMargin, 48, kContentWidth);
  paper.write(line, {.size = 9, .colour = kNightQuiet, .max_lines = 1}, kMargin, 82, kContentWidth);
  std::string contact = page.job.workshop.address;
  std::ranges::replace(contact, '\n', ' ');
  if (!page.job.workshop.phone.empty()) contact = page.job.workshop.phone + (contact.empty() ? "" : "\n" + contact);
  paper.write(contact, {.size = 7.5, .colour = kNightQuiet, .align = Align::right, .max_lines = 2}, kMargin + half + 12,
              30, kContentWidth - half - 12);
  paper.move_to(kHeight + 22);
}

void car_and_work(const Page& page) {
  page.paper.paragraph(page.job.car, {.size = 18, .weight = Weight::bold, .max_lines = 2}, 2);
  std::string line = page.job.work;
  if (!page.job.plate.empty()) line = page.job.plate + "  ·  " + line;
  if (page.job.started_at) line += "  ·  " + page.dates.date(*page.job.started_at);
  page.paper.paragraph(line, {.size = 10.5, .colour = kQuiet}, 10);
}

void facts(const Page& page, const std::vector<Fact>& all) {
  std::vector<const Fact*> shown;
  for (const Fact& fact : all)
    if (!fact.value.empty()) shown.push_back(&fact);
  Paper& paper = page.paper;
  const double width = (kContentWidth - kGap) / 2;
  constexpr Style kValue{.size = 10, .weight = Weight::medium, .max_lines = 3};
  for (std::size_t i = 0; i < shown.size(); i += 2) {
    const std::size_t end = std::min(i + 2, shown.size());
    double height = 0;
    for (std::size_t k = i; k < end; ++k) height = std::max(height, paper.height_of(shown[k]->value, kValue, width));
    paper.need(height + 22);
    for (std::size_t k = i; k < end; ++k) {
      const double x = kMargin + static_cast<double>(k - i) * (width + kGap);
      const double label = paper.write(shown[k]->name, kLabel, x, paper.y(), width);
      paper.write(shown[k]->value, kValue, x, paper.y() + label + 1, width);
    }
    paper.skip(height + 20);
  }
}

void table(const Page& page, const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows) {
  Paper& paper = page.paper;
  constexpr double kPad = 5;
  const auto head = [&] {
    double x = kMargin;
    double height = 0;
    for (const Column& column : columns) {
      Style style = kLabel;
      style.align = column.align;
      style.max_lines = 2;
      height = std::max(height, paper.write(column.title, style, x, paper.y(), column.share * kContentWidth - kPad));
      x += column.share * kContentWidth;
    }
    paper.skip(height + 4);
    paper.line(kMargin, paper.y(), kPageWidth - kMargin, paper.y(), kQuiet, 0.8);
    paper.skip(5);
  };
  paper.need(50);
  head();
  for (const auto& row : rows) {
    double height = 0;
    for (std::size_t i = 0; i < columns.size(); ++i)
      height = std::max(height,
                        paper.height_of(row[i], {.size = 9, .max_lines = 12}, columns[i].share * kContentWidth - kPad));
    if (paper.need(height + 6)) head();
    double x = kMargin;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      paper.write(row[i], {.size = 9, .align = columns[i].align, .max_lines = 12}, x, paper.y(),
                  columns[i].share * kContentWidth - kPad);
      x += columns[i].share * kContentWidth;
    }
    paper.skip(height + 4);
    paper.line(kMargin, paper.y(), kPageWidth - kMargin, paper.y(), kLine);
    paper.skip(5);
  }
}

void air_overview(const Page& page) {
  Paper& paper = page.paper;
  const Air& air = page.job.air;
  if (air.measured_minutes <= 0) {
    paper.paragraph(page.words.nothing_measured, {.size = 10, .colour = kQuiet});
    return;
  }
  paper.need(kAirOverviewHeight);
  const double top = paper.y();
  const Colour& colour = colour_of(air.in_spec_minutes, air.judged_minutes);
  if (air.judged_minutes > 0) {
    paper.ring(kMargin + 26, top + 26, 22, 7, std::min(1.0, air.in_spec_minutes / air.judged_minutes), colour);
    const double x = kMargin + 64;
    const double width = kContentWidth - 64;
    const double height =
        paper.write(percent(air.in_spec_minutes, air.judged_minutes) + " " + page.words.in_spec,
                    {.size = 15, .weight = Weight::bold, .colour = colour, .max_lines = 1}, x, top + 4, width);
    paper.write(std::string(page.words.of_measured) + ". " +
                    fill_in(page.words.measured_of, page.dates.duration(air.measured_minutes),
                            page.dates.duration(worked_minutes(page.job))),
                kSmall, x, top + 7 + height, width);
    paper.move_to(top + 62);
  } else {
    paper.paragraph(fill_in(page.words.measured_of, page.dates.duration(air.measured_minutes),
                            page.dates.duration(worked_minutes(page.job))),
                    kSmall, 8);
  }
  const auto quantities = quantities_of(page);
  const double width = (kContentWidth - 3 * kGap) / 4;
  for (std::size_t i = 0; i < quantities.size(); ++i)
    tile(page, quantities[i], {kMargin + static_cast<double>(i) * (width + kGap), paper.y(), width, kTileHeight});
  paper.skip(kTileHeight + 8);
  if (air.air_quality.measured_minutes > 0)
    paper.paragraph(fill_in(page.words.trust, page.dates.duration(air.air_quality.measured_minutes),
                            page.dates.duration(worked_minutes(page.job))),
                    {.size = 7.5, .colour = kQuiet}, 2);
  if (!page.job.air_is_final) paper.paragraph(page.words.not_final, {.size = 7.5, .colour = kQuiet}, 2);
}

void air_by_stage(const Page& page) {
  std::vector<std::vector<std::string>> rows;
  for (const Stage& stage : page.job.stages) {
    if (!stage.started_at) continue;
    rows.push_back({stage.name, page.dates.span(*stage.started_at, stage.finished_at),
                    minutes_of(stage.air.temperature), minutes_of(stage.air.humidity),
                    minutes_of(stage.air.dew_point_margin), minutes_of(stage.air.air_quality)});
  }
  if (rows.empty() || page.job.air.measured_minutes <= 0) return;
  page.paper.heading(page.words.minutes_in_spec);
  const Words& words = page.words;
  table(page,
        {{words.stage, 0.26},
         {words.time, 0.26},
         {words.temperature, 0.12, Align::right},
         {words.humidity, 0.11, Align::right},
         {words.dew_point_margin, 0.13, Align::right},
         {words.air_quality, 0.12, Align::right}},
        rows);
  const bool has_unjudged = std::ranges::any_of(rows, [](const auto& row) {
    return std::ranges::any_of(row, [](const std::string& cell) { return cell.ends_with(" *"); });
  });
  if (has_unjudged) page.paper.paragraph(std::string("* ") + words.not_judged, {.size = 7.5, .colour = kQuiet}, 2);
}

namespace {

// A gap of more than this is not drawn over.
constexpr std::chrono::minutes kCurveGap{20};

void curve(const Page& page, const char* name, std::optional<double> AirPoint::* value, Band Stage::* band,
           const char* unit, const Box& box) {
  Paper& paper = page.paper;
  double low = 1e9;
  double high = -1e9;
  const auto widen = [&](std::optional<double> v) {
    if (!v) return;
    low = std::min(low, *v);
    high = std::max(high, *v);
  };
  for (const AirPoint& point : page.job.curve) widen(point.*value);
  for (const Stage& stage : page.job.stages) {
    widen((stage.*band).min);
    widen((stage.*band).max);
  }
  if (low > high) return;
  const double pad = std::max(1.0, (high - low) * 0.12);
  low -= pad;
  high += pad;
  const Timestamp from = page.job.curve.front().at;
  const auto length = std::max<std::chrono::microseconds>(page.job.curve.back().at - from, std::chrono::minutes(1));
  const Box plot{box.x + 28, box.y + 14, box.width - 28, box.height - 28};
  const auto x_of = [&](Timestamp t) {
    const double share = static_cast<double>((t - from).count()) / static_cast<double>(length.count());
    return plot.x + std::clamp(share, 0.0, 1.0) * plot.width;
  };
  const auto y_of = [&](double v) { return plot.y + (high - std::clamp(v, low, high)) / (high - low) * plot.height; };

  paper.write(name, kLabel, plot.x, box.y, plot.width);
  for (const Stage& stage : page.job.stages) {
    const Band& one = stage.*band;
    if (!stage.started_at || (!one.min && !one.max)) continue;
    const double left = x_of(*stage.started_at);
    const double right = x_of(stage.finished_at.value_or(page.job.curve.back().at));
    const double top = y_of(one.max.value_or(high));
    if (right > left) paper.fill({left, top, right - left, y_of(one.min.value_or(low)) - top}, {0.882, 0.953, 0.918});
  }
  for (const double share : {0.0, 0.5, 1.0}) {
    const double v = low + (high - low) * share;
    paper.line(plot.x, y_of(v), plot.x + plot.width, y_of(v), kLine);
    paper.write(number(v, 0) + unit, {.size = 6.5, .colour = kQuiet, .align = Align::right, .max_lines = 1}, box.x,
                y_of(v) - 4, 24);
  }
  std::vector<std::pair<double, double>> run;
  std::optional<Timestamp> last;
  for (const AirPoint& point : page.job.curve) {
    const auto v = point.*value;
    if (last && (!v || point.at - *last > kCurveGap)) {
      paper.polyline(run, kAccent, 1.1);
      run.clear();
    }
    last = v ? std::optional(point.at) : std::nullopt;
    if (v) run.emplace_back(x_of(point.at), y_of(*v));
  }
  paper.polyline(run, kAccent, 1.1);
  for (const double share : {0.0, 0.5, 1.0}) {
    const auto t = from + std::chrono::duration_cast<std::chrono::microseconds>(length * share);
    const Align align = share == 0 ? Align::left : share == 1 ? Align::right : Align::centre;
    const double x = plot.x + share * plot.width - (share == 0 ? 0 : share == 1 ? 60 : 30);
    paper.write(page.dates.time(t), {.size = 6.5, .colour = kQuiet, .align = align, .max_lines = 1}, x,
                plot.y + plot.height + 4, 60);
  }
}

}  // namespace

void air_curve(const Page& page) {
  if (page.job.curve.size() < 2) return;
  constexpr double kHeight = 104;
  page.paper.need(kHeight + 8);
  page.paper.skip(6);
  const double width = (kContentWidth - 2 * kGap) / 2;
  const double y = page.paper.y();
  curve(page, page.words.temperature, &AirPoint::temperature, &Stage::temperature, "°", {kMargin, y, width, kHeight});
  curve(page, page.words.humidity, &AirPoint::humidity, &Stage::humidity, " %",
        {kMargin + width + 2 * kGap, y, width, kHeight});
  page.paper.skip(kHeight);
}

void photo_grid(const Page& page, const std::vector<Picture>& pictures) {
  if (pictures.empty()) return;
  Paper& paper = page.paper;
  constexpr std::size_t kColumns = 3;
  const double width = (kContentWidth - (kColumns - 1) * kGap) / kColumns;
  const double height = width * 0.72;
  paper.heading(page.words.photos, height + 20);
  for (std::size_t i = 0; i < pictures.size(); i += kColumns) {
    paper.need(height + 20);
    for (std::size_t k = i; k < std::min(i + kColumns, pictures.size()); ++k) {
      const double x = kMargin + static_cast<double>(k - i) * (width + kGap);
      paper.picture(pictures[k], {x, paper.y(), width, height});
      paper.write(pictures[k].caption, {.size = 7.5, .colour = kQuiet, .max_lines = 1}, x, paper.y() + height + 3,
                  width);
    }
    paper.skip(height + 20);
  }
  if (page.job.photos_left_out > 0)
    paper.paragraph(fill_in(page.words.more_photos, std::to_string(page.job.photos_left_out)), kSmall);
}

}  // namespace pitview::reports
