#include "card.h"

#include <pango/pangocairo.h>

#include <string>

namespace pitview::stills {
namespace {

struct FreeSurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct FreeCairo {
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};
struct Unreference {
  void operator()(void* object) const { g_object_unref(object); }
};
using Surface = std::unique_ptr<cairo_surface_t, FreeSurface>;
using Cairo = std::unique_ptr<cairo_t, FreeCairo>;
using Layout = std::unique_ptr<PangoLayout, Unreference>;

// Whatever of these is there; names of people and workshops are in any script.
constexpr const char* kFonts = "Inter, Noto Sans, Noto Sans Devanagari, DejaVu Sans, sans-serif";

struct Colour {
  double red, green, blue;
};
constexpr Colour kGround{0.039, 0.051, 0.071};  // the dark portal's
constexpr Colour kInk{0.945, 0.957, 0.973};
constexpr Colour kQuiet{0.62, 0.67, 0.74};
constexpr Colour kAccent{0.498, 0.698, 1.0};

void choose(cairo_t* cairo, const Colour& colour) {
  cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
}

// Centred at most `width` wide, from `top` on; where it ends.
double write(cairo_t* cairo, const std::string& text, double size, bool bold, const Colour& colour, int width,
             double top) {
  if (text.empty()) return top;
  const Layout layout(pango_cairo_create_layout(cairo));
  PangoFontDescription* font = pango_font_description_from_string(kFonts);
  pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
  pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(layout.get(), font);
  pango_font_description_free(font);
  pango_layout_set_text(layout.get(), text.c_str(), static_cast<int>(text.size()));
  const int margin = width / 12;
  pango_layout_set_width(layout.get(), (width - 2 * margin) * PANGO_SCALE);
  pango_layout_set_alignment(layout.get(), PANGO_ALIGN_CENTER);
  pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  choose(cairo, colour);
  cairo_move_to(cairo, margin, top);
  pango_cairo_show_layout(cairo, layout.get());
  int height = 0;
  pango_layout_get_pixel_size(layout.get(), nullptr, &height);
  return top + height;
}

}  // namespace

Frame draw_card(const Card& card, int width, int height) {
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
  const Cairo cairo(cairo_create(surface.get()));
  choose(cairo.get(), kGround);
  cairo_paint(cairo.get());
  const double unit = height / 24.0;
  double top = unit * 7;
  top = write(cairo.get(), card.above, unit * 1.1, true, kQuiet, width, top) + unit * 0.8;
  top = write(cairo.get(), card.title, unit * 2.4, true, kInk, width, top) + unit * 1.0;
  choose(cairo.get(), kAccent);
  cairo_rectangle(cairo.get(), width / 2.0 - unit * 1.5, top, unit * 3, unit * 0.16);
  cairo_fill(cairo.get());
  top += unit * 1.1;
  for (const std::string& line : card.lines)
    top = write(cairo.get(), line, unit * 1.15, false, kQuiet, width, top) + unit * 0.35;
  cairo_surface_flush(surface.get());

  Frame frame(av_frame_alloc());
  if (!frame) return nullptr;
  frame->width = width;
  frame->height = height;
  frame->format = AV_PIX_FMT_YUV420P;
  if (av_frame_get_buffer(frame.get(), 0) < 0) return nullptr;
  const Scaler scaler(sws_getContext(width, height, AV_PIX_FMT_BGR0, width, height, AV_PIX_FMT_YUV420P, SWS_BILINEAR,
                                     nullptr, nullptr, nullptr));
  const std::uint8_t* from[] = {cairo_image_surface_get_data(surface.get())};
  const int stride[] = {cairo_image_surface_get_stride(surface.get())};
  if (!scaler || from[0] == nullptr) return nullptr;
  if (sws_scale(scaler.get(), from, stride, 0, height, frame->data, frame->linesize) <= 0) return nullptr;
  return frame;
}

}  // namespace pitview::stills
