// The code on a device's label: ten characters of Crockford's base 32, shown as
// "K7QF-2M9D-XT". Fifty random bits, good once and for a time. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/crypto.h"

namespace pitview::devices {

inline constexpr std::size_t kClaimSymbols = 10;

// A code from ten random values, each 0..31 (higher bits are ignored).
// Precondition: random.size() >= kClaimSymbols.
std::string make_claim_code(std::string_view random);

// "K7QF2M9DXT" → "K7QF-2M9D-XT".
std::string shown_claim_code(std::string_view code);

// What a person typed, as it was made: lower case, dashes and spaces are
// welcome, O is 0, I and L are 1. Empty when it cannot be a code.
std::optional<std::string> read_claim_code(std::string_view typed);

// What the database keeps. The code is too random to be found from it.
crypto::Sha256 claim_code_hash(std::string_view code);

}  // namespace pitview::devices
