// Whether a message that is due is said now, later or not at all, and when a failed one is tried again. Pure rules: no
// database, no network.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "jobs/job_rules.h"
#include "messages/message.h"

namespace pitview::messages {

// What is known of a message when it is about to be said.
struct Situation {
  std::optional<MessageKind> kind;  // empty: of a later version of the server
  bool is_urgent = false;
  std::optional<Timestamp> pointless;
  Timestamp allowed{};  // the first moment that is not quiet, from now on
  bool is_over_cap = false;
  bool is_customer = true;
  bool is_away = false;  // the account is closed or erased
  bool agreed = false;   // to messages; asked of customers only
  bool can_be_reached = false;
  std::optional<jobs::JobStatus> job;
  bool is_held = false;
  bool is_last_stage = false;
  bool is_rated = false;
  bool alert_is_over = false;
  bool alert_is_noticed = false;  // acknowledged or snoozed
};

struct Decision {
  enum class What : std::uint8_t { say, wait, drop };
  What what = What::say;
  Timestamp until{};   // of one that waits
  std::string reason;  // of one that waits or is dropped: a sentence for staff
};

Decision decide(const Situation& situation, Timestamp now);

// For how long what WhatsApp has taken may be on its way before an SMS follows.
std::chrono::seconds patience_with_whatsapp(bool is_urgent, std::chrono::seconds usual) noexcept;

// Tried so often at most.
inline constexpr int kMaxAttempts = 8;
// After `attempts` failures: half a minute, doubled each time, an hour at most. `spread`, 0 to 1, keeps many from
// coming back at once: up to a fifth earlier or later.
std::chrono::seconds pause_before_next(int attempts, double spread) noexcept;

}  // namespace pitview::messages
