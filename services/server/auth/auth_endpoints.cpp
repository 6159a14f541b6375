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
  std::optional<json::Secret<0, 40>> totp_code;  // or a recovery code
};
BOOST_DESCRIBE_STRUCT(LoginRequest, (), (username, password, totp_code))

struct PasswordChange {
  json::Secret<1, 200> current_password;
  json::Secret<1, 200> new_password;
};
BOOST_DESCRIBE_STRUCT(PasswordChange, (), (current_password, new_password))

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
  bool must_change_password = false;
  bool second_factor = false;
  Timestamp server_time;
};
BOOST_DESCRIBE_STRUCT(Me, (),
                      (id, username, display_name, role, workshop_id, workshop, must_change_password, second_factor,
                       server_time))

struct WsTicket {
  std::string ticket;
  int expires_in = 0;
};
BOOST_DESCRIBE_STRUCT(WsTicket, (), (ticket, expires_in))

namespace {

class AuthEndpoints {
 public:
  explicit AuthEndpoints(AuthParts parts) : parts_(parts) {}

  Awaitable<Result<LoginResult>> login(Caller& caller, LoginRequest body) {
    Credentials credentials{.username = std::move(body.username.value), .password = std::move(body.password.value)};
    if (body.totp_code) credentials.code = std::move(body.totp_code->value);
    co_return answer_login(caller, co_await parts_.service.login(std::move(credentials), origin_of(caller)));
  }

  Awaitable<Result<LoginResult>> refresh(Caller& caller) {
    const std::string token(caller.request.cookie(kRefreshCookie));
    if (token.empty()) co_return Error{Errc::session_ended, "There is no session. Please sign in.", {}, 0};
    co_return answer_login(caller, co_await parts_.service.refresh(token, origin_of(caller)));
  }

  Awaitable<Result<LogoutResult>> logout(Caller& caller) {
    co_await parts_.service.logout(audit::actor_of(caller));
    set_refresh_cookie(caller, "", std::chrono::seconds(0));
    co_return LogoutResult{"Logged out successfully"};
  }

  Awaitable<Result<LoginResult>> change_password(Caller& caller, PasswordChange body) {
    co_return answer_login(caller,
                           co_await parts_.passwords.change(caller.principal, std::move(body.current_password.value),
                                                            std::move(body.new_password.value), origin_of(caller)));
  }

  Awaitable<Result<Me>> me(Caller& caller) {
    const Principal& principal = caller.principal;
    const auto found = co_await parts_.sessions.find_account(principal);
    if (!found) co_return Error{Errc::session_ended, "This account no longer exists.", {}, 0};
    Me me{.id = principal.user,
          .username = found->username,
          .display_name = found->display_name,
          .role = std::string(name_of(principal.role)),
          .must_change_password = found->must_change_password,
          .second_factor = found->second_factor,
          .server_time = parts_.clock.now()};
    // The platform's own people belong to no workshop, as far as clients can see.
    if (principal.role != Role::super_admin) {
      me.workshop_id = principal.workshop;
      me.workshop = Workshop{principal.workshop,      found->workshop_code,  found->workshop_name,
                             found->workshop_address, found->workshop_phone, found->timezone};
    }
    co_return me;
  }

  Awaitable<Result<WsTicket>> ws_ticket(Caller& caller) {
    const auto ticket = co_await parts_.tickets.issue(caller.principal.session);
    if (!ticket)
      co_return Error{Errc::unavailable, "Too many connections are being opened. Try again in a moment.", {}, 5};
    co_return WsTicket{*ticket, static_cast<int>(kWsTicketLife.count())};
  }

 private:
  AuthParts parts_;
};

}  // namespace

void add_auth_endpoints(api::Api& api, AuthParts parts) {
  const auto auth = std::make_shared<AuthEndpoints>(parts);

  api.add<Nothing, Nothing, LoginRequest, LoginResult>(
      {.method = Method::post,
       .path = "/api/auth/login",
       .needs = Needs(Permission::anyone),
       .id = "login",
       .summary = "Sign in",
       .tag = "auth",
       .description =
           "Answers an access token of 15 minutes and sets the refresh token as an HttpOnly cookie. Accounts "
           "with a second factor need a code of it as well. With must_change_password the token is good for "
           "changing the password, and for who one is and signing out. forbidden: the password is right, but the "
           "customer's access has ended, 30 days after the last job.",
       .problems = {Errc::invalid_credentials, Errc::second_factor_required, Errc::locked_out, Errc::unavailable}},
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
                                                    .needs = Needs(Permission::signed_in).before_password_change(),
                                                    .id = "logout",
                                                    .summary = "End this session everywhere",
                                                    .tag = "auth",
                                                    .problems = {Errc::session_ended}},
                                                   [auth](Caller& caller, auto) { return auth->logout(caller); });

  api.add<Nothing, Nothing, PasswordChange, LoginResult>(
      {.method = Method::post,
       .path = "/api/auth/password",
       .needs = Needs(Permission::signed_in).before_password_change(),
       .id = "change_password",
       .summary = "Change the own password",
       .tag = "auth",
       .description = "At least 8 characters, a capital letter and a digit, 72 bytes at most, none that many people "
                      "use. Answers a new access token and cookie for this session and ends all others.",
       .problems = {Errc::conflict, Errc::locked_out, Errc::unavailable}},
      [auth](Caller& caller, auto input) { return auth->change_password(caller, std::move(input.body)); });

  api.add<Nothing, Nothing, Nothing, Me>({.method = Method::get,
                                          .path = "/api/auth/me",
                                          .needs = Needs(Permission::signed_in).before_password_change(),
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
