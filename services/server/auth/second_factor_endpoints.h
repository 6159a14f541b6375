#pragma once

#include "api/endpoint.h"
#include "auth/second_factor_service.h"

namespace pitview::auth {

// The rows of /api/auth/second-factor.
void add_second_factor_endpoints(api::Api& api, SecondFactorService& service);

}  // namespace pitview::auth
