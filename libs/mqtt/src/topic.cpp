#include "pitview/mqtt/topic.h"

#include <cstddef>
#include <cstdint>

namespace pitview::mqtt {
namespace {

constexpr std::size_t kLongestString = 65'535;

// The length of the code point that begins at `text[0]`, 0 when it is not one
// that MQTT allows. The table is RFC 3629 §4, which leaves out overlong forms
// and surrogates.
std::size_t code_point_length(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0U; };
  const auto between = [byte](std::size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
  const auto tail = [between](std::size_t i) { return between(i, 0x80, 0xBF); };
  const unsigned first = byte(0);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return between(1, low, high) && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return between(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

std::string_view take_level(std::string_view& rest, bool& more) noexcept {
  const std::size_t slash = rest.find('/');
  more = slash != std::string_view::npos;
  const std::string_view level = rest.substr(0, slash);
  rest.remove_prefix(more ? slash + 1 : rest.size());
  return level;
}

}  // namespace

bool valid_utf8_string(std::string_view text) noexcept {
  if (text.size() > kLongestString) return false;
  while (!text.empty()) {
    const std::size_t length = code_point_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool valid_topic_name(std::string_view topic) noexcept {
  return !topic.empty() && topic.find_first_of("+#") == std::string_view::npos && valid_utf8_string(topic);
}

bool valid_topic_filter(std::string_view filter) noexcept {
  if (filter.empty() || !valid_utf8_string(filter)) return false;
  bool more = true;
  while (more) {
    const std::string_view level = take_level(filter, more);
    if (level.find('+') != std::string_view::npos && level != "+") return false;
    if (level.find('#') != std::string_view::npos && (level != "#" || more)) return false;
  }
  return true;
}

bool topic_matches(std::string_view filter, std::string_view topic) noexcept {
  if (topic.front() == '$' && filter.front() != '$') return false;
  bool more_filter = true;
  bool more_topic = true;
  for (;;) {
    const std::string_view wanted = take_level(filter, more_filter);
    if (wanted == "#") return true;
    const std::string_view level = take_level(topic, more_topic);
    if (wanted != "+" && wanted != level) return false;
    // "sport/#" also means "sport" itself (4.7.1.2).
    if (!more_topic) return !more_filter || filter == "#";
    if (!more_filter) return false;
  }
}

}  // namespace pitview::mqtt
