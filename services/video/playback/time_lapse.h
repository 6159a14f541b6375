// A whole job in less than a minute: of its key frames, evenly chosen from what was recorded, between two
// cards of words. Kept as a clip, so it plays and goes home as every clip does.
#pragma once

#include <atomic>

#include "pitview/video/control.h"
#include "playback/library.h"

namespace pitview::video {

// How long the pictures are seen, cards aside: never less than half a minute, however few there are.
inline constexpr std::chrono::seconds kShortestTimeLapse{30};
inline constexpr std::size_t kMostPictures = 1'125;  // 45 s of 25 a second

// On any thread but that of the network; takes some ten seconds of processor time. `stopping` ends it early.
// not_found: there are fewer than two key frames. unavailable: the disk refuses, or it is to stop; nothing is left.
Result<ClipReport> make_time_lapse(Library& library, Catalogue& catalogue, const RecordedRange& range,
                                   const std::string& clip, const TimeLapseRequest& words,
                                   const std::atomic<bool>& stopping);

}  // namespace pitview::video
