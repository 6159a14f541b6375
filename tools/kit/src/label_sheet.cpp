#include "label_sheet.h"

#include <algorithm>
#include <array>

#include "error.h"

namespace pitview::kit {
namespace {

constexpr std::array<LabelSheet, 3> kSheets = {{
    {"avery-l7160", 3, 7, 63.5, 38.1, 7.25, 15.15, 66.0, 38.1},
    {"avery-l7159", 3, 8, 63.5, 33.9, 7.25, 12.9, 66.0, 33.9},
    {"avery-l7163", 2, 7, 99.1, 38.1, 4.65, 15.15, 101.6, 38.1},
}};

}  // namespace

std::span<const LabelSheet> label_sheets() { return kSheets; }

const LabelSheet& label_sheet(std::string_view name) {
  const auto found = std::ranges::find(kSheets, name, &LabelSheet::name);
  if (found != kSheets.end()) return *found;
  std::string known;
  for (const LabelSheet& sheet : kSheets) known.append(known.empty() ? "" : ", ").append(sheet.name);
  throw KitError("there is no label sheet \"" + plain_line(name) + "\": " + known);
}

}  // namespace pitview::kit
