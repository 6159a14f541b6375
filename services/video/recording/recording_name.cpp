#include "recording/recording_name.h"

#include <charconv>

namespace pitview::video {

namespace fs = std::filesystem;

std::string RecordingName::text() const { return path + "/" + std::to_string(to_milliseconds(began)); }

fs::path RecordingName::file(const fs::path& directory) const { return directory / workshop / (text() + ".pvr"); }

std::optional<RecordingName> recording_name_of(const fs::path& directory, const fs::path& file) {
  if (file.extension() != ".pvr") return std::nullopt;
  const std::string stem = file.stem();
  std::int64_t began = 0;
  const auto [end, failure] = std::from_chars(stem.data(), stem.data() + stem.size(), began);
  if (failure != std::errc{} || end != stem.data() + stem.size() || began < 0) return std::nullopt;
  const fs::path camera = file.parent_path();
  RecordingName name{camera.parent_path().filename(), camera.filename(), from_milliseconds(began)};
  if (name.file(directory) != file) return std::nullopt;
  return name;
}

bool is_clip(std::string_view path) noexcept { return path.starts_with("clip-"); }

}  // namespace pitview::video
