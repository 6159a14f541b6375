// Lower-case hexadecimal text ↔ bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/text.h"

namespace pitview::fw {

// false, and `into` is as it was or partly written, unless `text` is exactly two
// lower-case digits for every byte of `into`.
bool decode_hex(std::string_view text, MutableBytes into);

void append_hex(TextWriter& out, ByteView bytes);

}  // namespace pitview::fw
