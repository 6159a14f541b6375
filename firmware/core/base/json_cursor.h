// Takes tokens off the front of JSON text (RFC 8259).
#pragma once

#include <cstddef>
#include <string_view>

namespace pitview::fw {

struct JsonCursor {
  std::string_view rest;

  bool at(char c) const { return !rest.empty() && rest.front() == c; }
  void skip_space() {
    while (at(' ') || at('\t') || at('\n') || at('\r')) rest.remove_prefix(1);
  }
  // White space before it is passed over, also when it is not there.
  bool take(char c) {
    skip_space();
    if (!at(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool take_word(std::string_view word) {
    if (rest.substr(0, word.size()) != word) return false;
    rest.remove_prefix(word.size());
    return true;
  }
  std::string_view take_digits() {
    std::size_t count = 0;
    while (count < rest.size() && rest[count] >= '0' && rest[count] <= '9') ++count;
    const std::string_view digits = rest.substr(0, count);
    rest.remove_prefix(count);
    return digits;
  }
};

}  // namespace pitview::fw
