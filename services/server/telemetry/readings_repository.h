// Readings and the devices that send them, in PostgreSQL.
#pragma once

#include <optional>
#include <span>
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

class ReadingsRepository {
 public:
  explicit ReadingsRepository(app::Database& database) : database_(database) {}

  // How many of them were new. One transaction: all or none.
  Awaitable<std::int64_t> commit(std::span<const NewReading> readings);

  Awaitable<std::vector<Device>> device_directory();
  Awaitable<> record_device_status(DeviceKey device, bool online, StatusReport report, Timestamp now);
  Awaitable<> ensure_partitions();

  Awaitable<std::optional<Reading>> latest(WorkshopId workshop, PitId pit);
  Awaitable<std::vector<Reading>> latest_of_workshop(WorkshopId workshop);

  // Oldest first. Raw: every reading of the range, up to `limit`; the newest ones
  // when there are more. Otherwise means over buckets of `bucket`.
  Awaitable<std::vector<Sample>> history(WorkshopId workshop, PitId pit, Timestamp from, Timestamp to, int limit);
  Awaitable<std::vector<Sample>> history_in_buckets(WorkshopId workshop, PitId pit, Timestamp from, Timestamp to,
                                                    std::chrono::seconds bucket);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> reading_statements();

}  // namespace pitview::telemetry
