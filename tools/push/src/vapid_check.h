// Whether a push service may believe who sends (RFC 8292 §2 and §4.2).
#pragma once

#include <string>
#include <string_view>

#include "pitview/base/time.h"

namespace pitview::web_push {

// "": it may. Else what is wrong, in one word: missing, malformed, algorithm, key, signature, audience, expired,
// too_long, subject. `key`: the base64url public key that the subscription is bound to; "": it takes any.
std::string fault_of_vapid(std::string_view authorization, std::string_view origin, std::string_view key,
                           Timestamp now);

}  // namespace pitview::web_push
