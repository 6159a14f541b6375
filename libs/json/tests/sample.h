// A few described types as a service would declare them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pitview/json/describe.h"
#include "pitview/json/types.h"

namespace pitview::json::sample {

enum class Status { waiting, in_progress };
BOOST_DESCRIBE_ENUM(Status, waiting, in_progress)

struct Stage {
  Text<1, 20> name;
  Int<0, 100> weight;
  std::optional<Timestamp> started_at;
};
BOOST_DESCRIBE_STRUCT(Stage, (), (name, weight, started_at))

struct Named {
  std::string customer_name;
};
BOOST_DESCRIBE_STRUCT(Named, (), (customer_name))

struct Order : Named {
  JobId job_id;
  Status status = Status::waiting;
  std::vector<Stage> stages;
  std::optional<Email> email;
  std::optional<double> progress;
  bool urgent = false;
};
BOOST_DESCRIBE_STRUCT(Order, (Named), (job_id, status, stages, email, progress, urgent))

struct Numbers {
  std::optional<std::int64_t> i64;
  std::optional<std::uint64_t> u64;
  std::optional<std::uint16_t> u16;
  std::optional<double> real;
};
BOOST_DESCRIBE_STRUCT(Numbers, (), (i64, u64, u16, real))

struct Filter {
  std::optional<Status> status;
  std::optional<PitId> pit_id;
  std::optional<Int<1, 200>> limit;
  std::vector<Status> any_of;
  std::optional<bool> open;
  std::optional<Timestamp> from;
};
BOOST_DESCRIBE_STRUCT(Filter, (), (status, pit_id, limit, any_of, open, from))

}  // namespace pitview::json::sample
