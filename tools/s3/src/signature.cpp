#include "signature.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <vector>

#include "pitview/base/crypto.h"

namespace pitview::s3 {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::chrono::minutes kSkew{15};

std::string text_of(const crypto::Sha256& bytes) { return {bytes.begin(), bytes.end()}; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(by);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// What follows "Name=" in "Credential=…, SignedHeaders=…, Signature=…".
std::string field_of(std::string_view authorization, std::string_view name) {
  const std::string begin = std::string(name) + "=";
  const std::size_t at = authorization.find(begin);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = authorization.substr(at + begin.size());
  return std::string(rest.substr(0, rest.find_first_of(", ")));
}

// Of a to z and 0 to 9 nothing is escaped, and "~" neither; everything else is.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
      continue;
    }
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", byte);
    out += hex;
  }
  return out;
}

std::string canonical_query(const http::Request& request) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : request.query) pairs.push_back(escaped(name) + "=" + escaped(value));
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const std::string& pair : pairs) text += (text.empty() ? "" : "&") + pair;
  return text;
}

std::string canonical_headers(const http::Request& request, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += name + ":" + std::string(request.header(name)) + "\n";
  return text;
}

// "20130524T000000Z"; empty: it is no such time.
std::optional<Timestamp> time_of(std::string_view date) {
  if (date.size() != 16) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) { return std::string(date.substr(at, size)); };
  return parse_iso8601(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 5) + ":" + part(11, 2) + ":" + part(13, 3));
}

std::string key_of(const Credentials& credentials, std::string_view day) {
  std::string key = "AWS4" + credentials.secret_access_key;
  for (const std::string_view part :
       {day, std::string_view(credentials.region), std::string_view("s3"), std::string_view("aws4_request")})
    key = text_of(crypto::hmac_sha256(key, part));
  return key;
}

bool signs_what_it_must(const http::Request& request, const std::vector<std::string>& names) {
  const auto is_signed = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return is_signed("host") &&
         std::all_of(request.headers.begin(), request.headers.end(), [&](const http::Pair& header) {
           const std::string name = lower(header.first);
           return !name.starts_with("x-amz-") || is_signed(name);
         });
}

}  // namespace

std::string fault_of_signature(const http::Request& request, const Credentials& credentials, Timestamp now) {
  const std::string_view authorization = request.header("Authorization");
  if (!authorization.starts_with(kAlgorithm)) return "AccessDenied";
  const std::string credential = field_of(authorization, "Credential");
  const std::vector<std::string> scope = split(credential, '/');
  const std::string_view date = request.header("x-amz-date");
  const auto time = time_of(date);
  if (scope.size() != 5 || !time) return "AuthorizationHeaderMalformed";
  if (scope[0] != credentials.access_key_id) return "InvalidAccessKeyId";
  if (scope[1] != date.substr(0, 8) || scope[2] != credentials.region || scope[3] != "s3" || scope[4] != "aws4_request")
    return "AuthorizationHeaderMalformed";
  if (*time + kSkew < now || now + kSkew < *time) return "RequestTimeTooSkewed";
  const std::string_view hash = request.header("x-amz-content-sha256");
  if (hash != crypto::sha256_hex(request.body)) return "XAmzContentSHA256Mismatch";

  const std::string signed_headers = field_of(authorization, "SignedHeaders");
  const std::vector<std::string> names = split(signed_headers, ';');
  if (!std::is_sorted(names.begin(), names.end()) || !signs_what_it_must(request, names)) return "AccessDenied";
  const std::string canonical = std::string(name_of(request.method)) + "\n" + request.path + "\n" +
                                canonical_query(request) + "\n" + canonical_headers(request, names) + "\n" +
                                signed_headers + "\n" + std::string(hash);
  const std::string to_sign = std::string(kAlgorithm) + "\n" + std::string(date) + "\n" +
                              credential.substr(credential.find('/') + 1) + "\n" + crypto::sha256_hex(canonical);
  const std::string signature = crypto::to_hex(crypto::hmac_sha256(key_of(credentials, scope[1]), to_sign));
  return signature == field_of(authorization, "Signature") ? "" : "SignatureDoesNotMatch";
}

}  // namespace pitview::s3
