// Eight codes for the day the authenticator is lost, each good once. Kept as
// SHA-256: 80 random bits need no slow hash.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::auth {

inline constexpr std::size_t kRecoveryCodes = 8;

// "ABCD-EFGH-JKLM-2345" each, of the alphabet of base32.
std::vector<std::string> make_recovery_codes();

// The code as it is hashed, whatever case, dashes and spaces it was typed with;
// empty when it cannot be one (a code of an authenticator, say).
std::optional<std::string> normal_recovery_code(std::string_view typed);

}  // namespace pitview::auth
