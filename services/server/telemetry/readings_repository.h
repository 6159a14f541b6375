// Readings and the devices that send them, in PostgreSQL.
#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "app/database.h"
#include "telemetry/device_directory.h"
#include "telemetry/reading.h"
#include "telemetry/sensor_message.h"

namespace pitview::telemetry {

// A row on its way into sensor_data; workshop and pit follow from the device.
struct NewReading {
  DeviceKey device;
  Timestamp measured_at;
  Timestamp received_at;
  std::int32_t boot_id = 0;
  std::int32_t seq = 0;
  std::optional<float> temperature;
  std::optional<float> humidity;
  std::optional<float> pressure;
  std::optional<std::int16_t> aqi;
  std::optional<std::int16_t> iaq_accuracy;
  std::optional<float> gas_ohm;
  bool replayed = false;
  bool numbered = false;  // the device sent boot_id and seq, and waits for them to be settled
};

// What became of a batch. A reading that is set aside again, because it was
// delivered again, counts again.
struct CommitCounts {
  std::int64_t inserted = 0;
  std::int64_t duplicates = 0;  // stored before
  std::int64_t no_assignment = 0;
  std::int64_t too_old = 0;
  std::int64_t in_future = 0;
};

class ReadingsRepository {
 public:
  explicit ReadingsRepository(app::Database& database) : database_(database) {}

  // One transaction: all or none. What has no place is set aside with its reason.
  Awaitable<CommitCounts> commit(std::span<const NewReading> readings);
  // A reading that the database refused to store. `refusal`: SQLSTATE and message.
  Awaitable<> set_aside(const NewReading& reading, std::string_view refusal);

  Awaitable<std::vector<Device>> device_directory();
  Awaitable<> ensure_partitions();
  // One bounded piece of the housekeeping: partitions ahead, readings set aside long
  // ago, a step of packing (seconds at most; smaller steps from then on when the
  // disk is too slow for one). True: there is more to pack, call again.
  Awaitable<bool> keep_house();

  Awaitable<std::optional<Reading>> latest(WorkshopId workshop, PitId pit);
  Awaitable<std::vector<Reading>> latest_of_workshop(WorkshopId workshop);

 private:
  app::Database& database_;
  std::atomic<int> pack_rows_ = 100'000;  // readings in a step
};

std::span<const postgres::Statement> reading_statements();

}  // namespace pitview::telemetry
