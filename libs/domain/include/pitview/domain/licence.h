// Device ids, licence keys and the verdict on a device's right to report
// (plan §5, decisions D2, D3, D44–D46).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/time.h"

namespace pitview {

// "ESP32-" and the twelve upper-case hexadecimal digits of the base MAC.
bool is_device_id(std::string_view text) noexcept;

// "LIC-XXXX-XXXX-XXXX" over Crockford's base 32 (no I, L, O, U); the last of the
// twelve characters checks the other eleven, so that a mistyped key is noticed.
bool is_licence_key(std::string_view text) noexcept;

// A key from eleven random values, each 0..31 (higher bits are ignored).
// Precondition: random.size() >= 11.
std::string make_licence_key(std::string_view random);

enum class DeviceStatus { active, disabled, retired };
enum class SubscriptionStatus { active, suspended, expired };

struct LicenceState {
  DeviceStatus device = DeviceStatus::active;
  SubscriptionStatus subscription = SubscriptionStatus::active;
  Timestamp subscription_since{};  // when it became what it is
  std::optional<Timestamp> expires_at;
  bool workshop_suspended = false;
  Timestamp workshop_since{};        // likewise
  bool workshop_in_arrears = false;  // payment is late, service goes on: expires_at does not count
  // Since when a job is running at the device's pit. What ends the right to report
  // waits for a job that began before (decisions D44, D45); one that began after it
  // holds up nothing, or a workshop could go on for ever.
  std::optional<Timestamp> job_since;
};

// Why a device's message is not accepted; empty when it is. The texts are those
// of the plan (§5.2): "Unknown license" is said by the caller, who finds none.
std::optional<std::string_view> licence_refusal(const LicenceState& state, Timestamp now) noexcept;

// What a device is told to be (contracts/mqtt), and why, as one word of a-z0-9_.
enum class Licence { unprovisioned, enabled, disabled };

std::string_view name_of(Licence licence) noexcept;

struct DesiredLicence {
  Licence licence = Licence::unprovisioned;
  std::string_view reason;  // "subscription_suspended"; "" with enabled
};

// Of a device that belongs to a workshop: enabled exactly when nothing refuses it.
DesiredLicence desired_licence(const LicenceState& state, Timestamp now) noexcept;

inline constexpr std::string_view kUnknownLicence = "Unknown license";

}  // namespace pitview
