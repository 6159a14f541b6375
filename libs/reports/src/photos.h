// Photographs for paper: turned the right way up, and no larger than a printer shows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pitview/reports/job_document.h"

namespace pitview::reports {

inline constexpr int kPhotoSide = 900;  // pixels; a third of the page at 300 dpi is 700

struct Picture {
  std::string jpeg;
  int width = 0;
  int height = 0;
  std::string caption;
};

// The longer side at most `side` pixels. Empty: it is damaged, or of another kind.
std::optional<Picture> load_picture(const Photo& photo, int side);
// Those that can be drawn.
std::vector<Picture> load_pictures(const std::vector<Photo>& photos, int side);

}  // namespace pitview::reports
