// The token of a request.
#pragma once

#include <string>

#include "pitview/http/message.h"

namespace pitview::video {

// Of ?token= or of the Authorization header; "" when there is none.
std::string token_of(const http::Request& request);

}  // namespace pitview::video
