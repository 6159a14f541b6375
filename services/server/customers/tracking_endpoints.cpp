#include "auth/login_answer.h"
#include "customers/customers_endpoints.h"
#include "pitview/json/types.h"

namespace pitview::customers {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct MagicLink {
  json::Secret<1, 200> token;
};
BOOST_DESCRIBE_STRUCT(MagicLink, (), (token))

struct LinkedJobPath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(LinkedJobPath, (), (id))

struct TrackingLink {
  JobId job_id;
  std::string tracking_url;
};
BOOST_DESCRIBE_STRUCT(TrackingLink, (), (job_id, tracking_url))

namespace {

class TrackingEndpoints {
 public:
  explicit TrackingEndpoints(TrackingService& service) : service_(service) {}

  Awaitable<Result<auth::LoginResult>> sign_in(Caller& caller, MagicLink body) {
    co_return auth::answer_login(caller,
                                 co_await service_.sign_in(std::move(body.token.value), auth::origin_of(caller)));
  }

  Awaitable<Result<TrackingLink>> reissue(Caller& caller, JobId job) {
    Result<std::string> address = co_await service_.reissue(audit::actor_of(caller), job);
    if (!address) co_return std::move(address).error();
    co_return TrackingLink{job, std::move(*address)};
  }

  Awaitable<Result<Nothing>> revoke(Caller& caller, JobId job) {
    const Result<> revoked = co_await service_.revoke(audit::actor_of(caller), job);
    if (!revoked) co_return revoked.error();
    co_return Nothing{};
  }

 private:
  TrackingService& service_;
};

}  // namespace

void add_tracking_endpoints(api::Api& api, TrackingService& service) {
  const auto links = std::make_shared<TrackingEndpoints>(service);

  api.add<Nothing, Nothing, MagicLink, auth::LoginResult>(
      {.method = Method::post,
       .path = "/api/auth/magic-link",
       .needs = Needs(Permission::anyone),
       .id = "sign_in_by_link",
       .summary = "Sign in by the link of a message",
       .tag = "auth",
       .description =
           "The token is what follows /t/ in the link. It may be used again and again until the access to its "
           "job ends, 30 days after the job, or staff revokes it. Answers and sets the cookie as login does.",
       .problems = {Errc::link_invalid}},
      [links](Caller& caller, auto input) { return links->sign_in(caller, std::move(input.body)); });

  api.add<LinkedJobPath, Nothing, Nothing, TrackingLink>(
      {.method = Method::post,
       .path = "/api/jobs/{id}/tracking-link",
       .needs = Needs(Permission::jobs_create),
       .id = "create_tracking_link",
       .summary = "A new link for the job's customer",
       .tag = "customers",
       .description = "Shown this once. The link before it and the sessions that it opened end at once.",
       .status = 201,
       .problems = {Errc::not_found, Errc::conflict}},
      [links](Caller& caller, auto input) { return links->reissue(caller, input.path.id); });

  api.add<LinkedJobPath, Nothing, Nothing, Nothing>(
      {.method = Method::del,
       .path = "/api/jobs/{id}/tracking-link",
       .needs = Needs(Permission::jobs_create),
       .id = "revoke_tracking_link",
       .summary = "No link opens this job any more",
       .tag = "customers",
       .description = "The sessions that it opened end at once. The customer's password is not affected.",
       .status = 204,
       .problems = {Errc::not_found}},
      [links](Caller& caller, auto input) { return links->revoke(caller, input.path.id); });
}

}  // namespace pitview::customers
