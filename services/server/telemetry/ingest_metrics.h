// What the ingest took and what it refused, for /metrics.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace prometheus {
class Counter;
class Registry;
}  // namespace prometheus

namespace pitview::telemetry {

// Why a message is not stored. The names are the values of the metric's label.
enum class Refusal {
  too_large,
  unknown_topic,
  malformed_json,
  invalid_payload,
  unknown_device,
  wrong_licence,
  topic_mismatch,   // the topic names a place the device does not belong to
  licence_refused,  // suspended, expired, disabled
  no_pit,
  out_of_range,
  future_timestamp,
  too_old,
  overload,  // too many QoS 0 messages at once
  database,  // the database refused the row
};

std::string_view name_of(Refusal refusal) noexcept;

class IngestMetrics {
 public:
  explicit IngestMetrics(prometheus::Registry& registry);

  void accepted();
  void refused(Refusal refusal);
  void committed(std::size_t readings, std::size_t inserted);

 private:
  static constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::database) + 1;
  prometheus::Counter* accepted_;
  prometheus::Counter* inserted_;
  prometheus::Counter* duplicates_;
  prometheus::Counter* batches_;
  std::array<prometheus::Counter*, kRefusals> refused_{};
};

}  // namespace pitview::telemetry
