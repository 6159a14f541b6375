// JSON string escaping (RFC 8259 §7), shared by the log and the JSON writer.
#pragma once

#include <string>
#include <string_view>

namespace pitview {

// Appends `text` with quotes. Bytes that are not valid UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace pitview
