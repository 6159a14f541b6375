#include "address.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace pitview::web_push {
namespace {

struct Network4 {
  std::uint32_t address;
  int bits;
};

// The IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast and what is reserved.
constexpr Network4 kSpecial4[] = {
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private (RFC 1918)
    {0x64400000, 10},  // carrier-grade NAT (RFC 6598)
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local: also where clouds tell machines their secrets
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0586300, 24},  // 6to4 relays
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarks
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, broadcast
};

bool is_public4(std::uint32_t address) noexcept {
  return std::none_of(std::begin(kSpecial4), std::end(kSpecial4), [address](const Network4& network) {
    return (address ^ network.address) >> (32 - network.bits) == 0;
  });
}

struct Network6 {
  std::uint8_t prefix[6];
  std::size_t bits;
};

// What of the global unicast addresses is special (RFC 6890): these lead to an IPv4 address, or nowhere.
constexpr Network6 kSpecial6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},  // protocol assignments, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4
    {{0x3f, 0xff}, 20},              // documentation
};

constexpr std::uint8_t kNat64[12] = {0x00, 0x64, 0xff, 0x9b};  // RFC 6052: IPv4 as seen from a network without

using Address6 = std::span<const std::uint8_t, 16>;

bool is_in(Address6 address, std::span<const std::uint8_t> prefix, std::size_t bits) noexcept {
  const std::size_t whole = bits / 8;
  if (!std::equal(prefix.begin(), prefix.begin() + static_cast<std::ptrdiff_t>(whole), address.begin())) return false;
  const std::size_t rest = bits % 8;
  return rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

std::uint32_t last4(Address6 address) noexcept {
  std::uint32_t number = 0;
  for (std::size_t i = 12; i < 16; ++i) number = number << 8 | address[i];
  return number;
}

bool is_public6(Address6 address) noexcept {
  if (is_in(address, kNat64, 96)) return is_public4(last4(address));
  // 2000::/3 is all that is given out as global unicast. Not in it: loopback, IPv4-mapped, fc00::/7, fe80::/10,
  // ff00::/8.
  return address[0] >> 5 == 1 &&
         std::none_of(std::begin(kSpecial6), std::end(kSpecial6),
                      [address](const Network6& network) { return is_in(address, network.prefix, network.bits); });
}

std::uint32_t ip4_of(const sockaddr& address) noexcept {
  sockaddr_in ip4{};
  std::memcpy(&ip4, &address, sizeof ip4);
  return ntohl(ip4.sin_addr.s_addr);
}

in6_addr ip6_of(const sockaddr& address) noexcept {
  sockaddr_in6 ip6{};
  std::memcpy(&ip6, &address, sizeof ip6);
  return ip6.sin6_addr;
}

bool is_public(const sockaddr& address) noexcept {
  if (address.sa_family == AF_INET) return is_public4(ip4_of(address));
  if (address.sa_family != AF_INET6) return false;
  const in6_addr ip6 = ip6_of(address);
  return is_public6(ip6.s6_addr);
}

}  // namespace

bool is_loopback(const sockaddr& address) noexcept {
  if (address.sa_family == AF_INET) return ip4_of(address) >> 24 == 127;
  if (address.sa_family != AF_INET6) return false;
  const in6_addr ip6 = ip6_of(address);
  return IN6_IS_ADDR_LOOPBACK(&ip6);
}

bool may_connect(const sockaddr& address, Reach reach) noexcept {
  return is_public(address) || (reach == Reach::internet_and_loopback && is_loopback(address));
}

}  // namespace pitview::web_push
