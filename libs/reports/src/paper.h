// A4 sheets that are filled from top to bottom: text that is shaped (Pango), boxes, pictures, QR codes; what does not
// fit goes on to the next one. Everything in points of 1/72 inch, from the upper left corner.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <pango/pangocairo.h>

#include "photos.h"

namespace pitview::reports {

inline constexpr double kPageWidth = 595.28;
inline constexpr double kPageHeight = 841.89;
inline constexpr double kMargin = 46;
inline constexpr double kContentWidth = kPageWidth - 2 * kMargin;
inline constexpr double kContentEnd = kPageHeight - 58;  // the footer is below

struct Colour {
  double red, green, blue;
};
inline constexpr Colour kInk{0.063, 0.086, 0.122};
inline constexpr Colour kQuiet{0.357, 0.400, 0.459};
inline constexpr Colour kLine{0.863, 0.882, 0.910};
inline constexpr Colour kPanel{0.961, 0.969, 0.980};
inline constexpr Colour kNight{0.039, 0.051, 0.071};  // the dark portal's ground
inline constexpr Colour kNightQuiet{0.620, 0.671, 0.741};
inline constexpr Colour kNightAccent{0.498, 0.698, 1.0};
inline constexpr Colour kAccent{0.114, 0.306, 0.847};
inline constexpr Colour kGood{0.055, 0.490, 0.322};
inline constexpr Colour kFair{0.702, 0.439, 0.043};
inline constexpr Colour kBad{0.725, 0.169, 0.169};
inline constexpr Colour kWhite{1, 1, 1};

enum class Weight { normal, medium, bold };
enum class Align { left, centre, right };

struct Style {
  double size = 9.5;
  Weight weight = Weight::normal;
  Colour colour = kInk;
  Align align = Align::left;
  int max_lines = 0;    // then an ellipsis; 0: as many as it takes
  double tracking = 0;  // between letters
};

struct Box {
  double x, y, width, height;
};

struct PaperOptions {
  std::string title;
  std::string author;
  std::string footer;                               // at the left of every page
  std::function<std::string(int, int)> page_label;  // of so many
};

class Paper {
 public:
  // `total`: how many pages there will be; see draw_twice().
  Paper(const PaperOptions& options, int total, std::string* pdf);
  Paper(const Paper&) = delete;
  Paper& operator=(const Paper&) = delete;

  double y() const { return y_; }
  void move_to(double y) { y_ = y; }
  void skip(double height) { y_ += height; }
  // Another page, unless so much still fits on this one. True: it is another.
  bool need(double height);

  // Flow at the left margin: below what was last there.
  void paragraph(std::string_view text, const Style& style, double after = 4);
  // Together with so much of what follows: never alone at the end of a page.
  void heading(std::string_view text, double with = 36);

  // Anywhere.
  double height_of(std::string_view text, const Style& style, double width);
  double write(std::string_view text, const Style& style, double x, double y, double width);  // its height
  void fill(const Box& box, const Colour& colour, double radius = 0);
  void outline(const Box& box, const Colour& colour, double radius = 0);
  void line(double x1, double y1, double x2, double y2, const Colour& colour, double width = 0.6);
  // A ring of which `share`, 0 to 1, is of that colour.
  void ring(double x, double y, double radius, double thickness, double share, const Colour& colour);
  void polyline(const std::vector<std::pair<double, double>>& points, const Colour& colour, double width);
  void picture(const Picture& picture, const Box& box);  // cut to the box, whatever its shape
  void qr(std::string_view text, const Box& box, const Colour& colour);

  int finish();  // the number of pages

 private:
  using LayoutPtr = std::unique_ptr<PangoLayout, void (*)(void*)>;
  LayoutPtr layout_of(std::string_view text, const Style& style, double width);
  void path(const Box& box, double radius);
  void footer();
  void choose(const Colour& colour);

  const PaperOptions& options_;
  const int total_;
  const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface_;
  const std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo_;
  double y_ = kMargin;
  int page_ = 1;
};

// Once to count the pages, once to draw them.
std::string draw_twice(const PaperOptions& options, const std::function<void(Paper&)>& draw);

}  // namespace pitview::reports
