// Every event of the live connection and who may see it: the one list. Its `data` is
// described in contracts/live, where a new event gets its schema as well.
//
// Who sees an event has the permission of its kind, and may see its pit (a
// customer: its job, where it has one). An event without a pit is for those who
// see the whole workshop, one for a single session for that one alone.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "pitview/domain/permissions.h"

namespace pitview::live {

struct EventKind {
  std::string_view name;
  std::optional<Permission> needs;  // empty: between the parts and servers of the product, for no browser
  bool latest_only = false;         // a newer one of the same pit makes it worthless
};

// clang-format off
inline constexpr std::array kEventKinds = {
    EventKind{"sensor_update",   Permission::telemetry_read, true},
    EventKind{"job_status",      Permission::jobs_read},       // the whole job, whatever changed
    EventKind{"job_time",        Permission::jobs_read},
    EventKind{"device_status",   Permission::pits_read},
    EventKind{"camera_status",   Permission::pits_read},
    EventKind{"alert",           Permission::alerts_read},
    EventKind{"viewer",          Permission::customers_read},  // a customer opens or leaves a page
    EventKind{"rating",          Permission::customers_read},
    EventKind{"clip",            Permission::recordings_manage},
    EventKind{"session_ended",   Permission::signed_in},
    EventKind{"rights_changed",  std::nullopt},  // somebody of the workshop may see more or less than before
    EventKind{"licence_refused", std::nullopt},  // a device sends though its licence has ended
    EventKind{"server_report",   std::nullopt},  // a system::ServerReport
};
// clang-format on

constexpr const EventKind* find_event_kind(std::string_view name) noexcept {
  for (const EventKind& kind : kEventKinds)
    if (kind.name == name) return &kind;
  return nullptr;
}

// The name of an event of the list; any other does not compile.
class EventName {
 public:
  consteval EventName(const char* name) : kind_(find_event_kind(name)) {
    if (kind_ == nullptr) throw "no event is called so";
  }
  explicit constexpr EventName(const EventKind& kind) noexcept : kind_(&kind) {}

  constexpr const EventKind& kind() const noexcept { return *kind_; }
  constexpr std::string_view text() const noexcept { return kind_->name; }
  friend constexpr bool operator==(EventName a, EventName b) noexcept { return a.kind_ == b.kind_; }

 private:
  const EventKind* kind_;
};

}  // namespace pitview::live
