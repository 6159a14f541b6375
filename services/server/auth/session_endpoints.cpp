#include "auth/session_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"
#include "auth/login_answer.h"
#include "pitview/json/types.h"

namespace pitview::auth {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct SessionPath {
  SessionId id;
};
BOOST_DESCRIBE_STRUCT(SessionPath, (), (id))

struct SessionQuery {
  std::optional<WorkshopId> workshop_id;
  std::optional<UserId> user_id;
  std::optional<SessionId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(SessionQuery, (), (workshop_id, user_id, cursor, limit))

struct Session {
  SessionId id;
  Timestamp created_at;
  Timestamp last_used_at;
  Timestamp expires_at;
  std::optional<std::string> ip;
  std::optional<std::string> user_agent;
  bool current = false;
};
BOOST_DESCRIBE_STRUCT(Session, (), (id, created_at, last_used_at, expires_at, ip, user_agent, current))

namespace {

class SessionEndpoints {
 public:
  explicit SessionEndpoints(SessionService& service) : service_(service) {}

  Awaitable<Result<std::vector<Session>>> list(Caller& caller, SessionQuery query) {
    const Result<WorkshopId> workshop = api::workshop_of(caller.principal, query.workshop_id);
    if (!workshop) co_return workshop.error();
    const int limit = api::limit_of(query.limit);
    const auto found = co_await service_.list(
        caller.principal, {.workshop = *workshop, .user = query.user_id, .before = query.cursor, .limit = limit});
    if (!found) co_return found.error();
    std::vector<Session> sessions;
    for (const LiveSession& session : *found)
      sessions.push_back({session.id, session.created_at, session.last_used_at, session.expires_at, session.ip,
                          session.user_agent, session.id == caller.principal.session});
    if (static_cast<int>(sessions.size()) == limit) api::add_next_link(caller, sessions.back().id.value);
    co_return sessions;
  }

  Awaitable<Result<Nothing>> end(Caller& caller, SessionId session) {
    const Result<> ended = co_await service_.end(audit::actor_of(caller), session);
    if (!ended) co_return ended.error();
    if (session == caller.principal.session) set_refresh_cookie(caller, "", std::chrono::seconds(0));
    co_return Nothing{};
  }

  Awaitable<Result<Nothing>> end_others(Caller& caller) {
    co_await service_.end_others(audit::actor_of(caller));
    co_return Nothing{};
  }

 private:
  SessionService& service_;
};

}  // namespace

void add_session_endpoints(api::Api& api, SessionService& service) {
  const auto sessions = std::make_shared<SessionEndpoints>(service);

  api.add<Nothing, SessionQuery, Nothing, std::vector<Session>>(
      {.method = Method::get,
       .path = "/api/sessions",
       .needs = Needs(Permission::signed_in),
       .id = "list_sessions",
       .summary = "Where one is signed in, the newest first",
       .tag = "sessions",
       .description = "With user_id those of an account one looks after. The next page is in the Link header.",
       .problems = {Errc::not_found}},
      [sessions](Caller& caller, auto input) { return sessions->list(caller, std::move(input.query)); });

  api.add<SessionPath, Nothing, Nothing, Nothing>(
      {.method = Method::del,
       .path = "/api/sessions/{id}",
       .needs = Needs(Permission::signed_in),
       .id = "end_session",
       .summary = "Sign out from elsewhere",
       .tag = "sessions",
       .description = "One's own, or one of an account one manages. It ends at once, live connections included.",
       .status = 204,
       .problems = {Errc::not_found}},
      [sessions](Caller& caller, auto input) { return sessions->end(caller, input.path.id); });

  api.add<Nothing, Nothing, Nothing, Nothing>(
      {.method = Method::del,
       .path = "/api/sessions",
       .needs = Needs(Permission::signed_in),
       .id = "end_other_sessions",
       .summary = "Sign out everywhere else",
       .tag = "sessions",
       .status = 204},
      [sessions](Caller& caller, auto) { return sessions->end_others(caller); });
}

}  // namespace pitview::auth
