#include "auth/second_factor_endpoints.h"

#include "pitview/json/types.h"

namespace pitview::auth {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct SecondFactorEnrolment {
  json::Secret<1, 200> password;
};
BOOST_DESCRIBE_STRUCT(SecondFactorEnrolment, (), (password))

struct SecondFactorProposal {
  std::string secret;
  std::string otpauth_uri;
};
BOOST_DESCRIBE_STRUCT(SecondFactorProposal, (), (secret, otpauth_uri))

struct SecondFactorConfirmation {
  json::Secret<6, 10> code;
};
BOOST_DESCRIBE_STRUCT(SecondFactorConfirmation, (), (code))

struct RecoveryCodes {
  std::vector<std::string> recovery_codes;
};
BOOST_DESCRIBE_STRUCT(RecoveryCodes, (), (recovery_codes))

struct SecondFactorRemoval {
  json::Secret<1, 200> password;
  json::Secret<1, 40> code;
};
BOOST_DESCRIBE_STRUCT(SecondFactorRemoval, (), (password, code))

struct SecondFactor {
  bool enabled = false;
  std::optional<Timestamp> enabled_at;
  int recovery_codes_left = 0;
};
BOOST_DESCRIBE_STRUCT(SecondFactor, (), (enabled, enabled_at, recovery_codes_left))

namespace {

void keep_out_of_caches(Caller& caller) { caller.headers.emplace_back("Cache-Control", "no-store"); }

class SecondFactorEndpoints {
 public:
  explicit SecondFactorEndpoints(SecondFactorService& service) : service_(service) {}

  Awaitable<Result<SecondFactor>> find(Caller& caller) {
    const auto state = co_await service_.find(caller.principal);
    if (!state) co_return SecondFactor{};
    co_return SecondFactor{true, state->enabled_at, state->recovery_codes_left};
  }

  Awaitable<Result<SecondFactorProposal>> propose(Caller& caller, SecondFactorEnrolment body) {
    const Origin origin = origin_of(caller);
    auto proposed = co_await service_.propose(audit::actor_of(caller), std::move(body.password.value), origin);
    if (!proposed) co_return std::move(proposed).error();
    keep_out_of_caches(caller);
    co_return SecondFactorProposal{std::move(proposed->secret), std::move(proposed->uri)};
  }

  Awaitable<Result<RecoveryCodes>> confirm(Caller& caller, SecondFactorConfirmation body) {
    auto codes = co_await service_.confirm(audit::actor_of(caller), std::move(body.code.value));
    if (!codes) co_return std::move(codes).error();
    keep_out_of_caches(caller);
    co_return RecoveryCodes{std::move(*codes)};
  }

  Awaitable<Result<Nothing>> remove(Caller& caller, SecondFactorRemoval body) {
    const Result<> removed = co_await service_.remove(audit::actor_of(caller), std::move(body.password.value),
                                                      std::move(body.code.value), origin_of(caller));
    if (!removed) co_return removed.error();
    co_return Nothing{};
  }

 private:
  SecondFactorService& service_;
};

}  // namespace

void add_second_factor_endpoints(api::Api& api, SecondFactorService& service) {
  const auto factors = std::make_shared<SecondFactorEndpoints>(service);

  api.add<Nothing, Nothing, Nothing, SecondFactor>({.method = Method::get,
                                                    .path = "/api/auth/second-factor",
                                                    .needs = Needs(Permission::signed_in),
                                                    .id = "get_second_factor",
                                                    .summary = "Whether signing in needs a code as well",
                                                    .tag = "auth"},
                                                   [factors](Caller& caller, auto) { return factors->find(caller); });

  api.add<Nothing, Nothing, SecondFactorEnrolment, SecondFactorProposal>(
      {.method = Method::post,
       .path = "/api/auth/second-factor",
       .needs = Needs(Permission::signed_in),
       .id = "propose_second_factor",
       .summary = "A secret for an authenticator (RFC 6238)",
       .tag = "auth",
       .description = "For owners, managers and the platform. Nothing changes until a code of it is confirmed.",
       .problems = {Errc::conflict, Errc::locked_out, Errc::unavailable}},
      [factors](Caller& caller, auto input) { return factors->propose(caller, std::move(input.body)); });

  api.add<Nothing, Nothing, SecondFactorConfirmation, RecoveryCodes>(
      {.method = Method::post,
       .path = "/api/auth/second-factor/confirm",
       .needs = Needs(Permission::signed_in),
       .id = "confirm_second_factor",
       .summary = "Switch the second factor on with a first code",
       .tag = "auth",
       .description = "The recovery codes are shown this once; each signs in once in place of a code.",
       .problems = {Errc::conflict}},
      [factors](Caller& caller, auto input) { return factors->confirm(caller, std::move(input.body)); });

  api.add<Nothing, Nothing, SecondFactorRemoval, Nothing>(
      {.method = Method::post,
       .path = "/api/auth/second-factor/disable",
       .needs = Needs(Permission::signed_in),
       .id = "disable_second_factor",
       .summary = "Switch the second factor off",
       .tag = "auth",
       .status = 204,
       .problems = {Errc::not_found, Errc::second_factor_required, Errc::locked_out, Errc::unavailable}},
      [factors](Caller& caller, auto input) { return factors->remove(caller, std::move(input.body)); });
}

}  // namespace pitview::auth
