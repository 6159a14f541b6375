#include "pitview/video/recorded_range.h"

#include <charconv>

namespace pitview::video {
namespace {

constexpr std::int64_t kLatest = 7'258'118'400'000;  // the year 2200

std::optional<Timestamp> time_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value < 0 || value > kLatest) return std::nullopt;
  return from_milliseconds(value);
}

}  // namespace

std::string address_of(const RecordedRange& range) {
  return range.path + "/recordings/" + std::to_string(to_milliseconds(range.from)) + "-" +
         std::to_string(to_milliseconds(range.to));
}

std::optional<RecordedRange> parse_recorded_range(std::string path, std::string_view times) {
  const std::size_t dash = times.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = time_of(times.substr(0, dash));
  const auto to = time_of(times.substr(dash + 1));
  if (!from || !to || *from >= *to) return std::nullopt;
  return RecordedRange{std::move(path), *from, *to};
}

}  // namespace pitview::video
