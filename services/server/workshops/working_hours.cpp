#include "workshops/working_hours.h"

#include <algorithm>
#include <optional>

namespace pitview::workshops {
namespace {

constexpr int kDay = 24 * 60;
constexpr std::size_t kMaxPerDay = 3;

// Minutes since midnight.
std::optional<int> minutes_of(const std::string& text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -1000; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hours = digit(0) * 10 + digit(1);
  const int minutes = digit(3) * 10 + digit(4);
  if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > kDay) return std::nullopt;
  return hours * 60 + minutes;
}

}  // namespace

Result<> check_working_hours(const std::vector<OpenHours>& hours) {
  Error error{Errc::validation_failed, "The request has a fault.", {}, 0};
  if (hours.size() > 7 * kMaxPerDay) {
    error.fields.push_back({"working_hours", "must be at most three a day"});
    return error;
  }
  struct Span {
    int from = 0;
    int to = 0;
  };
  std::vector<Span> week[7];
  for (std::size_t i = 0; i < hours.size(); ++i) {
    const std::string at = "working_hours[" + std::to_string(i) + "].";
    const auto opens = minutes_of(hours[i].opens);
    const auto closes = minutes_of(hours[i].closes);
    if (hours[i].day < 1 || hours[i].day > 7) error.fields.push_back({at + "day", "must be 1 to 7"});
    if (!opens || *opens == kDay) error.fields.push_back({at + "opens", "must be a time such as 09:00"});
    if (!closes) error.fields.push_back({at + "closes", "must be a time such as 19:30"});
    if (opens && closes && *closes <= *opens) error.fields.push_back({at + "closes", "must be later than it opens"});
    if (!error.fields.empty()) continue;
    std::vector<Span>& day = week[hours[i].day - 1];
    const auto overlaps = [&](const Span& span) { return *opens < span.to && span.from < *closes; };
    if (std::any_of(day.begin(), day.end(), overlaps)) error.fields.push_back({at + "opens", "overlaps another time"});
    if (day.size() == kMaxPerDay) error.fields.push_back({at + "day", "must be at most three a day"});
    day.push_back({*opens, *closes});
  }
  if (!error.fields.empty()) return error;
  return Done{};
}

}  // namespace pitview::workshops
