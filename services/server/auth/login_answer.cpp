#include "auth/login_answer.h"

#include "auth/access_token.h"

namespace pitview::auth {

void set_refresh_cookie(api::Caller& caller, const std::string& token, std::chrono::seconds life) {
  std::string cookie(kRefreshCookie);
  cookie += "=" + token + "; Path=/api/auth; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(life.count());
  if (caller.request.https) cookie += "; Secure";
  caller.headers.emplace_back("Set-Cookie", std::move(cookie));
}

Result<LoginResult> answer_login(api::Caller& caller, Result<SignedIn> signed_in) {
  if (!signed_in) return std::move(signed_in).error();
  set_refresh_cookie(caller, signed_in->refresh_token, signed_in->refresh_life);
  caller.headers.emplace_back("Cache-Control", "no-store");
  constexpr int kLifeSeconds = std::chrono::seconds(kAccessTokenLife).count();
  return LoginResult{.access_token = signed_in->access_token,
                     .expires_in = kLifeSeconds,
                     .role = std::string(name_of(signed_in->role)),
                     .must_change_password = signed_in->must_change_password};
}

}  // namespace pitview::auth
