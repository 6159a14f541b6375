// UTF-8 (RFC 3629), one code point at a time.
#pragma once

#include <optional>
#include <string_view>

namespace pitview::messaging {

// Takes the first code point off `text`, which is not empty; nothing when there is none, and one byte is taken off.
std::optional<char32_t> next_code_point(std::string_view& text);

// The number of its code points; nothing when it is no UTF-8.
std::optional<std::size_t> length_of(std::string_view text);

}  // namespace pitview::messaging
