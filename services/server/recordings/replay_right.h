// By which right somebody plays a recording, as it stands in the gateway's tokens (StreamGrant::session):
// "17@4", session 17 pit 4; "17#9", session 17 clip 9; "#9", clip 9 by its link.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "recordings/recording.h"

namespace pitview::recordings {

struct ReplayRight {
  SessionId session;  // 0: nobody's
  PitId pit;          // 0: it is a clip
  ClipId clip;        // 0: it is a pit

  friend auto operator<=>(const ReplayRight&, const ReplayRight&) = default;
};

std::string text_of(const ReplayRight& right);

// Empty: it is none of ours.
std::optional<ReplayRight> read_replay_right(std::string_view text);

}  // namespace pitview::recordings
