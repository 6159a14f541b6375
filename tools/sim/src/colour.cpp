#include "colour.h"

#include <charconv>

namespace pitview::sim {

std::optional<Colour> parse_colour(std::string_view text) {
  if (text.size() != 7 || text[0] != '#') return std::nullopt;
  unsigned hex = 0;
  const auto [end, failure] = std::from_chars(text.data() + 1, text.data() + text.size(), hex, 16);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return rgb(hex);
}

}  // namespace pitview::sim
