// A reading as it is published (contracts/mqtt/sensors.schema.json).
#pragma once

#include <string_view>

#include "core/base/text.h"
#include "core/identity/identity.h"
#include "core/reading.h"
#include "core/time/boot_clock.h"

namespace pitview::fw {

using ReadingPayload = Text<768>;

// The same arguments give the same bytes; only `replay` may differ between repetitions.
void encode_reading(ReadingPayload& out, const Identity& identity, std::string_view firmware_version,
                    const Reading& reading, const PlacedTime& time, bool replay);

}  // namespace pitview::fw
