// The first part of a response on the wire: status line and headers.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/http/message.h"

namespace pitview::http {

struct HeadContext {
  std::string_view date;
  std::string_view request_id;
  bool keep_alive = true;
  bool http_1_0 = false;
  std::string_view security;  // see security_headers()
  std::string_view readable_by = {};
};

// Content-Security-Policy and its kin, for pages that may also load from `sources`.
std::string security_headers(const std::vector<std::string>& sources);

// Appends the head, with the headers every response carries: Date, X-Request-Id,
// Content-Length or Transfer-Encoding, and unless the response has its own, the security headers and
// Cache-Control: no-store. A header that would break the framing is left out and
// logged.
void append_head(std::string& out, const Response& response, const HeadContext& context);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7).
std::string http_date(std::chrono::system_clock::time_point time);

// 1xx, 204 and 304 have none, whatever the response says.
bool has_body(int status) noexcept;

}  // namespace pitview::http
