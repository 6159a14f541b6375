// The rows of the exported tables, as the database gives them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exports/local_time.h"
#include "pitview/base/strong_id.h"

namespace pitview::exports {

struct JobRow {
  JobId id;
  int pit_number = 0;
  std::string customer_name;
  std::string car_model;
  std::string car_plate;
  std::string work_type;
  std::string status;
  LocalTime booked;
  std::optional<LocalTime> started;
  std::optional<LocalTime> promised;  // as it was promised last
  std::optional<LocalTime> ended;
  std::optional<int> worked_minutes;  // from start to end, holds apart; of a job that ended
  std::optional<int> held_minutes;    // of a job that began; without the hold that lasts
  std::optional<int> late_minutes;    // 0: in time; of a job that is completed
  std::vector<std::string> staff;
  std::optional<int> stars;
  std::optional<std::string> comment;
};

struct ReadingRow {
  LocalTime measured;
  std::optional<std::string> device;  // empty: it is another workshop's by now
  std::optional<double> temperature;  // °C
  std::optional<double> humidity;     // %RH
  std::optional<double> dew_point;    // °C
  std::optional<int> aqi;             // VOC index, 0..500
  std::optional<int> accuracy;        // of the VOC index, 0..3
  std::optional<double> pressure;     // hPa
  std::optional<double> gas_ohm;
};

// Where a page of readings goes on: behind this one. Without a device, whose keys begin at 1: from that time on.
struct ReadingKey {
  Timestamp measured_at;
  DeviceKey device = {};
  int boot_id = 0;
  int seq = 0;
};

}  // namespace pitview::exports
