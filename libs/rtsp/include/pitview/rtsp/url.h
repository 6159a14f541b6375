// Addresses of cameras: rtsp://user:password@host:port/path?query
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pitview/base/result.h"

namespace pitview::rtsp {

struct Url {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 554;
  std::string target;    // path and query, at least "/"
  std::string username;  // percent-decoded; "" when there is none
  std::string password;

  // As it goes to the camera and into logs: without user name and password.
  std::string text() const;
};

// validation_failed: another scheme, no host, a port that is none, control characters.
// rtsps is not spoken.
Result<Url> parse_url(std::string_view text);

// The address of a stream from its a=control attribute: absolute, relative to
// `base`, or "*" for the base itself (RFC 2326, C.1.1).
std::string control_url(std::string_view base, std::string_view control);

}  // namespace pitview::rtsp
