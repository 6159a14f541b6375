// Topic names, filters and matching against a second implementation that is as slow
// and as plain as the standard's text. The input is a filter and a topic with a line
// feed between them.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/mqtt/topic.h"
#include "property.h"

namespace pitview::mqtt::fuzz {
namespace {

using Levels = std::vector<std::string>;

// Section 1.5.3 by arithmetic: each code point is put together and then judged.
bool reference_utf8(std::string_view text) {
  if (text.size() > 65'535) return false;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[i]);
    std::size_t length = 1;
    while (length <= 4 && (first & 0x80U >> length) != 0 && (first & 0x80U) != 0) ++length;
    if ((first & 0x80U) != 0 && (length < 2 || length > 4)) return false;
    std::uint32_t point = length == 1 ? first : first & (0x7FU >> length);
    if (i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i + k]);
      if ((next & 0xC0U) != 0x80U) return false;
      point = point << 6 | (next & 0x3FU);
    }
    const std::uint32_t least[] = {0, 1, 0x80, 0x800, 0x10000};
    if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    i += length;
  }
  return true;
}

Levels levels_of(std::string_view text) {
  Levels levels(1);
  for (const char c : text) {
    if (c == '/') {
      levels.emplace_back();
    } else {
      levels.back() += c;
    }
  }
  return levels;
}

bool reference_name(std::string_view topic) {
  return !topic.empty() && reference_utf8(topic) && std::count(topic.begin(), topic.end(), '+') == 0 &&
         std::count(topic.begin(), topic.end(), '#') == 0;
}

bool reference_filter(std::string_view filter) {
  if (filter.empty() || !reference_utf8(filter)) return false;
  const Levels levels = levels_of(filter);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const bool plus = std::count(levels[i].begin(), levels[i].end(), '+') > 0;
    const bool hash = std::count(levels[i].begin(), levels[i].end(), '#') > 0;
    if (plus && levels[i].size() != 1) return false;
    if (hash && (levels[i].size() != 1 || i + 1 != levels.size())) return false;
  }
  return true;
}

bool reference_levels_match(const Levels& filter, std::size_t f, const Levels& topic, std::size_t t) {
  if (f == filter.size()) return t == topic.size();
  if (filter[f] == "#") return true;  // the parent level too
  if (t == topic.size()) return false;
  return (filter[f] == "+" || filter[f] == topic[t]) && reference_levels_match(filter, f + 1, topic, t + 1);
}

bool reference_matches(std::string_view filter, std::string_view topic) {
  const bool wildcard_first = filter[0] == '+' || filter[0] == '#';
  if (topic[0] == '$' && wildcard_first) return false;
  return reference_levels_match(levels_of(filter), 0, levels_of(topic), 0);
}

void check(std::string_view input) {
  const std::size_t feed = input.find('\n');
  const std::string filter(input.substr(0, feed));
  const std::string topic(feed == std::string_view::npos ? std::string_view() : input.substr(feed + 1));
  for (const std::string& text : {filter, topic}) {
    require(valid_utf8_string(text) == reference_utf8(text), "UTF-8 is judged as the reference does");
    require(valid_topic_name(text) == reference_name(text), "topic names are judged as the reference does");
    require(valid_topic_filter(text) == reference_filter(text), "topic filters are judged as the reference does");
    if (valid_topic_name(text)) {
      require(valid_topic_filter(text) && topic_matches(text, text), "a topic name matches itself");
      require(topic_matches("#", text) == (text[0] != '$'), "# is every topic but the broker's own");
    }
  }
  if (valid_topic_filter(filter) && valid_topic_name(topic))
    require(topic_matches(filter, topic) == reference_matches(filter, topic), "matching agrees with the reference");
}

}  // namespace
}  // namespace pitview::mqtt::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pitview::mqtt::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
