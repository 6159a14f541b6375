#include "recording/recording.h"

#include <charconv>

namespace pitview::video {

std::string text_of_times(const Recording& recording) {
  return recording.name.text() + "-" + std::to_string(to_milliseconds(recording.ended));
}

std::optional<Recording> recording_of_times(std::string_view text) {
  const std::size_t workshop = text.find('/');
  const std::size_t path = workshop == std::string_view::npos ? workshop : text.find('/', workshop + 1);
  if (path == std::string_view::npos) return std::nullopt;
  std::int64_t began = 0;
  std::int64_t ended = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + path + 1, end, began);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '-') return std::nullopt;
  if (std::from_chars(first.ptr + 1, end, ended).ec != std::errc{} || began < 0) return std::nullopt;
  Recording recording{.name = {std::string(text.substr(0, workshop)),
                               std::string(text.substr(workshop + 1, path - workshop - 1)), from_milliseconds(began)},
                      .ended = from_milliseconds(ended)};
  // As we would write it, and in no other way.
  if (recording.name.workshop.empty() || recording.name.path.empty() ||
      recording.name.workshop + "/" + text_of_times(recording) != text)
    return std::nullopt;
  return recording;
}

}  // namespace pitview::video
