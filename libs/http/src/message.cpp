#include "pitview/http/message.h"

#include <algorithm>

#include "pitview/base/json_text.h"
#include "text.h"

namespace pitview::http {
namespace {

std::string_view find(const std::vector<Pair>& pairs, std::string_view name) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const Pair& pair) { return pair.first == name; });
  return found == pairs.end() ? std::string_view{} : std::string_view(found->second);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct ProblemText {
  int status;
  std::string_view code;
  std::string_view detail;
  std::string_view request_id;
};

std::string problem_json(const ProblemText& what, const std::vector<FieldProblem>& fields) {
  std::string out = R"({"type":"about:blank","title":)";
  append_json_string(out, reason_of(what.status));
  out.append(",\"status\":").append(std::to_string(what.status)).append(",\"code\":");
  append_json_string(out, what.code);
  out.append(",\"detail\":");
  append_json_string(out, what.detail);
  char separator = '[';
  if (!fields.empty()) out.append(",\"errors\":");
  for (const FieldProblem& field : fields) {
    out.push_back(separator);
    out.append("{\"field\":");
    append_json_string(out, field.field);
    out.append(",\"message\":");
    append_json_string(out, field.message);
    out.push_back('}');
    separator = ',';
  }
  if (!fields.empty()) out.push_back(']');
  out.append(",\"request_id\":");
  append_json_string(out, what.request_id);
  out.push_back('}');
  return out;
}

constexpr std::string_view kProblemType = "application/problem+json";

}  // namespace

std::string_view name_of(Method method) noexcept {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: break;
  }
  return "OTHER";
}

std::string_view Request::header(std::string_view name) const noexcept {
  for (const Pair& header : headers)
    if (equal_ignoring_case(header.first, name)) return header.second;
  return {};
}

std::string_view Request::cookie(std::string_view name) const noexcept {
  for (const Pair& header : headers) {
    if (!equal_ignoring_case(header.first, "Cookie")) continue;
    for (std::string_view rest = header.second; !rest.empty();) {
      const std::string_view crumb = trimmed(take_until(rest, ';'));
      if (crumb.size() > name.size() && crumb.starts_with(name) && crumb[name.size()] == '=')
        return crumb.substr(name.size() + 1);
    }
  }
  return {};
}

std::string_view Request::param(std::string_view name) const noexcept { return find(path_params, name); }

Response Response::json(int status, std::string json_text) {
  return {status, "application/json", std::move(json_text), {}};
}
Response Response::text(int status, std::string plain_text) {
  return {status, "text/plain; charset=utf-8", std::move(plain_text), {}};
}
Response Response::html(int status, std::string html_text) {
  return {status, "text/html; charset=utf-8", std::move(html_text), {}};
}
Response Response::no_content() { return {204, {}, {}, {}}; }

Response&& Response::with(std::string name, std::string value) && {
  headers.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}
Response& Response::with(std::string name, std::string value) & {
  headers.emplace_back(std::move(name), std::move(value));
  return *this;
}

int status_of(Errc code) noexcept {
  switch (code) {
    case Errc::malformed_json: return 400;
    case Errc::validation_failed: return 422;
    case Errc::body_too_large: return 413;
    case Errc::unauthenticated:
    case Errc::invalid_credentials:
    case Errc::token_expired:
    case Errc::session_ended:
    case Errc::second_factor_required:
    case Errc::link_invalid: return 401;
    case Errc::forbidden:
    case Errc::password_change_required:
    case Errc::workshop_restricted: return 403;
    case Errc::claim_invalid:
    case Errc::not_found: return 404;
    case Errc::method_not_allowed: return 405;
    case Errc::conflict:
    case Errc::pit_busy:
    case Errc::pit_occupied:
    case Errc::claim_used:
    case Errc::invalid_transition: return 409;
    case Errc::claim_expired: return 410;
    case Errc::locked_out:
    case Errc::rate_limited: return 429;
    case Errc::unavailable: return 503;
    case Errc::internal_error: return 500;
  }
  return 500;
}

std::string_view reason_of(int status) noexcept {
  switch (status) {
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Unknown";
  }
}

Response problem(const Error& error, std::string_view request_id) {
  const int status = status_of(error.code);
  Response response{status,
                    std::string(kProblemType),
                    problem_json({status, name_of(error.code), error.detail, request_id}, error.fields),
                    {}};
  if (error.retry_after_s > 0) response.with("Retry-After", std::to_string(error.retry_after_s));
  if (status == 401) response.with("WWW-Authenticate", "Bearer");  // RFC 9110 §15.5.2
  return response;
}

Response protocol_problem(int status, std::string_view code, std::string_view detail, std::string_view request_id) {
  return {status, std::string(kProblemType), problem_json({status, code, detail, request_id}, {}), {}};
}

bool percent_decode(std::string_view text, bool plus_is_space, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    out.push_back(c);
  }
  return true;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

}  // namespace pitview::http
