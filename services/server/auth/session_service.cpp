#include "auth/session_service.h"

#include "audit/audit_log.h"
#include "auth/account_rules.h"
#include "pitview/json/write.h"

namespace pitview::auth {

struct EndedOthers {
  std::vector<SessionId> sessions;
};
BOOST_DESCRIBE_STRUCT(EndedOthers, (), (sessions))

namespace {

constexpr std::string_view kReason = "signed_out_remotely";

Error no_such_session() { return {Errc::not_found, "There is no such session.", {}, 0}; }

bool sees(const Principal& who, UserId whom, Role role) {
  return who.user == whom || (may(who.role, Permission::staff_read) && may_look_into(who, whom, role));
}

bool ends(const Principal& who, UserId whom, Role role) {
  return who.user == whom || (may(who.role, Permission::staff_manage) && manages(who.role, role));
}

}  // namespace

Awaitable<Result<std::vector<LiveSession>>> SessionService::list(Principal principal, Asked asked) {
  const UserId user = asked.user.value_or(principal.user);
  if (user != principal.user) {
    if (!may(principal.role, Permission::staff_read))
      co_return Error{Errc::forbidden, "Your role may see its own sessions only.", {}, 0};
    const auto role = co_await parts_.sessions.role_of(asked.workshop, user);
    if (!role) co_return Error{Errc::not_found, "There is no such account.", {}, 0};
    if (!sees(principal, user, *role)) co_return Error{Errc::forbidden, "You do not look after that account.", {}, 0};
  }
  co_return co_await parts_.sessions.list(
      asked.workshop, {.user = user, .now = parts_.clock.now(), .before = asked.before, .limit = asked.limit});
}

Awaitable<Result<>> SessionService::end(audit::Actor actor, SessionId session) {
  const Principal principal = actor.principal;
  const Timestamp now = parts_.clock.now();
  const auto owner = co_await parts_.sessions.owner_of(principal.workshop, session, now);
  if (!owner || !sees(principal, owner->user, owner->role)) co_return no_such_session();
  if (!ends(principal, owner->user, owner->role))
    co_return Error{Errc::forbidden, "You do not look after that account.", {}, 0};
  if (!co_await parts_.sessions.end(std::move(actor), session, "session.end", std::string(kReason), now))
    co_return no_such_session();
  parts_.endings.announce(principal.workshop, {&session, 1}, kReason);
  co_return Done{};
}

Awaitable<> SessionService::end_others(audit::Actor actor) {
  const Principal principal = actor.principal;
  auto tx = co_await parts_.sessions.begin(principal.workshop);
  const auto ended = co_await SessionsRepository::end_all_of(tx, principal.user, principal.session,
                                                             std::string(kReason), parts_.clock.now());
  if (ended.empty()) co_return;
  audit::Entry entry{.action = "session.end_others",
                     .subject = "user",
                     .subject_id = principal.user.value,
                     .after = json::write(EndedOthers{ended})};
  co_await audit::record(tx, principal.workshop, std::move(actor), std::move(entry));
  co_await tx.commit();
  parts_.endings.announce(principal.workshop, ended, kReason);
}

}  // namespace pitview::auth
