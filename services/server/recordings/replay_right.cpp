#include "recordings/replay_right.h"

#include <charconv>

namespace pitview::recordings {
namespace {

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

}  // namespace

std::string text_of(const ReplayRight& right) {
  if (right.session.value == 0) return "#" + std::to_string(right.clip.value);
  const bool is_clip = right.clip.value != 0;
  return std::to_string(right.session.value) + (is_clip ? "#" : "@") +
         std::to_string(is_clip ? right.clip.value : right.pit.value);
}

std::optional<ReplayRight> read_replay_right(std::string_view text) {
  const std::size_t sign = text.find_first_of("@#");
  if (sign == std::string_view::npos) return std::nullopt;
  const auto what = number_of(text.substr(sign + 1));
  if (!what) return std::nullopt;
  const bool is_clip = text[sign] == '#';
  ReplayRight right;
  (is_clip ? right.clip.value : right.pit.value) = *what;
  if (sign == 0) return is_clip ? std::optional(right) : std::nullopt;
  const auto session = number_of(text.substr(0, sign));
  if (!session) return std::nullopt;
  right.session = SessionId(*session);
  return right;
}

}  // namespace pitview::recordings
