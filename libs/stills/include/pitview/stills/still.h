// A key frame as a JPEG.
#pragma once

#include <span>
#include <string>

#include "pitview/base/result.h"
#include "pitview/h264/nal_unit.h"

namespace pitview::stills {

inline constexpr int kMaxSide = 4'096;  // pixels, of the key frame

// `units`: a key frame with its parameter sets in front. The JPEG is `max_width` pixels
// wide at most (16 to kMaxSide), never wider than the key frame, of the same shape.
// validation_failed: it cannot be decoded. Takes some 10 ms of processor time; any thread.
Result<std::string> jpeg_of(std::span<const h264::NalUnit> units, int max_width);

}  // namespace pitview::stills
