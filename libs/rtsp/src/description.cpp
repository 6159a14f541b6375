#include "pitview/rtsp/description.h"

#include <algorithm>

#include "pitview/base/crypto.h"
#include "text.h"

namespace pitview::rtsp {
namespace {

constexpr std::size_t kMaxTracks = 16;
constexpr std::size_t kMaxParameterSets = 16;

void read_rtpmap(std::string_view value, VideoTrack& track) {
  // "96 H264/90000"
  const auto type = text::number(text::cut(value, ' '), 127);
  if (!type || *type != track.payload_type) return;
  std::string_view encoding = text::trimmed(value);
  track.codec = std::string(text::cut(encoding, '/'));
  std::transform(track.codec.begin(), track.codec.end(), track.codec.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (const auto rate = text::number(text::cut(encoding, '/'), 10'000'000); rate && *rate > 0) track.clock_rate = *rate;
}

void read_format(std::string_view value, VideoTrack& track) {
  // "96 packetization-mode=1; sprop-parameter-sets=Z0LAH…,aM4…"
  const auto type = text::number(text::cut(value, ' '), 127);
  if (!type || *type != track.payload_type) return;
  while (!value.empty()) {
    std::string_view part = text::trimmed(text::cut(value, ';'));
    const std::string_view name = text::trimmed(text::cut(part, '='));
    if (text::equal(name, "packetization-mode"))
      track.packetization_mode = text::number(text::trimmed(part), 2).value_or(0);
    if (!text::equal(name, "sprop-parameter-sets")) continue;
    for (std::string_view list = text::trimmed(part); !list.empty();) {
      auto set = crypto::base64_decode(text::trimmed(text::cut(list, ',')));
      if (set && !set->empty() && track.parameter_sets.size() < kMaxParameterSets)
        track.parameter_sets.push_back(std::move(*set));
    }
  }
}

// "video 0 RTP/AVP 96": the first payload type counts.
std::optional<VideoTrack> read_video(std::string_view media) {
  text::cut(media, ' ');
  text::cut(media, ' ');
  text::cut(media, ' ');
  const auto type = text::number(text::cut(media, ' '), 127);
  if (!type) return std::nullopt;
  VideoTrack track;
  track.payload_type = static_cast<std::uint8_t>(*type);
  if (*type == 26) track.codec = "JPEG";  // RFC 3551
  return track;
}

}  // namespace

Result<Description> parse_description(std::string_view sdp) {
  Description description;
  VideoTrack* video = nullptr;
  bool in_session = true;
  bool is_sdp = false;
  while (!sdp.empty()) {
    std::string_view line = text::trimmed(text::cut(sdp, '\n'));
    if (line.size() < 2 || line[1] != '=') continue;
    const char kind = line[0];
    line.remove_prefix(2);
    if (kind == 'v') is_sdp = true;
    if (kind == 'm') {
      in_session = false;
      video = nullptr;
      description.has_audio = description.has_audio || text::starts_with(line, "audio ");
      if (!text::starts_with(line, "video ") || description.videos.size() >= kMaxTracks) continue;
      if (auto track = read_video(line)) video = &description.videos.emplace_back(std::move(*track));
    }
    if (kind != 'a') continue;
    const std::string_view name = text::cut(line, ':');
    if (text::equal(name, "control") && in_session) description.control = std::string(line);
    if (video == nullptr) continue;
    if (text::equal(name, "control")) video->control = std::string(line);
    if (text::equal(name, "rtpmap")) read_rtpmap(line, *video);
    if (text::equal(name, "fmtp")) read_format(line, *video);
  }
  if (!is_sdp) return Error{Errc::validation_failed, "The camera's description is no SDP.", {}, 0};
  return description;
}

}  // namespace pitview::rtsp
