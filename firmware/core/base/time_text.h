// RFC 3339 in UTC ("2026-02-20T22:30:00Z") ↔ seconds since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/text.h"

namespace pitview::fw {

void append_time(TextWriter& out, std::uint32_t unix_s);

// This form only: UTC with Z, whole seconds, years 1970 to 2105.
std::optional<std::uint32_t> parse_time(std::string_view text);

}  // namespace pitview::fw
