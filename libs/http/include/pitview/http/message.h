// One HTTP request as a handler sees it, and the response it gives.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pitview/async/asio.h"
#include "pitview/base/error.h"

namespace pitview::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

// "GET"; "OTHER" for a method this server has no use for.
std::string_view name_of(Method method) noexcept;

// A header, cookie, query or path parameter.
using Pair = std::pair<std::string, std::string>;

struct Request {
  Method method = Method::get;
  std::string target;             // as sent: "/api/jobs?status=waiting"
  std::string path;               // as sent, still percent-encoded, without the query
  std::vector<Pair> query;        // decoded, in the order of the target
  std::vector<Pair> headers;      // as sent, in order
  std::vector<Pair> path_params;  // decoded; filled by the router
  std::string_view route;         // the pattern that matched, "" for the fallback
  std::string body;
  std::string remote_address;  // of the client; X-Forwarded-For only from trusted proxies
  std::string request_id;      // in the logs, in problems and as X-Request-Id
  bool https = false;          // by X-Forwarded-Proto of a trusted proxy

  // All three: "" when absent. Header names match in any case; the first wins.
  std::string_view header(std::string_view name) const noexcept;
  std::string_view cookie(std::string_view name) const noexcept;
  std::string_view param(std::string_view name) const noexcept;  // a path parameter
};

// A body that is made while it is sent: as much as there is no room for. Asked for more only
// when the peer has taken what there was; a part should be some ten kilobytes, because a peer has
// Options::write_timeout for each.
struct BodySource {
  std::optional<std::uint64_t> size;               // bytes of all of it; empty: nobody knows before its end
  std::function<Awaitable<std::string>()> next{};  // the next of them; throws: it cannot be finished
  // Of a known size each part has at least one byte; of an unknown one an empty part is the end.
};

struct Response {
  int status = 200;
  std::string content_type;  // "" with an empty body
  std::string body;
  std::vector<Pair> headers;                            // further ones
  std::shared_ptr<const std::string> shared_body = {};  // sent instead of `body` when set
  std::shared_ptr<const BodySource> source = {};        // sent instead of both when set

  static Response json(int status, std::string json_text);
  static Response text(int status, std::string plain_text);
  static Response html(int status, std::string html_text);
  static Response no_content();

  // Adds a header. Chains: return Response::no_content().with("Set-Cookie", …);
  Response&& with(std::string name, std::string value) &&;
  Response& with(std::string name, std::string value) &;

  // Empty: not known before its end.
  std::optional<std::uint64_t> body_size() const noexcept {
    return source ? source->size : shared_body ? shared_body->size() : body.size();
  }
};

// The HTTP status of each failure: the one place that says so.
int status_of(Errc code) noexcept;

// The standard phrase of a status: "Not Found".
std::string_view reason_of(int status) noexcept;

// application/problem+json (RFC 9457): type, title, status, code, detail, errors
// and request_id; with Retry-After where the error says when to come back.
Response problem(const Error& error, std::string_view request_id);

// A fault of the HTTP itself, which no handler causes: malformed_request 400,
// request_timeout 408, headers_too_large 431, upgrade_required 426, origin_refused 403.
Response protocol_problem(int status, std::string_view code, std::string_view detail, std::string_view request_id);

// What limits per client count by: the address, or the /64 network of an IPv6
// address, because a single client commonly has all of one.
std::string client_key(std::string_view address);

// Percent-decoding (RFC 3986). False for a broken escape or an encoded NUL.
// `plus_is_space`: as in a query.
bool percent_decode(std::string_view text, bool plus_is_space, std::string& out);
std::string percent_encode(std::string_view text);

}  // namespace pitview::http
