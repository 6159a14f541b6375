// The room: wall, ceiling lights, shelves, floor.
#include <array>
#include <cmath>

#include "canvas.h"

namespace pitview::sim {
namespace {

struct Point {
  double x;
  double y;
};

// A pin-hole camera that looks along z; the ceiling is a plane above it.
struct Ceiling {
  static constexpr double kFocal = 760;
  static constexpr double kHorizon = 318;
  static constexpr double kHeight = 1.75;
  static Point project(double x, double z) { return {640 + kFocal * x / z, kHorizon - kFocal * kHeight / z}; }
};

void hexagon(cairo_t* c, double x, double z, double radius) {
  for (int corner = 0; corner < 6; ++corner) {
    const double angle = corner * 1.0471975512;
    const Point p = Ceiling::project(x + radius * std::cos(angle), z + radius * 0.92 * std::sin(angle));
    if (corner == 0) {
      cairo_move_to(c, p.x, p.y);
    } else {
      cairo_line_to(c, p.x, p.y);
    }
  }
  cairo_close_path(c);
}

void draw_wall(cairo_t* c, Colour tint) {
  use_gradient(c, 0, 120, 0, kFloorLine,
               {{0, mix(rgb(0x14171c), tint, 0.05)},
                {0.45, mix(rgb(0x2b313a), tint, 0.14)},
                {1, mix(rgb(0x1f242b), tint, 0.10)}});
  cairo_paint(c);
  // Panels of the wall, and the wash of light on each of them.
  for (int i = 0; i < 9; ++i) {
    const double x = 36 + i * 151.0;
    spot(c, x + 76, 300, 88, 170, mix(rgb(0x8b97a8), tint, 0.4), 0.13);
    cairo_rectangle(c, x, 196, 2, kFloorLine - 196);
    use_gradient(c, 0, 196, 0, kFloorLine, {{0, rgb(0x000000), 0.05}, {1, rgb(0x000000), 0.45}});
    cairo_fill(c);
  }
  cairo_rectangle(c, 0, kFloorLine - 12, kSceneWidth, 12);
  use(c, rgb(0x0c0e11), 0.75);
  cairo_fill(c);
}

void draw_ceiling(cairo_t* c, Colour light) {
  const Saved saved(c);
  cairo_set_operator(c, CAIRO_OPERATOR_SCREEN);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
  spot(c, 640, 90, 900, 240, light, 0.20);
  constexpr double kRadius = 0.86;
  for (int row = 9; row >= 0; --row) {
    const double z = 3.9 + row * kRadius * 0.797 * 1.16;
    for (int column = -7; column <= 7; ++column) {
      const double x = column * kRadius * 3.0 + (row % 2 == 0 ? 0 : kRadius * 1.5);
      const double near = 4.2 / z;
      const double fade = std::pow(near, 0.55);
      for (const auto& [width, alpha] : {std::array{26.0, 0.035}, std::array{13.0, 0.08}, std::array{6.5, 0.22}}) {
        hexagon(c, x, z, kRadius * 0.97);
        cairo_set_line_width(c, width * near);
        use(c, light, alpha * fade);
        cairo_stroke(c);
      }
      hexagon(c, x, z, kRadius * 0.97);
      cairo_set_line_width(c, std::max(1.3, 3.6 * near));
      use(c, mix(light, rgb(0xffffff), 0.75), 0.95 * fade);
      cairo_stroke(c);
    }
  }
}

void draw_cabinet(cairo_t* c, double x, double width) {
  rounded(c, x, 262, width, kFloorLine - 262, 5);
  use_gradient(c, x, 0, x + width, 0, {{0, rgb(0x23282f)}, {0.5, rgb(0x2d333c)}, {1, rgb(0x1a1e24)}});
  cairo_fill(c);
  for (int drawer = 0; drawer < 6; ++drawer) {
    const double y = 272 + drawer * 29.0;
    rounded(c, x + 8, y, width - 16, 22, 3);
    use_gradient(c, 0, y, 0, y + 22, {{0, rgb(0x171b20)}, {1, rgb(0x101317)}});
    cairo_fill(c);
    rounded(c, x + width / 2 - 26, y + 5, 52, 4, 2);
    use(c, rgb(0x59636f));
    cairo_fill(c);
  }
}

// Rolls of film, as they hang in such a shop.
void draw_shelf(cairo_t* c, double x) {
  use(c, rgb(0x15191e));
  cairo_rectangle(c, x, 250, 138, kFloorLine - 250);
  cairo_fill(c);
  constexpr std::array<Colour, 4> kRolls{rgb(0x4a6f9e), rgb(0xa9b3bf), rgb(0x6b4a3a), rgb(0x37785f)};
  for (int row = 0; row < 4; ++row) {
    const double y = 266 + row * 44.0;
    for (int i = 0; i < 5; ++i) {
      const double cx = x + 20 + i * 24.5;
      const Colour roll = kRolls[static_cast<std::size_t>(row * 3 + i) % kRolls.size()];
      cairo_arc(c, cx, y + 14, 10.5, 0, 6.2831853);
      use(c, mix(roll, rgb(0x101317), 0.45));
      cairo_fill(c);
      cairo_arc(c, cx, y + 14, 4, 0, 6.2831853);
      use(c, rgb(0x0d0f12));
      cairo_fill(c);
    }
    use(c, rgb(0x39414b));
    cairo_rectangle(c, x, y + 27, 138, 4);
    cairo_fill(c);
  }
}

void draw_floor(cairo_t* c, Colour light, Colour tint) {
  use_gradient(c, 0, kFloorLine, 0, kSceneHeight,
               {{0, mix(rgb(0x3a424c), tint, 0.18)}, {0.35, mix(rgb(0x2a3038), tint, 0.14)}, {1, rgb(0x0d0f12)}});
  cairo_rectangle(c, 0, kFloorLine, kSceneWidth, kSceneHeight - kFloorLine);
  cairo_fill(c);
  const Saved saved(c);
  cairo_rectangle(c, 0, kFloorLine, kSceneWidth, kSceneHeight - kFloorLine);
  cairo_clip(c);
  // The lights in the polished floor: the ceiling upside down, soft and faint.
  cairo_set_operator(c, CAIRO_OPERATOR_SCREEN);
  for (int i = -3; i <= 3; ++i) spot(c, 640 + i * 215.0, 508 + std::abs(i) * 6, 150, 62, light, 0.16);
  spot(c, 640, kFloorLine, 760, 60, light, 0.12);
  cairo_set_operator(c, CAIRO_OPERATOR_OVER);
  // The marked bay.
  const auto line = [c](double top, double bottom) {
    cairo_move_to(c, top, 486);
    cairo_line_to(c, bottom, kSceneHeight);
  };
  cairo_set_line_width(c, 7);
  use(c, rgb(0xc9a227), 0.34);
  line(196, 40);
  line(1084, 1240);
  cairo_move_to(c, 196, 486);
  cairo_line_to(c, 1084, 486);
  cairo_stroke(c);
}

}  // namespace

void draw_bay(cairo_t* c, bool warm_light) {
  const Colour light = warm_light ? rgb(0xffeccf) : rgb(0xe6f1ff);
  const Colour tint = warm_light ? rgb(0x8a6f4e) : rgb(0x4c6a8f);
  draw_wall(c, tint);
  draw_ceiling(c, light);
  draw_cabinet(c, 66, 150);
  draw_shelf(c, 1092);
  draw_floor(c, light, tint);
  // Darker towards the corners, as a wide lens sees it.
  const Pattern vignette(cairo_pattern_create_radial(640, 330, 420, 640, 330, 840));
  use(c, vignette.get(), {{0, rgb(0x000000), 0}, {1, rgb(0x000000), 0.55}});
  cairo_paint(c);
}

}  // namespace pitview::sim
