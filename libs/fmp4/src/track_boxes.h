// The boxes that a movie with one video track has, fragmented or not.
#pragma once

#include "box_writer.h"

namespace pitview::fmp4 {

inline constexpr std::uint32_t kTrackId = 1;

// `duration`: ticks of kTimescale; 0: it is in the fragments.
void write_movie_header(BoxWriter& out, std::uint32_t duration);

// `width`, `height`: pixels as 16.16.
void write_track_header(BoxWriter& out, std::uint32_t width, std::uint32_t height, std::uint32_t duration);

void write_media_header(BoxWriter& out, std::uint32_t duration);

// What minf holds before its sample table: the media are in this file.
void write_media_information(BoxWriter& out);

}  // namespace pitview::fmp4
