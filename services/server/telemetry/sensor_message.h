// The device contract on the wire (contracts/mqtt): topics and the payload of a
// reading. Pure functions over untrusted bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/result.h"
#include "pitview/domain/air.h"

namespace pitview::telemetry {

inline constexpr std::size_t kMaxPayloadBytes = 4096;  // decision D1

enum class TopicKind { sensors, device_status, from_server, other };

// Where a message came in. The names in it are what the sender claims.
struct Topic {
  TopicKind kind = TopicKind::other;
  std::string_view workshop_code;
  int pit_number = 0;          // with sensors
  std::string_view device_id;  // with device_status
};

// workshop/{code}/pit/{n}/sensors, workshop/{code}/pit{n}/sensors (the plan's
// appendix) and workshop/{code}/device/{id}/status; what the server says itself is
// from_server.
Topic parse_topic(std::string_view topic) noexcept;

struct SensorMessage {
  std::string device_id;
  std::string license_key;
  Timestamp measured_at;
  Air air;
  std::int32_t boot_id = 0;  // 0 with seq 0: a device that speaks only the plan's payload
  std::int32_t seq = 0;
  bool numbered = false;  // it has boot_id and seq
  bool replay = false;
};

// malformed_json, or validation_failed naming the fields. A message without a
// timestamp (the plan's appendix) was measured when it was received.
Result<SensorMessage> parse_sensor_message(std::string_view payload, Timestamp received_at);

// What is wrong with a message of the right form, if anything.
enum class MessageFault { none, out_of_range, future_timestamp, too_old };
MessageFault fault_of(const SensorMessage& message, Timestamp now) noexcept;

// Who sent which reading, of a message that is no good otherwise.
struct ReadingIdentity {
  std::string device_id;
  std::string license_key;
  std::int32_t boot_id = 0;
  std::int32_t seq = 0;
};
std::optional<ReadingIdentity> parse_identity(std::string_view payload);

// What a device says of itself (contracts/mqtt, status.schema.json); of what it
// may say, what the server looks at.
struct StatusReport {
  std::string status;  // "online", "offline", "disabled"
  std::optional<std::int64_t> boot_id;
  std::optional<std::int64_t> state_version;
  std::optional<std::string> fw;
  std::optional<std::string> hw_rev;
  friend bool operator==(const StatusReport&, const StatusReport&) = default;
};

// Empty for anything else.
std::optional<StatusReport> parse_device_status(std::string_view payload);

}  // namespace pitview::telemetry
