// The messages of the benchmark: the plan's payload, with the ordinal of the message
// among those of its device written into the readings. So every receiver, also one
// that sees readings only, knows which message it has. The values are everyday ones
// (18 to 26 °C, 40 to 60 %RH), one decimal at most: no reading is unusual to the page
// or changed by rounding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/time.h"
#include "pitview/json/document.h"
#include "stack.h"

namespace pitview::bench {

struct Values {
  double temperature = 0;
  double humidity = 0;
  double pressure = 0;
};

// Ordinals from 0 up to this one can be told apart.
inline constexpr std::int64_t kMaxOrdinal = std::int64_t{80} * 20 * 2000 - 1;

Values values_of(std::int64_t ordinal);
std::optional<std::int64_t> ordinal_of(const Values& values);

// From the members of a JSON object.
std::optional<std::int64_t> ordinal_in(json::View reading);

// `boot_id`: another one for every run, so that no reading looks like a repeated one.
std::string payload_of(const Device& device, std::int32_t boot_id, std::int64_t ordinal, Timestamp due);

}  // namespace pitview::bench
