#include "customers/rating_service.h"

#include "audit/audit_log.h"
#include "pitview/json/write.h"

namespace pitview::customers {
namespace {

// What the audit log keeps: the comment may hold anything, and goes when the
// customer's data is erased.
struct AuditableRating {
  int stars;
};
BOOST_DESCRIBE_STRUCT(AuditableRating, (), (stars))

std::string auditable(const Rating& rating) { return json::write(AuditableRating{rating.stars}); }

}  // namespace

Awaitable<Result<Rating>> RatingService::rate(audit::Actor actor, JobId job, int stars, std::string comment) {
  const Principal& customer = actor.principal;
  auto tx = co_await parts_.ratings.begin(customer.workshop);
  const auto ratable = co_await RatingsRepository::lock_job(tx, customer.user, job);
  if (!ratable) co_return Error{Errc::not_found, "There is no such job.", {}, 0};
  if (!ratable->completed) co_return Error{Errc::conflict, "Only a completed job can be rated.", {}, 0};

  const Timestamp now = parts_.clock.now();
  const std::optional<Rating> before = co_await RatingsRepository::find(tx, job);
  if (before && before->stars == stars && before->comment == comment) co_return *before;
  if (before && before->created_at + kRatingMayChange <= now)
    co_return Error{Errc::conflict, "A rating can be changed for 24 hours.", {}, 0};

  Rating rating{.job_id = job,
                .stars = stars,
                .comment = std::move(comment),
                .created_at = before ? before->created_at : now,
                .updated_at = now};
  rating = co_await RatingsRepository::save(tx, customer.workshop, customer.user, std::move(rating));
  audit::Entry entry{.action = "job.rate", .subject = "job", .subject_id = job.value, .after = auditable(rating)};
  if (before) entry.before = auditable(*before);
  co_await audit::record(tx, customer.workshop, actor, std::move(entry));
  co_await tx.commit();

  // For those who see the whole workshop: it names neither the pit nor the job that
  // would let operators and customers have it.
  parts_.hub.publish({"rating", customer.workshop, {}, {}, {}, json::write(rating)});
  co_return rating;
}

Awaitable<Result<Rating>> RatingService::find_own(Principal customer, JobId job) {
  auto rating = co_await parts_.ratings.find_own(customer.workshop, customer.user, job);
  if (!rating) co_return Error{Errc::not_found, "There is no rating of such a job.", {}, 0};
  co_return std::move(*rating);
}

Awaitable<std::vector<RatedJob>> RatingService::list(WorkshopId workshop, RatingFilter filter) {
  return parts_.ratings.list(workshop, filter);
}

Awaitable<RatingSummary> RatingService::summary(WorkshopId workshop, RatingFilter filter) {
  return parts_.ratings.summary(workshop, filter);
}

}  // namespace pitview::customers
