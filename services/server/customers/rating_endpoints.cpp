#include "api/paging.h"
#include "customers/customers_endpoints.h"
#include "pitview/json/types.h"

namespace pitview::customers {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct RatedJobPath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(RatedJobPath, (), (id))

struct RatingChange {
  json::Int<1, 5> stars;
  std::optional<json::Lines<0, 1000>> comment;
};
BOOST_DESCRIBE_STRUCT(RatingChange, (), (stars, comment))

struct RatingQuery {
  std::optional<JobId> job_id;
  std::optional<json::Int<1, 5>> stars;
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  std::optional<RatingId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(RatingQuery, (), (job_id, stars, from, to, cursor, limit))

struct RatingSummaryQuery {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
};
BOOST_DESCRIBE_STRUCT(RatingSummaryQuery, (), (from, to))

namespace {

class RatingEndpoints {
 public:
  explicit RatingEndpoints(RatingService& service) : service_(service) {}

  Awaitable<Result<Rating>> rate(Caller& caller, JobId job, RatingChange body) {
    std::string comment = body.comment ? std::move(body.comment->value) : std::string();
    return service_.rate(audit::actor_of(caller), job, static_cast<int>(body.stars.value), std::move(comment));
  }

  Awaitable<Result<Rating>> find_own(Caller& caller, JobId job) { return service_.find_own(caller.principal, job); }

  Awaitable<Result<std::vector<RatedJob>>> list(Caller& caller, RatingQuery query) {
    RatingFilter filter{.job = query.job_id,
                        .from = query.from,
                        .until = query.to,
                        .before = query.cursor,
                        .limit = api::limit_of(query.limit)};
    if (query.stars) filter.stars = static_cast<int>(query.stars->value);
    std::vector<RatedJob> ratings = co_await service_.list(caller.principal.workshop, filter);
    if (static_cast<int>(ratings.size()) == filter.limit) api::add_next_link(caller, ratings.back().id.value);
    co_return ratings;
  }

  Awaitable<Result<RatingSummary>> summary(Caller& caller, RatingSummaryQuery query) {
    co_return co_await service_.summary(caller.principal.workshop, {.from = query.from, .until = query.to});
  }

 private:
  RatingService& service_;
};

}  // namespace

void add_rating_endpoints(api::Api& api, RatingService& service) {
  const auto ratings = std::make_shared<RatingEndpoints>(service);

  api.add<RatedJobPath, Nothing, RatingChange, Rating>(
      {.method = Method::put,
       .path = "/api/jobs/{id}/rating",
       .needs = Needs(Permission::customer_self),
       .id = "rate_job",
       .summary = "Say how the work was",
       .tag = "ratings",
       .description = "By the job's customer, within 30 days of its completion. It can be changed for 24 hours.",
       .problems = {Errc::not_found, Errc::conflict}},
      [ratings](Caller& caller, auto input) { return ratings->rate(caller, input.path.id, std::move(input.body)); });

  api.add<RatedJobPath, Nothing, Nothing, Rating>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/rating",
       .needs = Needs(Permission::customer_self),
       .id = "get_own_rating",
       .summary = "What one has said of the own job",
       .tag = "ratings",
       .problems = {Errc::not_found}},
      [ratings](Caller& caller, auto input) { return ratings->find_own(caller, input.path.id); });

  api.add<Nothing, RatingQuery, Nothing, std::vector<RatedJob>>(
      {.method = Method::get,
       .path = "/api/ratings",
       .needs = Needs(Permission::customers_read),
       .id = "list_ratings",
       .summary = "What customers said, the newest first",
       .tag = "ratings",
       .description = "The next page is in the Link header; the average is in /api/ratings/summary."},
      [ratings](Caller& caller, auto input) { return ratings->list(caller, std::move(input.query)); });

  api.add<Nothing, RatingSummaryQuery, Nothing, RatingSummary>(
      {.method = Method::get,
       .path = "/api/ratings/summary",
       .needs = Needs(Permission::customers_read),
       .id = "summarise_ratings",
       .summary = "How many ratings, and their average",
       .tag = "ratings"},
      [ratings](Caller& caller, auto input) { return ratings->summary(caller, input.query); });
}

}  // namespace pitview::customers
