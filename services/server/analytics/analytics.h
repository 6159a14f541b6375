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

// Minutes of work: from start to end without the holds.
struct DurationOfType {
  std::string work_type;
  std::int64_t jobs = 0;  // completed in the range
  double median_minutes = 0;
  double p80_minutes = 0;  // four of five took no longer
  double mean_minutes = 0;
  std::int64_t over_plan = 0;  // of these, that took longer than was planned at the booking
};
BOOST_DESCRIBE_STRUCT(DurationOfType, (), (work_type, jobs, median_minutes, p80_minutes, mean_minutes, over_plan))

struct Durations {
  std::vector<DurationOfType> by_type;  // the most frequent first, at most 200
};
BOOST_DESCRIBE_STRUCT(Durations, (), (by_type))

// When a job will be ready as the workshop's own past says, not as it was promised: of the last
// 200 jobs of its type in a year. Of a running job what remains, from those past jobs that took
// longer in the stage it is in than it has until now.
struct Estimate {
  std::string work_type;
  std::optional<JobId> job_id;
  std::int64_t jobs = 0;  // that it rests on; below kFewestJobs the rest is null
  std::optional<double> p50_minutes;
  std::optional<double> p80_minutes;
  std::optional<Timestamp> p50_at;  // of a running job that is not on hold
  std::optional<Timestamp> p80_at;
};
BOOST_DESCRIBE_STRUCT(Estimate, (), (work_type, job_id, jobs, p50_minutes, p80_minutes, p50_at, p80_at))
inline constexpr std::int64_t kFewestJobs = 5;

// An opening of the tracking page stands for a call that was not made, as long as the customer would
// have called at all: for each job at most the baseline that the workshop has set.
struct CallsAvoided {
  std::int64_t jobs = 0;                         // completed in the range
  std::int64_t opens = 0;                        // of their tracking pages
  std::optional<double> opens_per_job;           // null without jobs
  std::optional<double> baseline_calls_per_job;  // null: the workshop has set none
  std::optional<double> calls_avoided;
};
BOOST_DESCRIBE_STRUCT(CallsAvoided, (), (jobs, opens, opens_per_job, baseline_calls_per_job, calls_avoided))

}  // namespace pitview::analytics
