// Keeps the index of recordings as the gateway has them, the gateway's recordings as the workshops want
// them, and cuts who may play them no more. Like GatewaySync it compares what is with what should be: a
// restart of either side heals by itself.
#pragma once

#include <chrono>
#include <map>

#include "pitview/live/hub.h"
#include "recordings/clips_repository.h"
#include "recordings/recordings_repository.h"
#include "streams/gateway_sync.h"

namespace pitview::recordings {

class RecordingSync final : public streams::GatewayObserver {
 public:
  struct Parts {
    RecordingsRepository& recordings;
    ClipsRepository& clips;
    live::Hub& hub;
    const crypto::Key256& data_key;
  };
  explicit RecordingSync(Parts parts) : parts_(parts) {}

  Awaitable<> look(streams::GatewayClient& gateway, const video::GatewayState& state) override;

 private:
  using Steady = std::chrono::steady_clock;

  Awaitable<> cut_who_may_not(streams::GatewayClient& gateway, std::vector<video::ViewerPresence> playbacks);
  Awaitable<> take_changes(streams::GatewayClient& gateway);
  Awaitable<> index(const video::RecordingChanges& told);
  Awaitable<> learn_places();
  Awaitable<> do_clips(streams::GatewayClient& gateway, const std::vector<video::ClipReport>& reports);
  Awaitable<> note(const ClipToDo& clip, video::ClipReport report);
  Awaitable<> let_go(streams::GatewayClient& gateway);

  Parts parts_;
  std::map<std::string, PitPlace, std::less<>> places_;  // by path
  std::string instance_;                                 // of the gateway that told `revision_`
  std::uint64_t revision_ = 0;
  std::string listing_;
  bool is_listing_ = false;  // the gateway is telling all that there is
  Steady::time_point changes_due_{};
  Steady::time_point lapses_due_{};
  Steady::time_point clips_due_{};
  Steady::time_point upkeep_due_{};
};

}  // namespace pitview::recordings
