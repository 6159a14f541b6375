// What a workshop learns from its past (plan §6.1).
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::analytics {

// [from, to), at most 366 days.
struct Range {
  Timestamp from;
  Timestamp to;
};

struct BusyPit {
  PitId pit_id;
  int pit_number = 0;
  std::int64_t jobs = 0;  // that were at the pit in the range
  double hours = 0;       // with a car at the pit, on hold or not
};
BOOST_DESCRIBE_STRUCT(BusyPit, (), (pit_id, pit_number, jobs, hours))

// One hour of the week, in the time zone of the workshop.
struct BusyHour {
  int weekday = 1;        // 1 (Monday) to 7
  int hour = 0;           // 0 to 23
  std::int64_t jobs = 0;  // that started in it
  double hours = 0;       // with a car at a pit, of all pits and weeks together
};
BOOST_DESCRIBE_STRUCT(BusyHour, (), (weekday, hour, jobs, hours))

struct Busy {
  std::string timezone;
  std::vector<BusyPit> pits;      // the busiest first, every pit of the workshop
  std::vector<BusyHour> by_hour;  // by weekday and hour; those without any are left out
};
BOOST_DESCRIBE_STRUCT(Busy, (), (timezone, pits, by_hour))

struct Trend {
  double mean = 0;
  double min = 0;
  double max = 0;
};
BOOST_DESCRIBE_STRUCT(Trend, (), (mean, min, max))

// A pit on one day in the time zone of the workshop; no day without a reading.
struct EnvironmentDay {
  PitId pit_id;
  std::string day;  // "2026-08-01"
  std::int64_t readings = 0;
  std::optional<Trend> temperature;  // °C
  std::optional<Trend> humidity;     // %RH
  std::optional<Trend> aqi;
  std::optional<Trend> pressure;  // hPa
};
BOOST_DESCRIBE_STRUCT(EnvironmentDay, (), (pit_id, day, readings, temperature, humidity, aqi, pressure))

struct RatingMonth {
  std::string month;  // "2026-08", in the time zone of the workshop
  std::int64_t ratings = 0;
  double average = 0;
};
BOOST_DESCRIBE_STRUCT(RatingMonth, (), (month, ratings, average))

struct Ratings {
  std::int64_t ratings = 0;
  std::optional<double> average;    // null without ratings
  std::vector<std::int64_t> stars;  // how many of 1, 2, 3, 4 and 5 stars
  std::vector<RatingMonth> months;  // the oldest first
};
BOOST_DESCRIBE_STRUCT(Ratings, (), (ratings, average, stars, months))

}  // namespace pitview::analytics
