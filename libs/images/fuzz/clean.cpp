// Whatever comes in: what is accepted stays within its limits, is accepted again as it
// is, and has nothing in it that names a place.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "pitview/images/clean.h"

namespace {

void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pitview::images::clean;
  const auto once = clean({reinterpret_cast<const char*>(data), size});
  if (!once) return 0;
  require(once->bytes.size() <= size + 64, "nothing is added but the orientation");
  require(once->width > 0 && once->width <= pitview::images::kMaxSide, "the width is within its limit");
  require(once->height > 0 && once->height <= pitview::images::kMaxSide, "the height is within its limit");
  const auto twice = clean(once->bytes);
  require(twice.has_value(), "a cleaned image is accepted");
  require(twice->bytes == once->bytes && twice->width == once->width && twice->height == once->height,
          "a cleaned image stays as it is");
  return 0;
}
