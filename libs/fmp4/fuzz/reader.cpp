// Any bytes as one of our files. What must hold: fragments lie behind each other inside the
// bytes, and what is left out at the end changes nothing of those before.
#include <cstdio>
#include <cstdlib>

#include "pitview/fmp4/movie.h"
#include "pitview/fmp4/reader.h"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitview::fmp4;
  const std::span<const std::uint8_t> bytes(data, size);
  read_fragment(bytes);
  const auto file = read_file(bytes);
  auto movie = Movie::of(bytes);
  read_parameter_sets(bytes);
  units_of_sample(bytes);
  if (!file) return 0;
  std::size_t end = file->head;
  for (const FragmentInfo& fragment : file->fragments) {
    require(fragment.begin == end, "fragments lie behind each other");
    end += fragment.size;
    if (movie) movie->add(bytes.subspan(fragment.begin, fragment.size));
    require(fragment.samples <= fragment.size / 16, "samples are bounded by the bytes");
  }
  require(end == file->whole && end <= size, "and inside the file");
  if (movie) require(movie->media_bytes() <= size && !movie->index().empty(), "a movie has no more than its fragments");
  if (file->fragments.empty()) return 0;
  const auto shorter = read_file(bytes.first(end - 1));
  require(shorter && shorter->fragments.size() + 1 == file->fragments.size(), "a torn fragment is none");
  return 0;
}
