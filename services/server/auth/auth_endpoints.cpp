#include "auth/auth_endpoints.h"

#include "auth/login_answer.h"
#include "pitview/json/types.h"

namespace pitview::auth {

using api::Caller;
using api::Input;
using api::Method;
using api::Needs;
using api::Nothing;

struct LoginRequest {
  json::Secret<1, 200> username;
  json::Secret<1, 200> password;
};
BOOST_DESCRIBE_STRUCT(LoginRequest, (), (username, password))

struct LogoutResult {
  std::string message;
};
BOOST_DESCRIBE_STRUCT(LogoutResult, (), (message))

struct Workshop {
  WorkshopId id;
  std::string code;
  std::string name;
  std::optional<std::string> address;
  std::optional<std::string> phone;
  std::string timezone;
};
BOOST_DESCRIBE_STRUCT(Workshop, (), (id, code, name, address, phone, timezone))

struct Me {
  UserId id;
  std::string username;
  std::string display_name;
  std::string role;
  std::optional<WorkshopId> workshop_id;
  std::optional<Workshop> workshop;
  Timestamp server_time;
};
BOOST_DESCRIBE_STRUCT(Me, (), (id, username, display_name, role, workshop_id, workshop, server_time))

struct WsTicket {
  std::string ticket;
  int expires_in = 0;
};
BOOST_DESCRIBE_STRUCT(WsTicket, (), (ticket, expires_in))

namespace {

class AuthEndpoints {
 public:
  AuthEndpoints(AuthService& service, SessionsRepository& sessions, WsTickets& tickets, const Clock& clock)
      : service_(service), sessions_(sessions), tickets_(tickets), clock_(clock) {}

  Awaitable<Result<LoginResult>> login(Caller& caller, LoginRequest body) {
    Origin origin{caller.request.remote_address, std::string(caller.request.header("User-Agent"))};
    co_return answer_login(caller, co_await service_.login(std::move(body.username.value),
                                                           std::move(body.password.value), std::move(origin)));
  }

  Awaitable<Result<LoginResult>> refresh(Caller& caller) {
    const std::string token(caller.request.cookie(kRefreshCookie));
    if (token.empty()) co_return Error{Errc::session_ended, "There is no session. Please sign in.", {}, 0};
    co_return answer_login(caller, co_await service_.refresh(token));
  }

  Awaitable<Result<LogoutResult>> logout(Caller& caller) {
    co_await service_.end_session(caller.principal, "logged_out");
    set_refresh_cookie(caller, "", std::chrono::seconds(0));
    co_return LogoutResult{"Logged out successfully"};
  }

  Awaitable<Result<Me>> me(Caller& caller) {
    const Principal& principal = caller.principal;
    const auto found = co_await sessions_.find_account(principal);
    if (!found) co_return Error{Errc::session_ended, "This account no longer exists.", {}, 0};
    Me me{.id = principal.user,
          .username = found->username,
          .display_name = found->display_name,
          .role = std::string(name_of(principal.role)),
          .server_time = clock_.now()};
    // The platform's own people belong to no workshop, as far as clients can see.
    if (principal.role != Role::super_admin) {
      me.workshop_id = principal.workshop;
      me.workshop = Workshop{principal.workshop,      found->workshop_code,  found->workshop_name,
                             found->workshop_address, found->workshop_phone, found->timezone};
    }
    co_return me;
  }

  Awaitable<Result<WsTicket>> ws_ticket(Caller& caller) {
    const auto ticket = co_await tickets_.issue(caller.principal.session);
    if (!ticket)
      co_return Error{Errc::unavailable, "Too many connections are being opened. Try again in a moment.", {}, 5};
    co_return WsTicket{*ticket, static_cast<int>(kWsTicketLife.count())};
  }

 private:
  AuthService& service_;
  SessionsRepository& sessions_;
  WsTickets& tickets_;
  const Clock& clock_;
};

}  // namespace

void add_auth_endpoints(api::Api& api, AuthService& service, SessionsRepository& sessions, WsTickets& tickets,
                        const Clock& clock) {
  const auto auth = std::make_shared<AuthEndpoints>(service, sessions, tickets, clock);

  api.add<Nothing, Nothing, LoginRequest, LoginResult>(
      {.method = Method::post,
       .path = "/api/auth/login",
       .needs = Needs(Permission::anyone),
       .id = "login",
       .summary = "Sign in",
       .tag = "auth",
       .description =
           "Answers an access token of 15 minutes and sets the refresh token as an HttpOnly cookie. forbidden: the "
           "password is right, but the customer's access has ended, 30 days after the last job.",
       .problems = {Errc::invalid_credentials, Errc::forbidden, Errc::locked_out, Errc::unavailable}},
      [auth](Caller& caller, auto input) { return auth->login(caller, std::move(input.body)); });

  api.add<Nothing, Nothing, Nothing, LoginResult>(
      {.method = Method::post,
       .path = "/api/auth/refresh",
       .needs = Needs(Permission::anyone),
       .id = "refresh",
       .summary = "A new access token for the refresh cookie",
       .tag = "auth",
       .description = "Rotates the cookie. A cookie that was already exchanged ends the session.",
       .problems = {Errc::session_ended}},
      [auth](Caller& caller, auto) { return auth->refresh(caller); });

  api.add<Nothing, Nothing, Nothing, LogoutResult>({.method = Method::post,
                                                    .path = "/api/auth/logout",
                                                    .needs = Needs(Permission::signed_in),
                                                    .id = "logout",
                                                    .summary = "End this session everywhere",
                                                    .tag = "auth",
                                                    .problems = {Errc::session_ended}},
                                                   [auth](Caller& caller, auto) { return auth->logout(caller); });

  api.add<Nothing, Nothing, Nothing, Me>({.method = Method::get,
                                          .path = "/api/auth/me",
                                          .needs = Needs(Permission::signed_in),
                                          .id = "get_me",
                                          .summary = "Who is signed in, and where",
                                          .tag = "auth",
                                          .problems = {Errc::session_ended}},
                                         [auth](Caller& caller, auto) { return auth->me(caller); });

  api.add<Nothing, Nothing, Nothing, WsTicket>({.method = Method::post,
                                                .path = "/api/ws-ticket",
                                                .needs = Needs(Permission::signed_in),
                                                .id = "create_ws_ticket",
                                                .summary = "A ticket for opening /ws",
                                                .tag = "live",
                                                .description = "Good once, for 30 seconds.",
                                                .problems = {Errc::unavailable, Errc::session_ended}},
                                               [auth](Caller& caller, auto) { return auth->ws_ticket(caller); });
}

}  // namespace pitview::auth
