// Message encryption for Web Push (RFC 8291): one record of the content coding aes128gcm (RFC 8188), which only the
// browser that subscribed can open, and not the push service.
//
// Any thread. std::runtime_error when OpenSSL itself fails.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pitview/base/result.h"
#include "pitview/web_push/subscription.h"

namespace pitview::web_push {

inline constexpr std::uint32_t kRecordSize = 4'096;  // bytes
// What a push service has to take is 4,096 bytes of body (RFC 8030 §7.2): 86 are the header, 1 the delimiter, 16 the
// tag.
inline constexpr std::size_t kMaxPayload = 3'993;  // bytes

using Salt = std::array<std::uint8_t, 16>;

// The body of a request, by a new key pair and a new salt. body_too_large: `payload` is more than kMaxPayload.
Result<std::string> encrypt(const Receiver& receiver, std::string_view payload);

// The same by these, for test vectors only: two messages with one salt and key pair can be read by who has both.
Result<std::string> encrypt(const Receiver& receiver, std::string_view payload, const Salt& salt,
                            const KeyPair& sender);

}  // namespace pitview::web_push
