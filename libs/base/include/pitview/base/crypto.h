// The few cryptographic operations the server needs, over OpenSSL 3.
//
// All functions throw std::runtime_error when OpenSSL itself fails (no entropy,
// no memory); wrong input is an empty optional.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pitview::crypto {

using Sha256 = std::array<std::uint8_t, 32>;
using Key256 = std::array<std::uint8_t, 32>;

// `size` bytes from the operating system's generator.
std::string random_bytes(std::size_t size);

// A random token of `bytes` bytes of entropy, base64url without padding.
std::string random_token(std::size_t bytes = 32);

Sha256 sha256(std::string_view data);
std::string sha256_hex(std::string_view data);
Sha256 hmac_sha256(std::string_view key, std::string_view data);

bool equal_constant_time(std::string_view a, std::string_view b) noexcept;

std::string to_hex(std::span<const std::uint8_t> bytes);
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);
std::string base64url_encode(std::string_view bytes);  // RFC 4648 §5, no padding
std::optional<std::string> base64url_decode(std::string_view text);
std::optional<std::string> base64_decode(std::string_view text);  // RFC 4648 §4, padded or not

// AES-256-GCM: nonce (12) | ciphertext | tag (16). `aad` names what the value
// belongs to (e.g. "pits.camera_rtsp_url"), so that a value moved to another
// column does not open.
std::string seal(const Key256& key, std::string_view plaintext, std::string_view aad);
std::optional<std::string> open(const Key256& key, std::string_view sealed, std::string_view aad);

}  // namespace pitview::crypto
