// How a sign-in is answered, however it was done: the access token in the body,
// the refresh token as a cookie that scripts and other sites cannot reach.
#pragma once

#include <boost/describe/class.hpp>
#include <string>

#include "api/endpoint.h"
#include "auth/auth_service.h"

namespace pitview::auth {

struct LoginResult {
  std::string access_token;
  std::string token_type = "Bearer";
  int expires_in = 0;
  std::string role;
  bool must_change_password = false;
};
BOOST_DESCRIBE_STRUCT(LoginResult, (), (access_token, token_type, expires_in, role, must_change_password))

inline constexpr std::string_view kRefreshCookie = "pitview_refresh";

void set_refresh_cookie(api::Caller& caller, const std::string& token, std::chrono::seconds life);

Result<LoginResult> answer_login(api::Caller& caller, Result<SignedIn> signed_in);

}  // namespace pitview::auth
