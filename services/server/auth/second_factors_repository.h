// Second factors in PostgreSQL: the sealed secret of an authenticator, the last
// step it was used in, and recovery codes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/database.h"
#include "audit/actor.h"
#include "pitview/base/crypto.h"
#include "pitview/base/result.h"

namespace pitview::auth {

enum class CodeAnswer { accepted, missing, wrong, too_many };

struct CodeCheck {
  CodeAnswer answer = CodeAnswer::accepted;
  Timestamp locked_until{};  // with too_many
};

struct SecondFactorState {
  Timestamp enabled_at;
  int recovery_codes_left = 0;
};

class SecondFactorsRepository {
 public:
  SecondFactorsRepository(app::Database& database, const crypto::Key256& data_key)
      : database_(database), data_key_(data_key) {}

  // Takes the code of one who has a second factor; who has none needs none. Of
  // requests with the same code at the same time one is accepted. After ten wrong
  // codes in 15 minutes, from wherever, only recovery codes are: whoever gets so far
  // knows the password.
  Awaitable<CodeCheck> use(WorkshopId workshop, UserId user, std::optional<std::string> code, Timestamp now);

  Awaitable<std::optional<SecondFactorState>> find(WorkshopId workshop, UserId user);

  // Keeps the secret until it is confirmed; one that was not confirmed is replaced.
  // False when there is a confirmed one.
  Awaitable<bool> propose(audit::Actor actor, std::string secret, Timestamp now);

  // With the first code of the authenticator. conflict when there is nothing to
  // confirm, validation_failed for a wrong code; afterwards `recovery_codes` are good.
  Awaitable<Result<>> confirm(audit::Actor actor, std::string code, std::vector<std::string> recovery_codes,
                              Timestamp now);

  // False when there was none. `user` is of the actor's workshop.
  Awaitable<bool> remove(audit::Actor actor, UserId user);

 private:
  std::string secret_of(UserId user, const std::string& sealed) const;
  Awaitable<bool> use_recovery_code(WorkshopId workshop, UserId user, std::string code, Timestamp now);

  app::Database& database_;
  const crypto::Key256& data_key_;
};

std::span<const postgres::Statement> second_factor_statements();

}  // namespace pitview::auth
