#include "endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "address.h"

namespace pitview::web_push {
namespace {

constexpr std::size_t kMaxName = 253;  // of a host (RFC 1035 §2.3.4)
constexpr std::size_t kMaxLabel = 63;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

struct Authority {
  std::string host;  // in lower case; of an IPv6 address with its brackets
  std::optional<std::uint16_t> port;
};

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

std::optional<Authority> read_authority(std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  Authority authority{.host = std::string(text.substr(0, colon))};
  std::transform(authority.host.begin(), authority.host.end(), authority.host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (colon == std::string_view::npos) return authority;
  authority.port = port_of(text.substr(colon + 1));
  if (!authority.port) return std::nullopt;
  return authority;
}

bool is_label(std::string_view label) noexcept {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
}

bool is_name(std::string_view host) noexcept {
  if (host.size() > kMaxName) return false;
  while (true) {
    const std::size_t dot = host.find('.');
    if (!is_label(host.substr(0, dot))) return false;
    // A last label that begins with a digit makes it a number to some resolvers: "127.1", "0x7f000001".
    if (dot == std::string_view::npos) return !is_digit(host.front());
    host.remove_prefix(dot + 1);
  }
}

struct Literal {
  bool is_one = false;
  sockaddr_storage address{};
  const sockaddr& get() const noexcept { return reinterpret_cast<const sockaddr&>(address); }
};

Literal literal_of(const std::string& host) {
  Literal literal;
  sockaddr_in ip4{};
  sockaddr_in6 ip6{};
  ip4.sin_family = AF_INET;
  ip6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET, host.c_str(), &ip4.sin_addr) == 1) {
    literal.is_one = true;
    std::memcpy(&literal.address, &ip4, sizeof ip4);
  } else if (host.size() > 2 && host.front() == '[' && host.back() == ']' &&
             inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &ip6.sin6_addr) == 1) {
    literal.is_one = true;
    std::memcpy(&literal.address, &ip6, sizeof ip6);
  }
  return literal;
}

enum class Where : std::uint8_t { nowhere, loopback, elsewhere };

// What can be said before a name is resolved.
Where where_is(const std::string& host, Reach reach) {
  const Literal literal = literal_of(host);
  if (literal.is_one) {
    if (!may_connect(literal.get(), reach)) return Where::nowhere;
    return is_loopback(literal.get()) ? Where::loopback : Where::elsewhere;
  }
  if (!is_name(host)) return Where::nowhere;
  if (host != "localhost" && !host.ends_with(".localhost")) return Where::elsewhere;  // RFC 6761 §6.3
  return reach == Reach::internet_and_loopback ? Where::loopback : Where::nowhere;
}

// Printable ASCII, and nothing that ends a URL for one reader and not for the other.
bool is_path(std::string_view text) noexcept {
  return text.empty() ||
         ((text.front() == '/' || text.front() == '?') &&
          std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '#' && c != '\\'; }));
}

}  // namespace

std::optional<std::string> origin_of_endpoint(std::string_view url, Reach reach) {
  constexpr std::string_view kSecure = "https://";
  constexpr std::string_view kPlain = "http://";
  if (url.size() > kMaxEndpoint) return std::nullopt;
  const bool is_secure = url.starts_with(kSecure);
  if (!is_secure && !url.starts_with(kPlain)) return std::nullopt;
  const std::string_view scheme = is_secure ? kSecure : kPlain;
  url.remove_prefix(scheme.size());
  const std::size_t path = std::min(url.find_first_of("/?"), url.size());
  if (!is_path(url.substr(path))) return std::nullopt;
  const auto authority = read_authority(url.substr(0, path));
  if (!authority) return std::nullopt;
  const Where where = where_is(authority->host, reach);
  if (where == Where::nowhere || (!is_secure && where != Where::loopback)) return std::nullopt;
  std::string origin = std::string(scheme) + authority->host;
  if (authority->port && *authority->port != (is_secure ? 443 : 80)) origin += ":" + std::to_string(*authority->port);
  return origin;
}

}  // namespace pitview::web_push
