// The technician, seen from the side, at work on the car to the right.
#include <cmath>

#include "canvas.h"

namespace pitview::sim {
namespace {

constexpr Colour kTrousers = rgb(0x1b2027);
constexpr Colour kShirt = rgb(0x27406b);
constexpr Colour kShirtLight = rgb(0x3a5a92);
constexpr Colour kSkin = rgb(0x8d5b3e);
constexpr Colour kCap = rgb(0x14181d);

void limb(cairo_t* c, double x0, double y0, double x1, double y1, double x2, double y2, double width, Colour colour) {
  cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width(c, width);
  use(c, colour);
  cairo_move_to(c, x0, y0);
  cairo_line_to(c, x1, y1);
  cairo_line_to(c, x2, y2);
  cairo_stroke(c);
}

void leg(cairo_t* c, double hip, double foot, Colour colour) {
  cairo_move_to(c, hip - 21, -168);
  cairo_curve_to(c, hip - 22, -110, foot - 17, -80, foot - 15, -12);
  cairo_line_to(c, foot + 15, -12);
  cairo_curve_to(c, foot + 17, -80, hip + 24, -110, hip + 22, -168);
  cairo_close_path(c);
  use(c, colour);
  cairo_fill(c);
  rounded(c, foot - 17, -15, 45, 15, 7);
  use(c, rgb(0x0c0e10));
  cairo_fill(c);
}

}  // namespace

void draw_technician(cairo_t* c, double x, double reach, double sway) {
  const Saved saved(c);
  cairo_translate(c, x, kCarGround + 32);
  spot(c, 4, 0, 78, 13, rgb(0x000000), 0.75);
  leg(c, -4, -17, mix(kTrousers, rgb(0x000000), 0.35));
  leg(c, 2, 12, kTrousers);

  cairo_translate(c, 0, -160);
  cairo_rotate(c, 0.05 + 0.018 * sway);
  const double shoulder_x = 3;
  const double shoulder_y = -112;
  const double hand_x = 92 + 8 * sway;
  const double hand_y = -66 + 42 * reach;
  const double elbow_x = 50 + 5 * sway;
  const double elbow_y = -50 + 20 * reach;
  limb(c, shoulder_x + 10, shoulder_y + 6, elbow_x + 6, elbow_y - 14, hand_x - 4, hand_y - 22, 19,
       mix(kShirt, rgb(0x000000), 0.4));

  // Torso.
  cairo_move_to(c, -27, 4);
  cairo_curve_to(c, -34, -50, -34, -104, -16, -126);
  cairo_curve_to(c, -6, -136, 14, -136, 23, -126);
  cairo_curve_to(c, 36, -100, 30, -46, 27, 4);
  cairo_close_path(c);
  use_gradient(c, -34, 0, 34, 0, {{0, mix(kShirt, rgb(0x000000), 0.35)}, {0.55, kShirt}, {1, kShirtLight}});
  cairo_fill(c);
  rounded(c, -28, -6, 56, 12, 5);
  use(c, rgb(0x0d1014));
  cairo_fill(c);

  // Head: neck, face, ear, cap.
  rounded(c, -7, -148, 21, 26, 8);
  use(c, mix(kSkin, rgb(0x000000), 0.3));
  cairo_fill(c);
  const Saved head(c);
  cairo_translate(c, 6, -164);
  cairo_rotate(c, 0.06 * reach);
  cairo_move_to(c, -20, -4);
  cairo_curve_to(c, -22, 18, -8, 27, 6, 26);
  cairo_curve_to(c, 17, 25, 22, 14, 22, 4);
  cairo_line_to(c, 25, 3);
  cairo_curve_to(c, 25, -2, 21, -4, 21, -8);
  cairo_curve_to(c, 18, -26, -18, -28, -20, -4);
  cairo_close_path(c);
  use_gradient(c, -20, 0, 24, 0, {{0, mix(kSkin, rgb(0x000000), 0.45)}, {1, kSkin}});
  cairo_fill(c);
  cairo_move_to(c, -23, 0);
  cairo_curve_to(c, -26, -34, 20, -38, 22, -8);
  cairo_line_to(c, 40, -5);
  cairo_curve_to(c, 40, -1, 30, 0, 20, -1);
  cairo_curve_to(c, 6, -6, -10, -6, -23, 0);
  cairo_close_path(c);
  use(c, kCap);
  cairo_fill(c);
  cairo_arc(c, -4, 5, 4.5, 0, 6.2831853);
  use(c, mix(kSkin, rgb(0x000000), 0.25));
  cairo_fill(c);
  cairo_restore(c);
  cairo_save(c);

  // The arm in front, with the squeegee.
  limb(c, shoulder_x, shoulder_y + 6, elbow_x, elbow_y, elbow_x, elbow_y, 25, kShirtLight);
  limb(c, elbow_x, elbow_y, hand_x, hand_y, hand_x, hand_y, 16, kSkin);
  const Saved tool(c);
  cairo_translate(c, hand_x + 6, hand_y);
  cairo_rotate(c, 0.25 * reach);
  rounded(c, -4, -22, 11, 44, 4);
  use(c, rgb(0xd8b23a));
  cairo_fill(c);
}

}  // namespace pitview::sim
