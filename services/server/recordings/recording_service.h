// What was recorded at a pit, and a way to see it.
#pragma once

#include "pits/pits_repository.h"
#include "pitview/base/result.h"
#include "recordings/playback_links.h"
#include "recordings/recordings_repository.h"

namespace pitview::recordings {

class RecordingService {
 public:
  static constexpr std::chrono::days kMaxTimeline{8};

  struct Parts {
    pits::PitsRepository& pits;
    RecordingsRepository& recordings;
    const PlaybackLinks& links;
    const Clock& clock;
    const crypto::Key256& data_key;
  };
  explicit RecordingService(Parts parts) : parts_(parts) {}

  // not_found: no such pit. validation_failed: no time, or a longer one than kMaxTimeline.
  Awaitable<Result<RecordingTimeline>> timeline(Principal principal, PitId pit, Timestamp from, Timestamp to);
  // not_found: also when nothing was recorded then. forbidden: not now. validation_failed: longer than
  // video::kMaxPlayback. unavailable: there is no gateway.
  Awaitable<Result<Playback>> playback(Principal principal, PitId pit, Timestamp from, Timestamp to);
  Awaitable<RecordingsForecast> forecast();

 private:
  Parts parts_;
};

}  // namespace pitview::recordings
