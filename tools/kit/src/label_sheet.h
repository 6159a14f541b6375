// Sheets of adhesive labels that office shops sell, in millimetres on A4. The
// figures are the makers' own (width, height, margins and pitch of the product).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pitview::kit {

inline constexpr double kA4WidthMm = 210.0;
inline constexpr double kA4HeightMm = 297.0;

struct LabelSheet {
  std::string_view name;
  std::size_t columns = 0;
  std::size_t rows = 0;
  double width_mm = 0;
  double height_mm = 0;
  double left_mm = 0;  // of the first label from the edge of the paper
  double top_mm = 0;
  double pitch_x_mm = 0;  // from a label to the one beside it
  double pitch_y_mm = 0;

  std::size_t per_page() const { return columns * rows; }
};

std::span<const LabelSheet> label_sheets();

// Throws KitError that lists the known ones.
const LabelSheet& label_sheet(std::string_view name);

}  // namespace pitview::kit
