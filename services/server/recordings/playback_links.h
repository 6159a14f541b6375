// Addresses of the gateway by which a recording is played, each for one range and one right.
#pragma once

#include "pitview/base/crypto.h"
#include "pitview/video/recorded_range.h"
#include "recordings/replay_right.h"

namespace pitview::recordings {

class PlaybackLinks {
 public:
  // `public_url`: of the gateway, as browsers reach it; "": there is none.
  PlaybackLinks(const crypto::Key256& token_secret, const Clock& clock, std::string public_url)
      : token_secret_(token_secret), clock_(clock), public_url_(std::move(public_url)) {}

  bool is_there() const noexcept { return !public_url_.empty(); }
  // `subject`: who it is, for the gateway's log. `file`: a name of a-z, A-Z, 0-9, - and _ for the MP4.
  Playback playback(const video::RecordedRange& range, const std::string& subject, const ReplayRight& right,
                    const std::string& file) const;

 private:
  const crypto::Key256& token_secret_;
  const Clock& clock_;
  const std::string public_url_;
};

}  // namespace pitview::recordings
