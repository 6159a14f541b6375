#include "auth/second_factors_repository.h"

#include <array>
#include <stdexcept>

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "auth/recovery_codes.h"
#include "auth/totp.h"

namespace pitview::auth {
namespace {

using postgres::Bytes;
using postgres::Statement;

constexpr int kMaxWrongCodes = 10;
constexpr std::chrono::minutes kWrongCodesCount{15};

constexpr Statement kFind{"find_second_factor", R"sql(
  SELECT f.secret_sealed, f.last_step, f.wrong_codes, f.wrong_since, f.confirmed_at,
         (SELECT count(*) FROM recovery_codes c WHERE c.user_id = f.user_id AND c.used_at IS NULL) AS codes_left
  FROM second_factors f WHERE f.user_id = $1 AND f.confirmed_at IS NOT NULL)sql"};

// Compare and swap: a step is used once, and none before it any more.
constexpr Statement kUseStep{"use_second_factor_step", R"sql(
  UPDATE second_factors SET last_step = $2, wrong_codes = 0, wrong_since = NULL
  WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL)sql"};

constexpr Statement kNoteWrong{"note_wrong_second_factor", R"sql(
  UPDATE second_factors SET
    wrong_codes = CASE WHEN wrong_since > $2 THEN wrong_codes + 1 ELSE 1 END,
    wrong_since = CASE WHEN wrong_since > $2 THEN wrong_since ELSE $3 END
  WHERE user_id = $1)sql"};

constexpr Statement kUseRecoveryCode{"use_recovery_code", R"sql(
  UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL)sql"};

constexpr Statement kPropose{"propose_second_factor", R"sql(
  INSERT INTO second_factors AS f (workshop_id, user_id, secret_sealed, created_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (workshop_id, user_id) DO UPDATE SET secret_sealed = excluded.secret_sealed,
    created_at = excluded.created_at
  WHERE f.confirmed_at IS NULL)sql"};

constexpr Statement kLockProposed{"lock_proposed_second_factor", R"sql(
  SELECT secret_sealed FROM second_factors WHERE user_id = $1 AND confirmed_at IS NULL FOR UPDATE)sql"};

constexpr Statement kConfirm{"confirm_second_factor",
                             "UPDATE second_factors SET confirmed_at = $2, last_step = $3 WHERE user_id = $1"};

constexpr Statement kInsertRecoveryCode{
    "insert_recovery_code", "INSERT INTO recovery_codes (workshop_id, user_id, code_hash) VALUES ($1, $2, $3)"};

constexpr Statement kForgetRecoveryCodes{"forget_recovery_codes", "DELETE FROM recovery_codes WHERE user_id = $1"};

constexpr Statement kRemove{"remove_second_factor",
                            "DELETE FROM second_factors WHERE user_id = $1 RETURNING confirmed_at"};

constexpr std::array kStatements = {kFind,         kUseStep, kNoteWrong,          kUseRecoveryCode,     kPropose,
                                    kLockProposed, kConfirm, kInsertRecoveryCode, kForgetRecoveryCodes, kRemove};

Bytes hash_of(const std::string& recovery_code) {
  return Bytes(crypto::sha256(normal_recovery_code(recovery_code).value()));
}

// Of one user: a secret moved to another account does not open.
std::string name_of_secret(UserId user) { return "second_factors.secret of user " + std::to_string(user.value); }

}  // namespace

std::span<const Statement> second_factor_statements() { return kStatements; }

std::string SecondFactorsRepository::secret_of(UserId user, const std::string& sealed) const {
  auto secret = crypto::open(data_key_, sealed, name_of_secret(user));
  if (!secret) throw std::runtime_error("the second factor of a user cannot be opened with this server's key");
  return std::move(*secret);
}

Awaitable<CodeCheck> SecondFactorsRepository::use(WorkshopId workshop, UserId user, std::optional<std::string> code,
                                                  Timestamp now) {
  const auto factor = (co_await database_.here().read(workshop, kFind, user)).first();
  if (!factor) co_return CodeCheck{};
  if (!code || code->empty()) co_return CodeCheck{CodeAnswer::missing};
  if (const auto recovery = normal_recovery_code(*code))
    co_return CodeCheck{co_await use_recovery_code(workshop, user, *recovery, now) ? CodeAnswer::accepted
                                                                                   : CodeAnswer::wrong};

  const auto wrong_since = factor->get<std::optional<Timestamp>>("wrong_since");
  const bool counts = wrong_since && *wrong_since + kWrongCodesCount > now;
  if (counts && factor->get<int>("wrong_codes") >= kMaxWrongCodes)
    co_return CodeCheck{CodeAnswer::too_many, *wrong_since + kWrongCodesCount};

  const std::string secret = secret_of(user, factor->get<Bytes>("secret_sealed").data);
  const auto step = matching_step(secret, *code, now, factor->get<std::int64_t>("last_step"));
  auto tx = co_await database_.here().begin(workshop);
  bool accepted = false;
  if (step) {
    accepted = co_await tx.execute(kUseStep, user, *step) == 1;
  } else {
    co_await tx.execute(kNoteWrong, user, now - kWrongCodesCount, now);
  }
  co_await tx.commit();
  co_return CodeCheck{accepted ? CodeAnswer::accepted : CodeAnswer::wrong};
}

Awaitable<bool> SecondFactorsRepository::use_recovery_code(WorkshopId workshop, UserId user, std::string code,
                                                           Timestamp now) {
  auto tx = co_await database_.here().begin(workshop);
  if (co_await tx.execute(kUseRecoveryCode, user, hash_of(code), now) != 1) co_return false;
  const audit::Actor actor{.principal = {.user = user, .workshop = workshop}};
  co_await audit::record(tx, workshop, actor,
                         {.action = "auth.recovery_code_used", .subject = "user", .subject_id = user.value});
  co_await tx.commit();
  co_return true;
}

Awaitable<std::optional<SecondFactorState>> SecondFactorsRepository::find(WorkshopId workshop, UserId user) {
  const auto factor = (co_await database_.here().read(workshop, kFind, user)).first();
  if (!factor) co_return std::nullopt;
  co_return SecondFactorState{factor->get<Timestamp>("confirmed_at"),
                              static_cast<int>(factor->get<std::int64_t>("codes_left"))};
}

Awaitable<bool> SecondFactorsRepository::propose(audit::Actor actor, std::string secret, Timestamp now) {
  const Principal principal = actor.principal;
  const Bytes sealed(crypto::seal(data_key_, secret, name_of_secret(principal.user)));
  auto tx = co_await database_.here().begin(principal.workshop);
  if (co_await tx.execute(kPropose, principal.workshop, principal.user, sealed, now) != 1) co_return false;
  audit::Entry entry{.action = "auth.second_factor_proposed", .subject = "user", .subject_id = principal.user.value};
  co_await audit::record(tx, principal.workshop, std::move(actor), std::move(entry));
  co_await tx.commit();
  co_return true;
}

Awaitable<Result<>> SecondFactorsRepository::confirm(audit::Actor actor, std::string code,
                                                     std::vector<std::string> recovery_codes, Timestamp now) {
  const Principal& principal = actor.principal;
  auto tx = co_await database_.here().begin(principal.workshop);
  const auto proposed = (co_await tx.query(kLockProposed, principal.user)).first();
  if (!proposed) co_return Error{Errc::conflict, "There is no second factor that waits to be confirmed.", {}, 0};
  const std::string secret = secret_of(principal.user, proposed->get<Bytes>(0).data);
  const auto step = matching_step(secret, code, now, 0);
  if (!step) co_return api::invalid("code", "is not what the authenticator shows now");

  co_await tx.execute(kConfirm, principal.user, now, *step);
  co_await tx.execute(kForgetRecoveryCodes, principal.user);
  for (const std::string& recovery : recovery_codes)
    co_await tx.execute(kInsertRecoveryCode, principal.workshop, principal.user, hash_of(recovery));
  audit::Entry entry{.action = "auth.second_factor_on", .subject = "user", .subject_id = principal.user.value};
  co_await audit::record(tx, principal.workshop, actor, std::move(entry));
  co_await tx.commit();
  co_return Done{};
}

Awaitable<bool> SecondFactorsRepository::remove(audit::Actor actor, UserId user) {
  const WorkshopId workshop = actor.principal.workshop;
  auto tx = co_await database_.here().begin(workshop);
  co_await tx.execute(kForgetRecoveryCodes, user);
  const auto removed = (co_await tx.query(kRemove, user)).first();
  if (!removed || !removed->get<std::optional<Timestamp>>(0)) co_return false;
  co_await audit::record(tx, workshop, actor,
                         {.action = "auth.second_factor_off", .subject = "user", .subject_id = user.value});
  co_await tx.commit();
  co_return true;
}

}  // namespace pitview::auth
