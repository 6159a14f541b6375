// One HTTP request to the product, blocking, with a limit of 10 s.
#pragma once

#include <string>
#include <string_view>

#include "pitview/base/result.h"
#include "stack.h"

namespace pitview::bench {

// The body of a 2xx answer. Any other answer is an error that quotes it.
Result<std::string> get(const Address& server, std::string_view target);
Result<std::string> post(const Address& server, std::string_view target, std::string_view json,
                         std::string_view bearer = {});

// The ticket for one WebSocket connection as `login`.
Result<std::string> live_ticket(const Address& server, const Login& login);

}  // namespace pitview::bench
