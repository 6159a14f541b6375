#include "paper.h"

#include <cairo-pdf.h>
#include <qrencode.h>

#include <cmath>
#include <stdexcept>

namespace pitview::reports {
namespace {

// Names of people and workshops are in any script: what these do not have, fontconfig finds.
constexpr const char* kFonts = "Inter, Noto Sans, Noto Sans Devanagari, DejaVu Sans, sans-serif";
constexpr double kPi = 3.14159265358979323846;
// ISO/IEC 18004: four light modules around the code.
constexpr int kQuietModules = 4;

cairo_status_t append(void* into, const unsigned char* bytes, unsigned int size) {
  if (into != nullptr) static_cast<std::string*>(into)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

PangoWeight weight_of(Weight weight) {
  if (weight == Weight::bold) return PANGO_WEIGHT_BOLD;
  return weight == Weight::medium ? PANGO_WEIGHT_MEDIUM : PANGO_WEIGHT_NORMAL;
}

PangoAlignment alignment_of(Align align) {
  if (align == Align::centre) return PANGO_ALIGN_CENTER;
  return align == Align::right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

}  // namespace

Paper::Paper(const PaperOptions& options, int total, std::string* pdf)
    : options_(options),
      total_(total),
      surface_(cairo_pdf_surface_create_for_stream(&append, pdf, kPageWidth, kPageHeight), &cairo_surface_destroy),
      cairo_(cairo_create(surface_.get()), &cairo_destroy) {
  cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, options.title.c_str());
  cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_AUTHOR, options.author.c_str());
  cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATOR, "PitView");
}

void Paper::choose(const Colour& colour) { cairo_set_source_rgb(cairo_.get(), colour.red, colour.green, colour.blue); }

void Paper::footer() {
  constexpr Style kSmall{.size = 7.5, .colour = kQuiet, .max_lines = 1};
  const double top = kPageHeight - 40;
  line(kMargin, top - 6, kPageWidth - kMargin, top - 6, kLine);
  write(options_.footer, kSmall, kMargin, top, kContentWidth - 80);
  Style right = kSmall;
  right.align = Align::right;
  write(options_.page_label(page_, total_), right, kPageWidth - kMargin - 80, top, 80);
}

bool Paper::need(double height) {
  if (y_ + height <= kContentEnd) return false;
  footer();
  cairo_show_page(cairo_.get());
  ++page_;
  y_ = kMargin;
  return true;
}

Paper::LayoutPtr Paper::layout_of(std::string_view text, const Style& style, double width) {
  LayoutPtr layout(pango_cairo_create_layout(cairo_.get()), &g_object_unref);
  // Widths of letters as they are: nothing is drawn on pixels here.
  cairo_font_options_t* precise = cairo_font_options_create();
  cairo_font_options_set_hint_metrics(precise, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style(precise, CAIRO_HINT_STYLE_NONE);
  pango_cairo_context_set_font_options(pango_layout_get_context(layout.get()), precise);
  cairo_font_options_destroy(precise);
  PangoFontDescription* font = pango_font_description_from_string(kFonts);
  pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
  pango_font_description_set_weight(font, weight_of(style.weight));
  pango_layout_set_font_description(layout.get(), font);
  pango_font_description_free(font);
  if (style.tracking > 0) {
    PangoAttrList* attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_letter_spacing_new(static_cast<int>(style.tracking * PANGO_SCALE)));
    pango_layout_set_attributes(layout.get(), attributes);
    pango_attr_list_unref(attributes);
  }
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing(layout.get(), 1.12F);
  pango_layout_set_alignment(layout.get(), alignment_of(style.align));
  if (style.max_lines > 0) {
    pango_layout_set_height(layout.get(), -style.max_lines);
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
  }
  return layout;
}

double Paper::height_of(std::string_view text, const Style& style, double width) {
  int height = 0;
  pango_layout_get_size(layout_of(text, style, width).get(), nullptr, &height);
  return static_cast<double>(height) / PANGO_SCALE;
}

double Paper::write(std::string_view text, const Style& style, double x, double y, double width) {
  const LayoutPtr layout = layout_of(text, style, width);
  choose(style.colour);
  cairo_move_to(cairo_.get(), x, y);
  pango_cairo_show_layout(cairo_.get(), layout.get());
  int height = 0;
  pango_layout_get_size(layout.get(), nullptr, &height);
  return static_cast<double>(height) / PANGO_SCALE;
}

// Line by line, so that a long one goes on over the page.
void Paper::paragraph(std::string_view text, const Style& style, double after) {
  if (text.empty()) return;
  const LayoutPtr layout = layout_of(text, style, kContentWidth);
  PangoLayoutIter* at = pango_layout_get_iter(layout.get());
  do {
    PangoRectangle logical;
    pango_layout_iter_get_line_extents(at, nullptr, &logical);
    const double height = static_cast<double>(logical.height) / PANGO_SCALE;
    need(height);
    choose(style.colour);
    const double baseline = static_cast<double>(pango_layout_iter_get_baseline(at) - logical.y) / PANGO_SCALE;
    cairo_move_to(cairo_.get(), kMargin + static_cast<double>(logical.x) / PANGO_SCALE, y_ + baseline);
    pango_cairo_show_layout_line(cairo_.get(), pango_layout_iter_get_line_readonly(at));
    y_ += height;
  } while (pango_layout_iter_next_line(at));
  pango_layout_iter_free(at);
  y_ += after;
}

void Paper::heading(std::string_view text, double with) {
  need(with + 36);
  y_ += 14;
  y_ += write(text, {.size = 12, .weight = Weight::bold}, kMargin, y_, kContentWidth) + 6;
}

void Paper::path(const Box& box, double radius) {
  cairo_t* cairo = cairo_.get();
  if (radius <= 0) {
    cairo_rectangle(cairo, box.x, box.y, box.width, box.height);
    return;
  }
  const double right = box.x + box.width;
  const double bottom = box.y + box.height;
  cairo_new_sub_path(cairo);
  cairo_arc(cairo, right - radius, box.y + radius, radius, -kPi / 2, 0);
  cairo_arc(cairo, right - radius, bottom - radius, radius, 0, kPi / 2);
  cairo_arc(cairo, box.x + radius, bottom - radius, radius, kPi / 2, kPi);
  cairo_arc(cairo, box.x + radius, box.y + radius, radius, kPi, 1.5 * kPi);
  cairo_close_path(cairo);
}

void Paper::fill(const Box& box, const Colour& colour, double radius) {
  path(box, radius);
  choose(colour);
  cairo_fill(cairo_.get());
}

void Paper::outline(const Box& box, const Colour& colour, double radius) {
  path(box, radius);
  choose(colour);
  cairo_set_line_width(cairo_.get(), 0.7);
  cairo_stroke(cairo_.get());
}

void Paper::line(double x1, double y1, double x2, double y2, const Colour& colour, double width) {
  polyline({{x1, y1}, {x2, y2}}, colour, width);
}

void Paper::ring(double x, double y, double radius, double thickness, double share, const Colour& colour) {
  cairo_t* cairo = cairo_.get();
  cairo_save(cairo);
  cairo_set_line_width(cairo, thickness);
  cairo_new_path(cairo);
  choose(kLine);
  cairo_arc(cairo, x, y, radius, 0, 2 * kPi);
  cairo_stroke(cairo);
  if (share > 0) {
    choose(colour);
    cairo_arc(cairo, x, y, radius, -kPi / 2, -kPi / 2 + 2 * kPi * share);
    cairo_stroke(cairo);
  }
  cairo_restore(cairo);
}

void Paper::polyline(const std::vector<std::pair<double, double>>& points, const Colour& colour, double width) {
  if (points.size() < 2) return;
  cairo_t* cairo = cairo_.get();
  cairo_new_path(cairo);
  for (const auto& [x, y] : points) cairo_line_to(cairo, x, y);
  choose(colour);
  cairo_set_line_width(cairo, width);
  cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke(cairo);
}

void Paper::picture(const Picture& picture, const Box& box) {
  cairo_t* cairo = cairo_.get();
  // Its pixels are in the JPEG that goes into the file as it is; those of the surface are never looked at.
  cairo_surface_t* image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture.width, picture.height);
  auto* jpeg = new std::string(picture.jpeg);
  cairo_surface_set_mime_data(
      image, CAIRO_MIME_TYPE_JPEG, reinterpret_cast<const unsigned char*>(jpeg->data()), jpeg->size(),
      [](void* data) { delete static_cast<std::string*>(data); }, jpeg);
  cairo_save(cairo);
  path(box, 5);
  cairo_clip(cairo);
  const double scale = std::max(box.width / picture.width, box.height / picture.height);
  cairo_translate(cairo, box.x + (box.width - picture.width * scale) / 2,
                  box.y + (box.height - picture.height * scale) / 2);
  cairo_scale(cairo, scale, scale);
  cairo_set_source_surface(cairo, image, 0, 0);
  cairo_paint(cairo);
  cairo_restore(cairo);
  cairo_surface_destroy(image);
}

void Paper::qr(std::string_view text, const Box& box, const Colour& colour) {
  const std::unique_ptr<QRcode, void (*)(QRcode*)> code(
      QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0,
                        QR_ECLEVEL_M),
      &QRcode_free);
  if (!code) throw std::runtime_error("too long for a QR code: " + std::to_string(text.size()) + " bytes");
  const double module = box.width / (code->width + 2 * kQuietModules);
  // One path, filled once, and whole runs of a row: viewers draw seams between shapes.
  cairo_new_path(cairo_.get());
  for (int row = 0; row < code->width; ++row) {
    const unsigned char* modules = code->data + static_cast<std::ptrdiff_t>(row) * code->width;
    for (int column = 0; column < code->width;) {
      const int begin = column;
      while (column < code->width && (modules[column] & 1) != 0) ++column;
      if (column == begin) {
        ++column;
        continue;
      }
      cairo_rectangle(cairo_.get(), box.x + (kQuietModules + begin) * module, box.y + (kQuietModules + row) * module,
                      (column - begin) * module, module);
    }
  }
  choose(colour);
  cairo_fill(cairo_.get());
}

int Paper::finish() {
  footer();
  cairo_show_page(cairo_.get());
  cairo_surface_finish(surface_.get());
  for (const cairo_status_t status : {cairo_status(cairo_.get()), cairo_surface_status(surface_.get())})
    if (status != CAIRO_STATUS_SUCCESS && status != CAIRO_STATUS_SURFACE_FINISHED)
      throw std::runtime_error(std::string("cannot draw the document: ") + cairo_status_to_string(status));
  return page_;
}

std::string draw_twice(const PaperOptions& options, const std::function<void(Paper&)>& draw) {
  Paper counted(options, 0, nullptr);
  draw(counted);
  const int total = counted.finish();
  std::string pdf;
  Paper paper(options, total, &pdf);
  draw(paper);
  paper.finish();
  return pdf;
}

}  // namespace pitview::reports
