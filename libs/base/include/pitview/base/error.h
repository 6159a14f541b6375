// What can go wrong in an expected way, as a closed list.
//
// A failure that a caller can act upon travels as Result<T> (result.h) with one
// of these codes. Dead infrastructure (the database is gone, the disk is full)
// is an exception instead and is caught once per request or message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pitview {

enum class Errc {
  malformed_json = 1,
  validation_failed,
  body_too_large,
  unauthenticated,
  invalid_credentials,
  token_expired,
  session_ended,
  second_factor_required,  // the password was right, the code of the authenticator is missing or wrong
  link_invalid,            // a link that never was, is used up or too old: the same answer for all
  forbidden,
  password_change_required,  // nothing else until the temporary password is changed
  workshop_restricted,       // the subscription allows no new work
  not_found,
  method_not_allowed,
  conflict,
  pit_busy,
  pit_occupied,   // by another device
  claim_invalid,  // no such device, or not its code: the same answer for both
  claim_used,
  claim_expired,
  invalid_transition,
  locked_out,
  rate_limited,
  unavailable,
  internal_error,
};

// The stable name clients see as `code` in a problem document, e.g. "pit_busy".
std::string_view name_of(Errc code) noexcept;

// One fault of one field of a request. `field` is a path such as "stages[2].name".
struct FieldProblem {
  std::string field;
  std::string message;
};

struct Error {
  Errc code = Errc::internal_error;
  std::string detail;                // one sentence for a person; never a secret
  std::vector<FieldProblem> fields;  // only with validation_failed
  int retry_after_s = 0;             // only with locked_out, rate_limited, unavailable
};

}  // namespace pitview
