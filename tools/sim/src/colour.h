// Colours of the drawing: red, green, blue from 0 to 1.
#pragma once

#include <optional>
#include <string_view>

namespace pitview::sim {

struct Colour {
  double r = 0;
  double g = 0;
  double b = 0;
};

constexpr Colour rgb(unsigned hex) {
  return {(hex >> 16 & 0xFF) / 255.0, (hex >> 8 & 0xFF) / 255.0, (hex & 0xFF) / 255.0};
}

// 0 gives `a`, 1 gives `b`.
constexpr Colour mix(Colour a, Colour b, double t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

// "#2f5c9e".
std::optional<Colour> parse_colour(std::string_view text);

}  // namespace pitview::sim
