#include "label_pdf.h"

#include <cairo-pdf.h>
#include <qrencode.h>

#include <algorithm>
#include <memory>

#include "error.h"

namespace pitview::kit {
namespace {

constexpr double kPointsPerMm = 72.0 / 25.4;
constexpr double kPaddingMm = 1.5;
constexpr double kMaxCodeMm = 31.0;
// ISO/IEC 18004: four light modules around the code.
constexpr int kQuietModules = 4;
// Below this, office printers and phone cameras begin to disagree.
constexpr double kMinModuleMm = 0.33;
constexpr const char* kSans = "DejaVu Sans";
constexpr const char* kMono = "DejaVu Sans Mono";

struct Release {
  void operator()(QRcode* code) const { QRcode_free(code); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};

struct BoxMm {
  double x, y, width, height;
};

void draw_code(cairo_t* context, const BatchDevice& device, BoxMm box) {
  const std::unique_ptr<QRcode, Release> code(QRcode_encodeString8bit(device.claim_url.c_str(), 0, QR_ECLEVEL_M));
  const double module_mm = code ? box.width / (code->width + 2 * kQuietModules) : 0;
  if (module_mm < kMinModuleMm)
    throw KitError(device.device_id + ": the claim address of " + std::to_string(device.claim_url.size()) +
                   " bytes is too long for a code of this size");
  const double left = box.x + kQuietModules * module_mm;
  const double top = box.y + kQuietModules * module_mm;
  // One path, filled once, and whole runs of a row: viewers draw seams between shapes.
  for (int row = 0; row < code->width; ++row) {
    const unsigned char* modules = code->data + static_cast<std::ptrdiff_t>(row) * code->width;
    for (int column = 0; column < code->width;) {
      const int begin = column;
      while (column < code->width && (modules[column] & 1) != 0) ++column;
      if (column > begin)
        cairo_rectangle(context, left + begin * module_mm, top + row * module_mm, (column - begin) * module_mm,
                        module_mm);
      else
        ++column;
    }
  }
  cairo_fill(context);
}

struct Writing {
  const char* font;
  bool bold;
  double size_mm;  // of the em square, at most: shrunk to the width there is
};

// Writes below `y` and moves it down.
void write_line(cairo_t* context, const std::string& text, Writing how, BoxMm column, double& y) {
  cairo_select_font_face(context, how.font, CAIRO_FONT_SLANT_NORMAL,
                         how.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context, how.size_mm);
  cairo_text_extents_t extents;
  cairo_text_extents(context, text.c_str(), &extents);
  const double size_mm = how.size_mm * std::min(1.0, column.width / std::max(extents.x_advance, 1e-9));
  cairo_set_font_size(context, size_mm);
  cairo_move_to(context, column.x, y + size_mm);
  cairo_show_text(context, text.c_str());
  y += size_mm * 1.3;
}

void draw_label(cairo_t* context, const Batch& batch, const BatchDevice& device, BoxMm label) {
  const double side = std::min(kMaxCodeMm, label.height - 2 * kPaddingMm);
  draw_code(context, device, {label.x + kPaddingMm, label.y + (label.height - side) / 2, side, side});

  const double text_x = label.x + kPaddingMm + side;
  const BoxMm column{text_x, label.y, label.x + label.width - kPaddingMm - text_x, label.height};
  double y = label.y + 5.0;
  write_line(context, "PitView", {kSans, true, 4.2}, column, y);
  write_line(context, device.device_id, {kMono, false, 3.2}, column, y);
  write_line(context, "rev " + batch.hw_rev + "  batch " + batch.name, {kSans, false, 2.6}, column, y);
  y += 2.5;
  write_line(context, "Claim code", {kSans, false, 2.6}, column, y);
  write_line(context, device.claim_code, {kMono, true, 5.0}, column, y);
  write_line(context, "before " + to_iso8601(device.claim_expires_at).substr(0, 10), {kSans, false, 2.6}, column, y);
}

cairo_status_t append(void* into, const unsigned char* bytes, unsigned int size) {
  static_cast<std::string*>(into)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

std::string draw_labels(const Batch& batch, const LabelSheet& sheet) {
  std::string pdf;
  const std::unique_ptr<cairo_surface_t, Release> surface(
      cairo_pdf_surface_create_for_stream(&append, &pdf, kA4WidthMm * kPointsPerMm, kA4HeightMm * kPointsPerMm));
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, ("PitView labels, " + batch.name).c_str());
  const std::unique_ptr<cairo_t, Release> context(cairo_create(surface.get()));
  cairo_scale(context.get(), kPointsPerMm, kPointsPerMm);
  for (std::size_t i = 0; i < batch.devices.size(); ++i) {
    const std::size_t place = i % sheet.per_page();
    if (place == 0 && i > 0) cairo_show_page(context.get());
    const std::size_t column = place % sheet.columns;
    const std::size_t row = place / sheet.columns;
    draw_label(context.get(), batch, batch.devices[i],
               {sheet.left_mm + static_cast<double>(column) * sheet.pitch_x_mm,
                sheet.top_mm + static_cast<double>(row) * sheet.pitch_y_mm, sheet.width_mm, sheet.height_mm});
  }
  cairo_surface_finish(surface.get());
  if (const cairo_status_t status = cairo_status(context.get()); status != CAIRO_STATUS_SUCCESS)
    throw KitError(std::string("cannot draw the labels: ") + cairo_status_to_string(status));
  return pdf;
}

}  // namespace pitview::kit
