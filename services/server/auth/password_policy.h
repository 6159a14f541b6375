// What a password that people choose must be like (plan §12.2, decision D32).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pitview::auth {

// bcrypt reads no more bytes.
inline constexpr std::size_t kMaxPasswordBytes = 72;

// At least eight characters, one of A-Z and one of 0-9, not the username and not
// what everybody tries first. Empty when the password will do; otherwise the fault
// as the end of a sentence ("must have …").
std::optional<std::string> password_fault(std::string_view password, std::string_view username);

// Whether it is one of the commonly used passwords, in any case, or a common word
// with up to four digits or signs behind it ("Dragon2024!").
bool is_common_password(std::string_view password);

}  // namespace pitview::auth
