// How a workshop stands with its payments (decision D44), and what may follow.
//
//   trial, active   full service
//   past_due        payment is late; full service
//   grace           seven days more, with a banner
//   restricted      no new jobs; running jobs are finished
//   suspended       devices are told DISABLE, no live view
//   cancelled       the contract is over
//   expired         a trial that ended without a contract
//
// Pure rules.
#pragma once

#include <boost/describe/enum.hpp>
#include <optional>
#include <string_view>

#include "pitview/base/result.h"

namespace pitview::workshops {

BOOST_DEFINE_ENUM_CLASS(BillingState, trial, active, past_due, grace, restricted, suspended, cancelled, expired)

std::string_view name_of(BillingState state) noexcept;
std::optional<BillingState> billing_state_from(std::string_view name) noexcept;

// invalid_transition with a sentence that names what is possible instead. To stay is
// allowed.
Result<> check_transition(BillingState from, BillingState to);

}  // namespace pitview::workshops
