// What the ingest took and what it refused, for /metrics.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Registry;
}  // namespace prometheus

namespace pitview::telemetry {

struct CommitCounts;  // readings_repository.h

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
  too_many,        // of one device in a short time
  overload,        // no room, and nobody will repeat it
  left_to_device,  // no room, or the database is away; the device repeats it
};

// Why a reading that passed is kept apart (platform.readings_set_aside). Likewise.
enum class SetAside { no_assignment, too_old, in_future, refused };

std::string_view name_of(Refusal refusal) noexcept;
std::string_view name_of(SetAside reason) noexcept;

class IngestMetrics {
 public:
  explicit IngestMetrics(prometheus::Registry& registry);

  // Since the start; from any thread.
  struct Totals {
    std::int64_t accepted = 0;
    std::int64_t stored = 0;
    std::int64_t known = 0;
    std::int64_t set_aside = 0;
    std::vector<std::pair<std::string, std::int64_t>> refused;  // by reason; those that have happened
  };
  Totals totals() const;

  void accepted();
  void refused(Refusal refusal);
  void committed(const CommitCounts& counts);
  void set_aside(SetAside reason, std::int64_t readings = 1);

 private:
  static constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::left_to_device) + 1;
  static constexpr std::size_t kSetAsides = static_cast<std::size_t>(SetAside::refused) + 1;
  prometheus::Counter* accepted_;
  prometheus::Counter* inserted_;
  prometheus::Counter* duplicates_;
  prometheus::Counter* batches_;
  std::array<prometheus::Counter*, kRefusals> refused_{};
  std::array<prometheus::Counter*, kSetAsides> set_aside_{};
};

}  // namespace pitview::telemetry
