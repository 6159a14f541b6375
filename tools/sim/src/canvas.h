// Cairo with owners, and the few brush strokes the scene is made of. Coordinates
// are those of a 1280 × 720 picture whatever the real size is.
#pragma once

#include <cairo/cairo.h>

#include <cstdint>
#include <initializer_list>
#include <memory>

#include "colour.h"

namespace pitview::sim {

struct Release {
  void operator()(cairo_t* c) const { cairo_destroy(c); }
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(cairo_pattern_t* p) const { cairo_pattern_destroy(p); }
};
using Context = std::unique_ptr<cairo_t, Release>;
using Surface = std::unique_ptr<cairo_surface_t, Release>;
using Pattern = std::unique_ptr<cairo_pattern_t, Release>;

inline constexpr double kSceneWidth = 1280;
inline constexpr double kSceneHeight = 720;
inline constexpr double kFloorLine = 452;  // where wall and floor meet
inline constexpr double kCarGround = 628;  // where the tyres stand

// Puts cairo's state back at the end of a block.
class Saved {
 public:
  explicit Saved(cairo_t* c) : c_(c) { cairo_save(c_); }
  ~Saved() { cairo_restore(c_); }
  Saved(const Saved&) = delete;
  Saved& operator=(const Saved&) = delete;

 private:
  cairo_t* c_;
};

struct Stop {
  double at;
  Colour colour;
  double alpha = 1;
};

inline void use(cairo_t* c, Colour colour, double alpha = 1) {
  cairo_set_source_rgba(c, colour.r, colour.g, colour.b, alpha);
}

inline void use(cairo_t* c, cairo_pattern_t* pattern, std::initializer_list<Stop> stops) {
  for (const Stop& stop : stops)
    cairo_pattern_add_color_stop_rgba(pattern, stop.at, stop.colour.r, stop.colour.g, stop.colour.b, stop.alpha);
  cairo_set_source(c, pattern);
}

inline void use_gradient(cairo_t* c, double x0, double y0, double x1, double y1, std::initializer_list<Stop> stops) {
  const Pattern pattern(cairo_pattern_create_linear(x0, y0, x1, y1));
  use(c, pattern.get(), stops);
}

// A soft round spot that ends at `radius_x`, `radius_y`.
inline void spot(cairo_t* c, double x, double y, double radius_x, double radius_y, Colour colour, double alpha) {
  const Saved saved(c);
  cairo_translate(c, x, y);
  cairo_scale(c, radius_x, radius_y);
  const Pattern pattern(cairo_pattern_create_radial(0, 0, 0, 0, 0, 1));
  use(c, pattern.get(), {{0, colour, alpha}, {0.5, colour, alpha * 0.45}, {1, colour, 0}});
  cairo_arc(c, 0, 0, 1, 0, 6.2831853);
  cairo_fill(c);
}

inline void rounded(cairo_t* c, double x, double y, double width, double height, double radius) {
  constexpr double kQuarter = 1.57079632679;
  cairo_new_sub_path(c);
  cairo_arc(c, x + width - radius, y + radius, radius, -kQuarter, 0);
  cairo_arc(c, x + width - radius, y + height - radius, radius, 0, kQuarter);
  cairo_arc(c, x + radius, y + height - radius, radius, kQuarter, 2 * kQuarter);
  cairo_arc(c, x + radius, y + radius, radius, 2 * kQuarter, 3 * kQuarter);
  cairo_close_path(c);
}

// The parts of the picture, each in its own file.
enum class Body : std::uint8_t;
void draw_bay(cairo_t* c, bool warm_light);
void draw_car(cairo_t* c, Body body, Colour paint);  // at the origin: rear bumper, ground; y upwards is negative
double car_length(Body body);
void draw_film(cairo_t* c, Body body, double x);  // covers the side from the rear to `x`
void draw_technician(cairo_t* c, double x, double reach,
                     double sway);  // feet at x; reach and sway -1 to 1; looks right

}  // namespace pitview::sim
