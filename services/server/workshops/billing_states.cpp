#include "workshops/billing_states.h"

#include <array>
#include <string>

#include "pitview/json/describe.h"

namespace pitview::workshops {
namespace {

using enum BillingState;

struct Transition {
  BillingState from;
  BillingState to;
};

constexpr std::array kTransitions = {
    Transition{trial, active},         Transition{trial, restricted},   Transition{trial, suspended},
    Transition{trial, cancelled},      Transition{trial, expired},      Transition{active, past_due},
    Transition{active, restricted},    Transition{active, suspended},   Transition{active, cancelled},
    Transition{past_due, active},      Transition{past_due, grace},     Transition{past_due, restricted},
    Transition{past_due, suspended},   Transition{past_due, cancelled}, Transition{grace, active},
    Transition{grace, restricted},     Transition{grace, suspended},    Transition{grace, cancelled},
    Transition{restricted, trial},     Transition{restricted, active},  Transition{restricted, suspended},
    Transition{restricted, cancelled}, Transition{suspended, trial},    Transition{suspended, active},
    Transition{suspended, cancelled},  Transition{cancelled, active},   Transition{expired, active},
    Transition{expired, cancelled},
};

std::string possible_from(BillingState from) {
  std::string names;
  for (const Transition& transition : kTransitions) {
    if (transition.from != from) continue;
    if (!names.empty()) names += ", ";
    names += name_of(transition.to);
  }
  return names;
}

}  // namespace

std::string_view name_of(BillingState state) noexcept { return json::enum_name(state); }

std::optional<BillingState> billing_state_from(std::string_view name) noexcept {
  return json::enum_from_name<BillingState>(name);
}

Result<> check_transition(BillingState from, BillingState to) {
  if (from == to) return Done{};
  for (const Transition& transition : kTransitions)
    if (transition.from == from && transition.to == to) return Done{};
  return {Errc::invalid_transition, "A workshop that is " + std::string(name_of(from)) + " cannot become " +
                                        std::string(name_of(to)) + "; possible: " + possible_from(from) + "."};
}

}  // namespace pitview::workshops
