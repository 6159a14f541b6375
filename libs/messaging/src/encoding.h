// How bytes are written where only some characters may be.
#pragma once

#include <string>
#include <string_view>

namespace pitview::messaging {

std::string base64(std::string_view bytes);  // RFC 4648 §4, padded
// Everything but the unreserved characters of RFC 3986 §2.3 as "%2F".
std::string percent_encoded(std::string_view text);

}  // namespace pitview::messaging
