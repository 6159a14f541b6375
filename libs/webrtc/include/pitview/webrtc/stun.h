// STUN as ICE uses it for connectivity checks (RFC 8489; RFC 8445, lite): binding
// requests in, binding answers out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::webrtc::stun {

using Bytes = std::span<const std::uint8_t>;
using TransactionId = std::array<std::uint8_t, 12>;

struct BindingRequest {
  TransactionId transaction{};
  std::string_view username;  // "ours:theirs"; a view of the datagram
  bool use_candidate = false;
  bool controlling = false;  // ICE-CONTROLLING; as the lite side we never are
};

// Told from DTLS and RTP by its first byte (RFC 7983) and its magic cookie.
bool is_stun(Bytes datagram) noexcept;

// Empty when it is no binding request, its lengths lie, its fingerprint is missing or
// wrong, or an attribute that must be understood is not.
std::optional<BindingRequest> parse(Bytes datagram) noexcept;

// MESSAGE-INTEGRITY with `password` (short-term credentials). False without one.
// Precondition: parse() took it.
bool integrity_holds(Bytes datagram, std::string_view password) noexcept;

// Where a request came from: 4 or 16 bytes of address, in network order.
struct Endpoint {
  Bytes address;
  std::uint16_t port = 0;
};

// A connectivity check of the side in control, which nominates (for who is the browser).
std::vector<std::uint8_t> write_request(const TransactionId& transaction, std::string_view username,
                                        std::string_view password);
std::vector<std::uint8_t> write_success(const TransactionId& transaction, const Endpoint& from,
                                        std::string_view password);
// 487: both sides believe to be in control (RFC 8445, 7.3.1.1), and other errors.
std::vector<std::uint8_t> write_error(const TransactionId& transaction, unsigned code, std::string_view reason,
                                      std::string_view password);

}  // namespace pitview::webrtc::stun
