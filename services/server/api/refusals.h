// Answers that several features give in the same words.
#pragma once

#include <optional>
#include <string>

#include "pitview/base/result.h"
#include "pitview/domain/principal.h"

namespace pitview::api {

inline Error invalid(std::string field, std::string message) {
  return {Errc::validation_failed, "The request has a fault.", {{std::move(field), std::move(message)}}, 0};
}

// The workshop of a request: one's own, whatever is asked for; only a super
// administrator may ask for another (decisions D46, D47).
inline Result<WorkshopId> workshop_of(const Principal& principal, std::optional<WorkshopId> asked) {
  const WorkshopId workshop = asked.value_or(principal.workshop);
  if (workshop == principal.workshop || principal.role == Role::super_admin) return workshop;
  return Error{Errc::forbidden, "That is another workshop.", {}, 0};
}

}  // namespace pitview::api
