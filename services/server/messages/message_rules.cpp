#include "messages/message_rules.h"

#include <algorithm>

namespace pitview::messages {
namespace {

using jobs::JobStatus;

Decision drop(std::string reason) { return {.what = Decision::What::drop, .reason = std::move(reason)}; }

// "": it is still true.
std::string overtaken(const Situation& at) {
  if (at.kind == MessageKind::alert) {
    if (at.alert_is_over) return "The alert is over.";
    return at.alert_is_noticed ? "Somebody has taken notice of the alert." : "";
  }
  if (!at.job) return "";
  const bool runs = at.job == JobStatus::in_progress || at.job == JobStatus::quality_check;
  switch (*at.kind) {
    case MessageKind::credentials:
    case MessageKind::tracking_link: return jobs::is_over(*at.job) ? "The job is over." : "";
    case MessageKind::job_started: return runs || at.is_held ? "" : "The job is over.";
    case MessageKind::stage_begun:
    case MessageKind::time_changed:
    case MessageKind::time_left: return runs ? "" : "The work does not go on.";
    case MessageKind::running_late:
      if (at.job != JobStatus::in_progress) return "The work does not go on.";
      return at.is_last_stage ? "The last stage is under way." : "";
    case MessageKind::job_completed: return at.job == JobStatus::completed ? "" : "The job is not completed.";
    case MessageKind::rating_request: return at.is_rated ? "They have rated the job." : "";
    case MessageKind::alert:
    case MessageKind::after_care_1:
    case MessageKind::after_care_7:
    case MessageKind::after_care_14:
    case MessageKind::after_care_30: return "";
  }
  return "";
}

}  // namespace

Decision decide(const Situation& at, Timestamp now) {
  if (!at.kind) return drop("This server does not know such a message.");
  if (at.is_away) return drop("The account is closed.");
  if (at.is_customer && !at.agreed) return drop("They have not agreed to messages.");
  if (!at.can_be_reached) return drop("There is neither a number nor an address.");
  if (std::string reason = overtaken(at); !reason.empty()) return drop(std::move(reason));
  if (at.pointless && *at.pointless <= now) return drop("It would have come too late.");
  if (at.is_over_cap && !at.is_urgent) return drop("The workshop has sent as many messages today as it may.");
  if (at.allowed <= now) return {};
  if (at.pointless && *at.pointless <= at.allowed) return drop("It would have come in the quiet hours.");
  return {.what = Decision::What::wait, .until = at.allowed, .reason = "It waits for the end of the quiet hours."};
}

std::chrono::seconds patience_with_whatsapp(bool is_urgent, std::chrono::seconds usual) noexcept {
  constexpr std::chrono::seconds kAtTheDesk{60};
  return is_urgent ? std::min(usual, kAtTheDesk) : usual;
}

std::chrono::seconds pause_before_next(int attempts, double spread) noexcept {
  constexpr double kFirst = 30;
  constexpr double kLongest = 3'600;
  const double pause = std::min(kLongest, kFirst * static_cast<double>(1 << std::clamp(attempts - 1, 0, 10)));
  return std::chrono::seconds(static_cast<std::int64_t>(pause * (0.8 + 0.4 * spread)));
}

}  // namespace pitview::messages
