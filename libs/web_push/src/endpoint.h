// The endpoint of a subscription, as far as it says where a connection would go.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pitview/web_push/subscription.h"

namespace pitview::web_push {

// Its origin; empty: it is no endpoint that may be used. Stricter than a URL may be: what two readers could
// understand in two ways (a user name, a backslash, an address in octal) is none.
std::optional<std::string> origin_of_endpoint(std::string_view url, Reach reach);

}  // namespace pitview::web_push
