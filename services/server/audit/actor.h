// Who asks, and from where, as the audit log keeps it.
#pragma once

#include <string>

#include "api/endpoint.h"

namespace pitview::audit {

struct Actor {
  Principal principal;  // user 0: the system itself
  std::string request_id;
  std::string ip;  // "": unknown
};

inline Actor actor_of(const api::Caller& caller) {
  return {caller.principal, caller.request.request_id, caller.request.remote_address};
}

}  // namespace pitview::audit
