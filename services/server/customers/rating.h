// What a customer says of a finished job: 1 to 5 stars and a comment.
#pragma once

#include <array>
#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::customers {

using RatingId = StrongId<struct RatingTag>;

// Within this time of giving it a customer may change it.
inline constexpr std::chrono::hours kRatingMayChange{24};

struct Rating {
  RatingId id;
  JobId job_id;
  int stars = 0;  // 1 to 5
  std::string comment;
  Timestamp created_at;
  Timestamp updated_at;
};
BOOST_DESCRIBE_STRUCT(Rating, (), (id, job_id, stars, comment, created_at, updated_at))

// With what staff needs to know whose it is.
struct RatedJob : Rating {
  int pit_number = 0;
  std::string customer_name;
  std::string car_model;
  std::string work_type;
};
BOOST_DESCRIBE_STRUCT(RatedJob, (Rating), (pit_number, customer_name, car_model, work_type))

struct RatingSummary {
  std::int64_t count = 0;
  std::optional<double> average;       // null without a rating
  std::vector<std::int64_t> by_stars;  // how many of 1, 2, 3, 4 and 5 stars
};
BOOST_DESCRIBE_STRUCT(RatingSummary, (), (count, average, by_stars))

}  // namespace pitview::customers
