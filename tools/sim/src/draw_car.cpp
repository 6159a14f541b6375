// The car from its side, driving right: the origin is the ground below the rear
// bumper, y is negative upwards, a pixel is about 6 mm.
#include <algorithm>
#include <array>
#include <cmath>

#include "canvas.h"
#include "scene.h"

namespace pitview::sim {
namespace {

constexpr double kTurn = 6.2831853;

struct Shape {
  double length;
  double rear_wheel;
  double front_wheel;
  double wheel_radius;
  double arch_radius;
  double sill;      // height of the lower edge
  double belt;      // height of the window line
  double handle;    // height of the door handles
  double door_cut;  // between the doors
};

constexpr Shape kSedan{800, 160, 636, 60, 70, 42, 158, 142, 392};
constexpr Shape kSuv{780, 150, 622, 68, 79, 56, 196, 172, 384};

const Shape& shape_of(Body body) { return body == Body::suv ? kSuv : kSedan; }

// The lower edge from the front to the rear, around the wheels.
void underside(cairo_t* c, const Shape& s, double front_x, double rear_x) {
  const double axle = -s.wheel_radius;
  const double dy = -s.sill - axle;
  const double dx = std::sqrt(std::max(0.0, s.arch_radius * s.arch_radius - dy * dy));
  const double angle = std::atan2(dy, dx);
  cairo_line_to(c, front_x, -s.sill);
  for (const double wheel : {s.front_wheel, s.rear_wheel}) {
    cairo_line_to(c, wheel + dx, -s.sill);
    cairo_arc_negative(c, wheel, axle, s.arch_radius, angle, kTurn / 2 - angle);
  }
  cairo_line_to(c, rear_x, -s.sill);
}

void body_path(cairo_t* c, Body body) {
  const Shape& s = shape_of(body);
  cairo_new_path(c);
  if (body == Body::suv) {
    cairo_move_to(c, 12, -62);
    cairo_curve_to(c, 2, -92, 4, -140, 14, -176);
    cairo_curve_to(c, 20, -226, 36, -266, 62, -290);
    cairo_curve_to(c, 130, -304, 300, -308, 402, -294);
    cairo_curve_to(c, 452, -284, 500, -240, 538, -206);
    cairo_curve_to(c, 610, -198, 690, -190, 736, -168);
    cairo_curve_to(c, 764, -154, 774, -120, 772, -84);
    cairo_curve_to(c, 772, -72, 766, -62, 756, -58);
    underside(c, s, 750, 20);
  } else {
    cairo_move_to(c, 14, -52);
    cairo_curve_to(c, 0, -70, 0, -108, 12, -140);
    cairo_curve_to(c, 16, -160, 34, -166, 60, -168);
    cairo_curve_to(c, 100, -172, 122, -174, 140, -178);
    cairo_curve_to(c, 190, -212, 232, -240, 300, -246);
    cairo_curve_to(c, 370, -252, 420, -246, 456, -228);
    cairo_curve_to(c, 494, -208, 526, -180, 552, -164);
    cairo_curve_to(c, 640, -158, 720, -146, 766, -120);
    cairo_curve_to(c, 794, -104, 800, -78, 794, -58);
    cairo_curve_to(c, 792, -48, 784, -44, 774, -44);
    underside(c, s, 770, 20);
  }
  cairo_close_path(c);
}

void glass_path(cairo_t* c, Body body) {
  cairo_new_path(c);
  if (body == Body::suv) {
    cairo_move_to(c, 44, -204);
    cairo_curve_to(c, 52, -240, 62, -268, 80, -278);
    cairo_curve_to(c, 160, -290, 300, -292, 396, -281);
    cairo_curve_to(c, 440, -272, 474, -240, 506, -206);
    cairo_curve_to(c, 360, -198, 180, -198, 44, -204);
  } else {
    cairo_move_to(c, 166, -170);
    cairo_curve_to(c, 206, -204, 244, -228, 302, -233);
    cairo_curve_to(c, 364, -238, 412, -233, 444, -217);
    cairo_curve_to(c, 474, -201, 500, -182, 518, -166);
    cairo_curve_to(c, 400, -160, 270, -162, 166, -170);
  }
  cairo_close_path(c);
}

void draw_shadow(cairo_t* c, const Shape& s) {
  spot(c, s.length / 2, 2, s.length * 0.62, 44, rgb(0x000000), 0.85);
  spot(c, s.length / 2, 0, s.length * 0.50, 20, rgb(0x000000), 0.9);
}

void draw_paint(cairo_t* c, Body body, Colour paint) {
  const Shape& s = shape_of(body);
  const double roof = body == Body::suv ? -306 : -250;
  body_path(c, body);
  const Saved saved(c);
  cairo_clip_preserve(c);
  use_gradient(c, 0, roof, 0, -s.sill,
               {{0, mix(paint, rgb(0xffffff), 0.42)},
                {0.30, mix(paint, rgb(0xffffff), 0.10)},
                {0.46, mix(paint, rgb(0xffffff), 0.34)},
                {0.56, paint},
                {0.80, mix(paint, rgb(0x000000), 0.42)},
                {1, mix(paint, rgb(0x000000), 0.74)}});
  cairo_fill(c);
  // What the lights of the room leave on the shoulder and the flanks.
  cairo_set_operator(c, CAIRO_OPERATOR_SCREEN);
  for (int i = 0; i < 4; ++i) spot(c, 120 + i * 190.0, -s.belt - 4, 120, 15, rgb(0xffffff), 0.40);
  spot(c, s.length * 0.30, -s.belt * 0.62, 230, 30, rgb(0xffffff), 0.12);
  spot(c, s.length * 0.78, -s.belt * 0.70, 170, 26, rgb(0xffffff), 0.14);
  cairo_set_operator(c, CAIRO_OPERATOR_OVER);
  // The crease below the handles: shadow over light.
  for (const auto& [dy, colour, alpha] : {std::tuple{0.0, rgb(0x000000), 0.38}, std::tuple{2.6, rgb(0xffffff), 0.30}}) {
    cairo_move_to(c, 26, -s.handle + 14 + dy);
    cairo_curve_to(c, s.length * 0.3, -s.handle + 2 + dy, s.length * 0.6, -s.handle + 2 + dy, s.length - 60,
                   -s.handle + 20 + dy);
    cairo_set_line_width(c, 2.2);
    use(c, colour, alpha);
    cairo_stroke(c);
  }
  if (body == Body::suv) {  // unpainted cladding around the sills and arches
    cairo_rectangle(c, 0, -s.sill - 24, s.length, 30);
    for (const double wheel : {s.rear_wheel, s.front_wheel}) {
      cairo_new_sub_path(c);
      cairo_arc(c, wheel, -s.wheel_radius, s.arch_radius + 13, 0, kTurn);
    }
    use(c, rgb(0x15181b));
    cairo_fill(c);
  }
}

void draw_glass(cairo_t* c, Body body) {
  glass_path(c, body);
  const Saved saved(c);
  use_gradient(c, 0, body == Body::suv ? -290 : -236, 0, body == Body::suv ? -200 : -164,
               {{0, rgb(0x3d4a57)}, {0.35, rgb(0x1c242c)}, {1, rgb(0x0b0e12)}});
  cairo_fill_preserve(c);
  cairo_clip(c);
  cairo_set_operator(c, CAIRO_OPERATOR_SCREEN);
  for (const double x : {150.0, 330.0, 430.0}) {  // light falls slanting through the windows
    cairo_move_to(c, x, -150);
    cairo_line_to(c, x + 30, -150);
    cairo_line_to(c, x + 108, -310);
    cairo_line_to(c, x + 78, -310);
    cairo_close_path(c);
    use(c, rgb(0xbcd0e6), 0.13);
    cairo_fill(c);
  }
}

void draw_seams(cairo_t* c, Body body, Colour paint) {
  const Shape& s = shape_of(body);
  const double roof = body == Body::suv ? -292.0 : -238.0;
  // Pillars between the windows.
  const auto pillar = [&](double bottom, double top, double width) {
    cairo_move_to(c, bottom, -s.belt + 4);
    cairo_line_to(c, top, roof + 2);
    cairo_set_line_width(c, width);
    use(c, mix(paint, rgb(0x000000), 0.80));
    cairo_stroke(c);
  };
  {
    const Saved saved(c);
    glass_path(c, body);
    cairo_clip(c);
    pillar(s.door_cut - 8, s.door_cut - 22, 15);
    pillar(body == Body::suv ? 168 : 226, body == Body::suv ? 178 : 254, 12);
  }
  // Door gaps.
  cairo_set_line_width(c, 2);
  use(c, rgb(0x000000), 0.55);
  cairo_move_to(c, s.door_cut - 6, -s.belt);
  cairo_curve_to(c, s.door_cut, -s.belt * 0.7, s.door_cut, -s.belt * 0.5, s.door_cut - 4, -s.sill - 14);
  const double front = s.front_wheel - s.arch_radius - 18;
  cairo_move_to(c, front + 14, -s.belt + 2);
  cairo_curve_to(c, front + 8, -s.belt * 0.7, front, -s.belt * 0.5, front - 4, -s.sill - 14);
  const double rear = s.rear_wheel + s.arch_radius;
  cairo_move_to(c, rear - 18, -s.belt);
  cairo_curve_to(c, rear + 8, -s.belt * 0.7, rear + 20, -s.belt * 0.5, rear + 18, -s.sill - 14);
  cairo_stroke(c);
  for (const double x : {s.door_cut - 64, front - 60}) {
    rounded(c, x, -s.handle, 42, 8, 4);
    use(c, mix(paint, rgb(0x000000), 0.45));
    cairo_fill(c);
    rounded(c, x, -s.handle, 42, 3, 1.5);
    use(c, mix(paint, rgb(0xffffff), 0.55), 0.8);
    cairo_fill(c);
  }
}

void draw_lamps(cairo_t* c, Body body, Colour paint) {
  const bool suv = body == Body::suv;
  const double front = suv ? 770 : 794;
  const double lamp = suv ? -148 : -110;
  cairo_move_to(c, front - 66, lamp - 8);
  cairo_curve_to(c, front - 40, lamp - 12, front - 22, lamp - 6, front - 12, lamp + 6);
  cairo_curve_to(c, front - 12, lamp + 16, front - 34, lamp + 18, front - 58, lamp + 10);
  cairo_close_path(c);
  use_gradient(c, front - 66, 0, front, 0, {{0, rgb(0x9fb2c4)}, {0.55, rgb(0xffffff)}, {1, rgb(0xdfeaf5)}});
  cairo_fill(c);
  spot(c, front - 30, lamp + 4, 70, 34, rgb(0xeaf4ff), 0.30);
  const double tail = suv ? -184 : -146;
  cairo_move_to(c, suv ? 14 : 12, tail);
  cairo_curve_to(c, 30, tail - 6, 58, tail - 2, 74, tail + 4);
  cairo_curve_to(c, 62, tail + 18, 34, tail + 24, suv ? 8 : 6, tail + 26);
  cairo_close_path(c);
  use_gradient(c, 0, 0, 74, 0, {{0, rgb(0xff5a4d)}, {1, rgb(0x8c1a16)}});
  cairo_fill(c);
  // Mirror.
  const double x = suv ? 492 : 500;
  const double y = suv ? -214 : -176;
  cairo_move_to(c, x + 4, y + 12);
  cairo_curve_to(c, x - 22, y + 12, x - 28, y - 6, x - 18, y - 14);
  cairo_curve_to(c, x - 4, y - 18, x + 10, y - 12, x + 12, y + 2);
  cairo_close_path(c);
  use(c, mix(paint, rgb(0x000000), 0.25));
  cairo_fill(c);
}

void draw_wheel(cairo_t* c, double x, double radius) {
  const Saved saved(c);
  cairo_translate(c, x, -radius);
  const auto disc = [c](double r) {
    cairo_new_path(c);
    cairo_arc(c, 0, 0, r, 0, kTurn);
  };
  disc(radius + 12);  // darkness of the arch
  use(c, rgb(0x050607));
  cairo_fill(c);
  disc(radius);
  const Pattern tyre(cairo_pattern_create_radial(0, 0, radius * 0.7, 0, 0, radius));
  use(c, tyre.get(), {{0, rgb(0x0b0c0e)}, {0.7, rgb(0x1d2024)}, {1, rgb(0x0a0b0c)}});
  cairo_fill(c);
  const double rim = radius * 0.72;
  disc(rim);
  use(c, rgb(0x14171a));
  cairo_fill(c);
  disc(rim * 0.62);  // brake disc
  use(c, rgb(0x3c4248));
  cairo_fill(c);
  for (int spoke = 0; spoke < 10; ++spoke) {
    const Saved turned(c);
    const int pair = spoke / 2;
    cairo_rotate(c, pair * kTurn / 5 + (spoke % 2 == 0 ? -0.16 : 0.16) - kTurn / 4);
    cairo_move_to(c, rim * 0.18, -3.2);
    cairo_line_to(c, rim * 0.94, -5.6);
    cairo_line_to(c, rim * 0.94, 5.6);
    cairo_line_to(c, rim * 0.18, 3.2);
    cairo_close_path(c);
    use_gradient(c, 0, -6, 0, 6, {{0, rgb(0xf0f3f6)}, {1, rgb(0x7d868f)}});
    cairo_fill(c);
  }
  disc(rim);
  use_gradient(c, -rim, -rim, rim, rim, {{0, rgb(0xf4f7fa)}, {0.5, rgb(0x7b848d)}, {1, rgb(0xd5dbe1)}});
  cairo_set_line_width(c, 4.5);
  cairo_stroke(c);
  disc(rim * 0.17);
  use(c, rgb(0xaab2ba));
  cairo_fill(c);
}

}  // namespace

double car_length(Body body) { return shape_of(body).length; }

void draw_car(cairo_t* c, Body body, Colour paint) {
  const Shape& s = shape_of(body);
  draw_shadow(c, s);
  // The dark of the wheel houses, seen past the wheels.
  rounded(c, 60, -s.sill - 60, s.length - 120, 66, 20);
  use(c, rgb(0x050607));
  cairo_fill(c);
  draw_paint(c, body, paint);
  draw_glass(c, body);
  draw_seams(c, body, paint);
  draw_lamps(c, body, paint);
  draw_wheel(c, s.rear_wheel, s.wheel_radius);
  draw_wheel(c, s.front_wheel, s.wheel_radius);
}

void draw_film(cairo_t* c, Body body, double x) {
  const Shape& s = shape_of(body);
  const Saved saved(c);
  body_path(c, body);
  cairo_clip(c);
  cairo_rectangle(c, 0, -s.belt + 6, x, s.belt - s.sill - 22);
  cairo_clip(c);
  cairo_set_operator(c, CAIRO_OPERATOR_SCREEN);
  use_gradient(c, 0, -s.belt, 0, -s.sill,
               {{0, rgb(0xffffff), 0.12}, {0.4, rgb(0xd8ecff), 0.03}, {1, rgb(0xffffff), 0.05}});
  cairo_paint(c);
  cairo_move_to(c, x - 1.5, -s.belt);
  cairo_line_to(c, x - 1.5, -s.sill);
  cairo_set_line_width(c, 2.5);
  use(c, rgb(0xffffff), 0.75);
  cairo_stroke(c);
}

Body body_of(std::string_view car) {
  for (const std::string_view model : {"Harrier", "Creta", "XUV", "Scorpio", "Thar", "Seltos", "Nexon", "Fortuner",
                                       "Safari", "Brezza", "Hector", "Kushaq", "Taigun", "SUV"})
    if (car.find(model) != std::string_view::npos) return Body::suv;
  return Body::sedan;
}

}  // namespace pitview::sim
