// Asks the server over HTTPS what the device should be (`GET /api/device/state`), when
// the broker cannot tell it: before it is claimed, while it is disabled, or when it
// has not got through to the broker for a while (its account may be another by now).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/jitter.h"
#include "core/base/json_request.h"
#include "core/identity/identity.h"
#include "core/licence/licence_state.h"

namespace pitview::fw {

class StatePoll {
 public:
  static constexpr std::uint32_t kUnclaimedMs = 15'000;
  static constexpr std::uint32_t kDisabledMs = 3'600'000;
  static constexpr std::uint32_t kCutOffMs = 900'000;  // between polls, and before the first
  static constexpr std::uint32_t kFailureCapMs = 300'000;

  StatePoll(HttpClient& http, RandomPort& random, const Identity& identity)
      : request_(http), random_(random), identity_(identity) {}

  // The desired state as the server sent it, whenever an answer has come; until the next call.
  std::optional<std::string_view> tick(std::uint64_t now_ms, LicenceState licence,
                                       std::optional<std::uint64_t> down_since_ms);
  std::uint64_t next_due_ms() const { return request_.under_way() ? UINT64_MAX : due_ms_; }

 private:
  enum class Why : std::uint8_t { none, unclaimed, disabled, cut_off };
  static Why why(std::uint64_t now_ms, LicenceState licence, std::optional<std::uint64_t> down_since_ms);
  std::uint64_t pause_ms();
  void ask(std::uint64_t now_ms);

  JsonRequest request_;
  RandomPort& random_;
  const Identity& identity_;
  Why why_ = Why::none;
  Backoff failures_{1'000, kFailureCapMs};
  std::uint64_t due_ms_ = UINT64_MAX;
};

}  // namespace pitview::fw
