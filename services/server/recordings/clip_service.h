// Clips: what of the recordings is kept, and shown to others by a link that ends.
#pragma once

#include "audit/actor.h"
#include "jobs/jobs_repository.h"
#include "pits/pits_repository.h"
#include "pitview/base/result.h"
#include "recordings/clips_repository.h"
#include "recordings/playback_links.h"
#include "recordings/recordings_repository.h"

namespace pitview::recordings {

class ClipService {
 public:
  static constexpr std::int64_t kMaxClips = 200;  // of a workshop, and together:
  static constexpr std::chrono::hours kMaxLength{10};

  struct Parts {
    pits::PitsRepository& pits;
    jobs::JobsRepository& jobs;
    RecordingsRepository& recordings;
    ClipsRepository& clips;
    const PlaybackLinks& links;
    const Clock& clock;
    const crypto::Key256& data_key;
    std::string share_address;  // all of a link but its secret
  };
  explicit ClipService(Parts parts) : parts_(std::move(parts)) {}

  Awaitable<std::vector<Clip>> list(WorkshopId workshop, std::optional<PitId> pit, std::optional<ClipId> before,
                                    int limit);
  // Made by the gateway, soon. not_found: no such pit or job, or nothing was recorded then. validation_failed:
  // longer than video::kMaxClip. conflict: the workshop keeps as many as it may.
  Awaitable<Result<Clip>> add(audit::Actor actor, PitId pit, Timestamp from, Timestamp to, std::string title);
  Awaitable<Result<>> remove(audit::Actor actor, ClipId clip);
  // Another link; the one before opens nothing any more. not_found. conflict: it is not ready.
  Awaitable<Result<ClipShare>> share(audit::Actor actor, ClipId clip, std::chrono::days days);
  Awaitable<Result<>> unshare(audit::Actor actor, ClipId clip);

  // not_found; conflict: it is not ready; forbidden: not now.
  Awaitable<Result<Playback>> playback(Principal principal, ClipId clip);
  // not_found: there is no such job, or its recordings are not open to them.
  Awaitable<Result<TimeLapse>> time_lapse(Principal principal, JobId job);
  // link_invalid for every secret that opens nothing.
  Awaitable<Result<SharedClip>> open(std::string secret);

 private:
  Awaitable<Result<Playback>> playback_of(Principal principal, Clip clip);
  video::RecordedRange range_of(WorkshopId workshop, ClipId clip, Timestamp from, Timestamp to) const;

  Parts parts_;
};

}  // namespace pitview::recordings
