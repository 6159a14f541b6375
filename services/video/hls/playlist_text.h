// How playlists write numbers, and how the names in them are read again.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

namespace pitview::video {

// Seconds, to 10 µs.
std::string decimal(double value);

// Each takes what it names off the front of `text`. False: that is not there; `text` is as it was.
inline bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace pitview::video
