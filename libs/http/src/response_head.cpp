#include "response_head.h"

#include <algorithm>
#include <cstdio>

#include "pitview/base/log.h"
#include "text.h"

namespace pitview::http {
namespace {

bool is_safe(const Pair& header) {
  const auto is_name = [](char c) { return c > ' ' && c < 0x7F && c != ':'; };
  const auto is_text = [](char c) { return static_cast<unsigned char>(c) >= ' ' ? c != 0x7F : c == '\t'; };
  return !header.first.empty() && std::all_of(header.first.begin(), header.first.end(), is_name) &&
         std::all_of(header.second.begin(), header.second.end(), is_text);
}

bool has(const Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const Pair& header) { return equal_ignoring_case(header.first, name); });
}

void append(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string security_headers(const std::vector<std::string>& sources) {
  std::string also;
  for (const std::string& source : sources) also.append(" ").append(source);
  // blob: in media-src is what a page plays that it has fetched itself.
  return "Content-Security-Policy: default-src 'self'; img-src 'self' blob:" + also +
         "; media-src 'self' blob:" + also + "; connect-src 'self'" + also +
         "; worker-src 'self'; style-src 'self'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
         "form-action 'self'; object-src 'none'\r\n"
         "Referrer-Policy: no-referrer\r\n"
         "X-Frame-Options: DENY\r\n";
}

bool has_body(int status) noexcept { return status >= 200 && status != 204 && status != 304; }

void append_head(std::string& out, const Response& response, const HeadContext& context) {
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_of(response.status)).append("\r\n");
  append(out, "Date", context.date);
  if (has_body(response.status)) {
    if (!response.content_type.empty()) append(out, "Content-Type", response.content_type);
    // RFC 9112 §6.1: an HTTP/1.0 peer knows no transfer encoding; the end of its connection is the end of the body.
    if (const auto size = response.body_size())
      append(out, "Content-Length", std::to_string(*size));
    else if (!context.http_1_0)
      append(out, "Transfer-Encoding", "chunked");
  }
  if (!context.keep_alive)
    append(out, "Connection", "close");
  else if (context.http_1_0)
    append(out, "Connection", "keep-alive");
  for (const Pair& header : response.headers) {
    if (is_safe(header))
      append(out, header.first, header.second);
    else
      log::error("response_header_refused", {{"header", header.first}, {"request_id", context.request_id}});
  }
  if (!context.request_id.empty()) append(out, "X-Request-Id", context.request_id);
  if (!has(response, "Cache-Control")) append(out, "Cache-Control", "no-store");
  append(out, "X-Content-Type-Options", "nosniff");
  if (!has(response, "Content-Security-Policy")) out.append(context.security);
  if (!context.readable_by.empty()) {
    append(out, "Access-Control-Allow-Origin", context.readable_by);
    append(out, "Access-Control-Expose-Headers", "Location, Retry-After");
  }
  out.append("\r\n");
}

std::string http_date(std::chrono::system_clock::time_point time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[std::chrono::weekday(day).c_encoding()],
                static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text;
}

}  // namespace pitview::http
