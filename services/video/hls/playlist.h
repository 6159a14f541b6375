// The media playlist of a camera (RFC 8216 and draft-pantos-hls-rfc8216bis: low latency).
#pragma once

#include <string>

#include "hls/segmenter.h"

namespace pitview::video {

// Names of what the playlist lists, relative to it.
std::string head_name(std::uint64_t head);                       // "head-0.mp4"
std::string segment_name(std::uint64_t segment);                 // "segment-12.m4s"
std::string part_name(std::uint64_t segment, std::size_t part);  // "part-12-3.m4s"

struct HlsName {
  enum class Kind { head, segment, part } kind = Kind::head;
  std::uint64_t number = 0;
  std::size_t part = 0;
};
// Empty for a name that is none of these.
std::optional<HlsName> parse_hls_name(std::string_view name);

// Precondition: there is a segment.
std::string write_playlist(const Segmenter& segmenter);

}  // namespace pitview::video
