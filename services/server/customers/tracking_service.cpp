#include "customers/tracking_service.h"

#include <array>

#include "audit/audit_log.h"
#include "pitview/base/log.h"
#include "pitview/http/message.h"

namespace pitview::customers {
namespace {

using postgres::Statement;

// The lock makes re-issues of one job wait for each other.
constexpr Statement kLockJob{"lock_job_for_link", R"sql(
  SELECT j.customer_id,
         u.disabled_at IS NULL AND customer_access_ends(j.status, j.actual_end_time, j.updated_at) > now() AS open
  FROM jobs j JOIN users u ON u.id = j.customer_id
  WHERE j.id = $1 FOR UPDATE OF j)sql"};

constexpr std::array kStatements = {kLockJob};

constexpr const char* kRevoked = "link_revoked";

Error no_such_job() { return {Errc::not_found, "There is no such job.", {}, 0}; }

Error link_invalid() {
  return {Errc::link_invalid, "This link is not valid any more. Ask the workshop for a new one.", {}, 0};
}

}  // namespace

std::span<const Statement> tracking_service_statements() { return kStatements; }

Awaitable<Result<auth::SignedIn>> TrackingService::sign_in(std::string token, auth::Origin origin) {
  if (const auto opened = co_await parts_.links.open(std::move(token))) {
    auth::Proved who{.user = opened->customer, .workshop = opened->workshop, .link = opened->link};
    if (auto signed_in = co_await parts_.auth.open_session(std::move(who), origin)) co_return std::move(*signed_in);
  }
  log::info("link_refused", {{"ip", origin.ip}});
  if (const auto wait = wrong_tokens_.take(http::client_key(origin.ip), std::chrono::steady_clock::now()))
    co_return Error{Errc::rate_limited, "Too many links that are not valid. Try again in a moment.", {}, *wait};
  co_return link_invalid();
}

Awaitable<Result<std::string>> TrackingService::reissue(audit::Actor actor, JobId job) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.database.here().begin(workshop);
  const auto found = (co_await tx.query(kLockJob, job)).first();
  if (!found) co_return no_such_job();
  if (!found->get<bool>("open"))
    co_return Error{Errc::conflict, "The customer of this job has no access to it any more.", {}, 0};

  const Timestamp now = parts_.clock.now();
  const std::vector<SessionId> ended = co_await TrackingLinks::revoke(tx, job, now);
  NewLink link{workshop, job, found->get<UserId>("customer_id"), actor.principal.user, now};
  std::string address = co_await parts_.links.issue(tx, link);
  co_await audit::record(tx, workshop, actor,
                         {.action = "job.tracking_link", .subject = "job", .subject_id = job.value});
  co_await tx.commit();
  parts_.endings.announce(workshop, ended, kRevoked);
  co_return address;
}

Awaitable<Result<>> TrackingService::revoke(audit::Actor actor, JobId job) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await parts_.database.here().begin(workshop);
  if ((co_await tx.query(kLockJob, job)).empty()) co_return no_such_job();
  const std::vector<SessionId> ended = co_await TrackingLinks::revoke(tx, job, parts_.clock.now());
  co_await audit::record(tx, workshop, actor,
                         {.action = "job.tracking_link_revoke", .subject = "job", .subject_id = job.value});
  co_await tx.commit();
  parts_.endings.announce(workshop, ended, kRevoked);
  co_return Done{};
}

}  // namespace pitview::customers
