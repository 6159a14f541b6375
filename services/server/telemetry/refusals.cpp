#include "telemetry/refusals.h"

#include <chrono>

namespace pitview::telemetry {

void Refusals::note(const mqtt::Message& message, const Refused& refused) {
  constexpr std::size_t kTopicShown = 120;
  metrics_.refused(refused.reason);
  std::int64_t held_back = 0;
  const auto now_s = std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
  if (!log_.allow(now_s, held_back)) return;
  log::warning("message_refused", {{"reason", name_of(refused.reason)},
                                   {"detail", refused.detail},
                                   {"topic", message.topic.substr(0, kTopicShown)},
                                   {"not_logged_before", held_back}});
}

}  // namespace pitview::telemetry
