// Password hashing: bcrypt "$2b$12$…" (plan §12.2), by libcrypt.
//
// Each call computes for about a quarter of a second: on the CPU pool only.
#pragma once

#include <string>
#include <string_view>

namespace pitview::auth {

std::string hash_password(std::string_view password);

// False for a wrong password and for a hash that is none.
bool verify_password(std::string_view password, const std::string& hash);

// Not so for an account that nobody has given a password yet.
bool is_password_hash(std::string_view text);

// A hash nobody knows the password of: compared with when there is no such user,
// so that the time of an answer does not tell which usernames exist.
const std::string& unknown_user_hash();

// Fourteen characters a person can read out and type: no 0/O, 1/l/I.
std::string make_temporary_password();

}  // namespace pitview::auth
