// One-time passwords by time: RFC 6238 over RFC 4226, HMAC-SHA-1, six digits, 30 s.
// SHA-1 because authenticators know nothing else; as a MAC it is not broken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/time.h"

namespace pitview::auth {

inline constexpr std::chrono::seconds kTotpStep{30};
inline constexpr int kTotpDigits = 6;
inline constexpr std::size_t kTotpSecretBytes = 20;  // RFC 4226 §4, R6: the length of the hash

// The number of the step that `now` lies in, counted from 1970.
std::int64_t totp_step(Timestamp now);

// The HOTP value of RFC 4226 §5.3 with leading zeros. Precondition: 1 <= digits <= 8.
std::string hotp(std::string_view secret, std::int64_t counter, int digits = kTotpDigits);

// The step the code is of: the present one, the one before or the one after, for
// clocks that differ (RFC 6238 §5.2). Empty when it is of none of them, or of
// `last_used` or one before: a code is good once.
std::optional<std::int64_t> matching_step(std::string_view secret, std::string_view code, Timestamp now,
                                          std::int64_t last_used);

// RFC 4648 §6 without padding, as authenticators take secrets.
std::string base32(std::string_view bytes);

// What an authenticator reads from a QR code:
// otpauth://totp/PitView:amit?secret=…&issuer=PitView&algorithm=SHA1&digits=6&period=30
std::string otpauth_uri(std::string_view username, std::string_view secret);

}  // namespace pitview::auth
