#include "playback/vod_playlist.h"

#include <algorithm>
#include <cmath>

#include "hls/playlist_text.h"
#include "pitview/fmp4/writer.h"

namespace pitview::video {
namespace {

constexpr double kSegment = 4;               // seconds at least
constexpr std::int64_t kSlack = 90'000 / 5;  // ticks between two files that belong together

struct Segment {
  std::size_t first = 0;
  std::size_t count = 0;
  double seconds = 0;
};

// Each begins with a key frame.
std::vector<Segment> segments_of(const Span& span) {
  std::vector<Segment> segments;
  for (std::size_t i = span.first; i < span.end; ++i) {
    const Piece& piece = span.file.entries()[i].piece;
    const bool is_key = piece.kind == PieceKind::key_fragment;
    if (segments.empty() || (is_key && segments.back().seconds >= kSegment)) segments.push_back({i, 0, 0});
    ++segments.back().count;
    segments.back().seconds += static_cast<double>(piece.duration) / fmp4::kTimescale;
  }
  return segments;
}

// The pictures of `next` follow those of `span` as if it were one file.
bool continues(const Span& span, const Span& next) {
  const Piece& last = span.file.entries()[span.end - 1].piece;
  const Piece& first = next.file.entries()[next.first].piece;
  return std::abs(first.decode - last.decode - last.duration) <= kSlack &&
         first.began - span.ended() < std::chrono::seconds(1);
}

}  // namespace

Result<std::string> write_vod_playlist(const std::vector<Span>& spans) {
  std::string body;
  double longest = kSegment;
  std::string head;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const Span& span = spans[i];
    auto own_head = span.file.read(0);
    if (!own_head) return own_head.error();
    const bool goes_on = i > 0 && head == *own_head && continues(spans[i - 1], span);
    const std::string file = std::to_string(to_milliseconds(span.name.began));
    if (!goes_on) {
      if (i > 0) body += "#EXT-X-DISCONTINUITY\n";
      body += "#EXT-X-MAP:URI=\"" + file + ".mp4\"\n";
      body += "#EXT-X-PROGRAM-DATE-TIME:" + to_iso8601(span.began()) + "\n";
    }
    head = std::move(*own_head);
    for (const Segment& segment : segments_of(span)) {
      body += "#EXTINF:" + decimal(segment.seconds) + ",\n" + file + "-" + std::to_string(segment.first) + "-" +
              std::to_string(segment.count) + ".m4s\n";
      longest = std::max(longest, segment.seconds);
    }
  }
  return "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:" + std::to_string(std::lround(longest)) +
         "\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n" + body + "#EXT-X-ENDLIST\n";
}

std::optional<VodName> parse_vod_name(std::string_view name) {
  VodName found;
  std::int64_t file = 0;
  if (!take_number(name, file) || file < 0) return std::nullopt;
  found.file = from_milliseconds(file);
  if (name == ".mp4") return found;
  if (!take(name, "-") || !take_number(name, found.first) || !take(name, "-") || !take_number(name, found.count) ||
      found.count == 0 || name != ".m4s")
    return std::nullopt;
  return found;
}

}  // namespace pitview::video
