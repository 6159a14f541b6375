#include "telemetry/refusals.h"

#include <chrono>

namespace pitview::telemetry {
namespace {

constexpr std::size_t kDeviceIdShown = 64;

bool is_violation(Refusal reason) {
  return reason == Refusal::unknown_device || reason == Refusal::wrong_licence || reason == Refusal::topic_mismatch ||
         reason == Refusal::licence_refused;
}

}  // namespace

void Refusals::note(const mqtt::Message& message, const Refused& refused) {
  constexpr std::size_t kTopicShown = 120;
  metrics_.refused(refused.reason);
  if (is_violation(refused.reason))
    violations_.note({.device_id = refused.device_id.substr(0, kDeviceIdShown),
                      .reason = refused.detail,
                      .device_exists = refused.reason != Refusal::unknown_device});
  std::int64_t held_back = 0;
  const auto now_s = std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
  if (!log_.allow(now_s, held_back)) return;
  log::warning("message_refused", {{"reason", name_of(refused.reason)},
                                   {"detail", refused.detail},
                                   {"topic", message.topic.substr(0, kTopicShown)},
                                   {"not_logged_before", held_back}});
}

}  // namespace pitview::telemetry
