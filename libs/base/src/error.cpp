#include "pitview/base/error.h"

namespace pitview {

std::string_view name_of(Errc code) noexcept {
  switch (code) {
    case Errc::malformed_json: return "malformed_json";
    case Errc::validation_failed: return "validation_failed";
    case Errc::body_too_large: return "body_too_large";
    case Errc::unauthenticated: return "unauthenticated";
    case Errc::invalid_credentials: return "invalid_credentials";
    case Errc::token_expired: return "token_expired";
    case Errc::session_ended: return "session_ended";
    case Errc::second_factor_required: return "second_factor_required";
    case Errc::link_invalid: return "link_invalid";
    case Errc::forbidden: return "forbidden";
    case Errc::password_change_required: return "password_change_required";
    case Errc::workshop_restricted: return "workshop_restricted";
    case Errc::not_found: return "not_found";
    case Errc::method_not_allowed: return "method_not_allowed";
    case Errc::conflict: return "conflict";
    case Errc::pit_busy: return "pit_busy";
    case Errc::pit_occupied: return "pit_occupied";
    case Errc::claim_invalid: return "claim_invalid";
    case Errc::claim_used: return "claim_used";
    case Errc::claim_expired: return "claim_expired";
    case Errc::invalid_transition: return "invalid_transition";
    case Errc::locked_out: return "locked_out";
    case Errc::rate_limited: return "rate_limited";
    case Errc::unavailable: return "unavailable";
    case Errc::internal_error: return "internal_error";
  }
  return "internal_error";
}

}  // namespace pitview
