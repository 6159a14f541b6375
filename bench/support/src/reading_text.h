// A reading as the firmware writes it (firmware/core/uplink/payload.cpp), with every
// optional field: what a device really sends, and not the shortest that is allowed.
#pragma once

#include <cstdint>
#include <string>

#include "pitview/base/time.h"
#include "stack.h"

namespace pitview::bench {

// RFC 3339 with microseconds; to_iso8601() writes milliseconds.
std::string with_microseconds(Timestamp t);

// Everyday values that differ from message to message. Replaces `out`.
void write_reading(std::string& out, const Device& device, std::int32_t boot_id, std::int64_t seq, Timestamp at);

}  // namespace pitview::bench
