// An alert as clients see it (plan §7.1, §8.5).
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <optional>
#include <string>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"
#include "pitview/domain/alert_engine.h"

namespace pitview {

BOOST_DESCRIBE_ENUM(AlertType, high_aqi, temp_out_of_range, humidity_out_of_range, dew_point_margin, camera_offline,
                    device_offline, server_cpu, disk_space)
BOOST_DESCRIBE_ENUM(AlertSeverity, info, warning, critical)
BOOST_DESCRIBE_ENUM(AlertEnd, back_to_normal, rule_disabled, not_watched)

}  // namespace pitview

namespace pitview::alerts {

using AlertId = StrongId<struct AlertTag>;
using AlertEventId = StrongId<struct AlertEventTag>;

// The workshop of the platform itself, whose alerts are of its servers.
inline constexpr WorkshopId kPlatform{1};

BOOST_DEFINE_ENUM_CLASS(AlertStatus, open, acknowledged, snoozed, resolved)
BOOST_DEFINE_ENUM_CLASS(AlertEventKind, raised, escalated, acknowledged, snoozed, snooze_ended, resolved)

struct Alert {
  AlertId id;
  WorkshopId workshop_id;
  std::optional<PitId> pit_id;  // empty: of the platform
  std::optional<int> pit_number;
  AlertType alert_type = AlertType::high_aqi;
  AlertSeverity severity = AlertSeverity::warning;
  std::string message;
  AlertStatus state = AlertStatus::open;
  bool acknowledged = false;
  std::optional<std::string> acknowledged_by;  // a name
  std::optional<Timestamp> acknowledged_at;
  std::optional<Timestamp> snoozed_until;
  std::optional<double> value;  // when it was raised, or became critical
  Timestamp created_at;
  std::optional<Timestamp> resolved_at;
};
BOOST_DESCRIBE_STRUCT(Alert, (),
                      (id, workshop_id, pit_id, pit_number, alert_type, severity, message, state, acknowledged,
                       acknowledged_by, acknowledged_at, snoozed_until, value, created_at, resolved_at))

// What happened to it.
struct AlertEvent {
  AlertEventId id;
  Timestamp at;
  AlertEventKind event = AlertEventKind::raised;
  AlertSeverity severity = AlertSeverity::warning;
  std::optional<double> value;
  std::string detail;             // what it said, until when it is snoozed, why it is over
  std::optional<std::string> by;  // a name; empty: the system
};
BOOST_DESCRIBE_STRUCT(AlertEvent, (), (id, at, event, severity, value, detail, by))

// The live event `alert`.
struct AlertNews : Alert {
  AlertEventKind change = AlertEventKind::raised;
};
BOOST_DESCRIBE_STRUCT(AlertNews, (Alert), (change))

}  // namespace pitview::alerts
