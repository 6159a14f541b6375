#include "hls/playlist.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>

#include "hls/playlist_text.h"

namespace pitview::video {
namespace {

// Parts further back are of no use to a player at the edge (rfc8216bis, 6.2.2).
constexpr double kPartsFor = 3;  // target durations
constexpr double kHoldBack = 3;  // part targets: what a player keeps away from the edge

void write_part(std::string& out, const HlsSegment& segment, std::size_t i) {
  const HlsPart& part = segment.parts[i];
  out += "#EXT-X-PART:DURATION=" + decimal(part.duration_s) + ",URI=\"" + part_name(segment.number, i) + "\"";
  if (part.independent) out += ",INDEPENDENT=YES";
  out += "\n";
}

}  // namespace

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5f", value);
  return text;
}

std::string head_name(std::uint64_t head) { return "head-" + std::to_string(head) + ".mp4"; }
std::string segment_name(std::uint64_t segment) { return "segment-" + std::to_string(segment) + ".m4s"; }
std::string part_name(std::uint64_t segment, std::size_t part) {
  return "part-" + std::to_string(segment) + "-" + std::to_string(part) + ".m4s";
}

std::optional<HlsName> parse_hls_name(std::string_view name) {
  HlsName found;
  if (take(name, "head-")) {
    if (take_number(name, found.number) && name == ".mp4") return found;
  } else if (take(name, "segment-")) {
    found.kind = HlsName::Kind::segment;
    if (take_number(name, found.number) && name == ".m4s") return found;
  } else if (take(name, "part-")) {
    found.kind = HlsName::Kind::part;
    if (take_number(name, found.number) && take(name, "-") && take_number(name, found.part) && name == ".m4s")
      return found;
  }
  return std::nullopt;
}

std::string write_playlist(const Segmenter& segmenter) {
  const auto& segments = segmenter.segments();
  const double part_target = segmenter.part_target_s();
  std::string out =
      "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:" + std::to_string(segmenter.target_duration_s()) +
      "\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=" + decimal(kHoldBack * part_target) +
      "\n#EXT-X-PART-INF:PART-TARGET=" + decimal(part_target) +
      "\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(segments.front().number) + "\n";
  if (segmenter.discontinuities() > 0)
    out += "#EXT-X-DISCONTINUITY-SEQUENCE:" + std::to_string(segmenter.discontinuities()) + "\n";
  double behind = 0;
  for (const HlsSegment& segment : segments) behind += segment.duration_s();
  std::optional<std::uint64_t> head;
  for (const HlsSegment& segment : segments) {
    if (segment.discontinuity && &segment != &segments.front()) out += "#EXT-X-DISCONTINUITY\n";
    if (head != segment.head) out += "#EXT-X-MAP:URI=\"" + head_name(segment.head) + "\"\n";
    head = segment.head;
    out += "#EXT-X-PROGRAM-DATE-TIME:" + to_iso8601(segment.began) + "\n";
    // The first segment is as short as a part. Without a key frame in sight behind it, players go on
    // by parts only if none is marked.
    const bool is_short = segment.number == 0 && segment.complete;
    if (!is_short && (behind <= kPartsFor * segmenter.target_duration_s() || !segment.complete))
      for (std::size_t i = 0; i < segment.parts.size(); ++i) write_part(out, segment, i);
    behind -= segment.duration_s();
    if (segment.complete)
      out += "#EXTINF:" + decimal(segment.duration_s()) + ",\n" + segment_name(segment.number) + "\n";
  }
  out +=
      "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"" + part_name(segments.back().number, segments.back().parts.size()) + "\"\n";
  return out;
}

}  // namespace pitview::video
