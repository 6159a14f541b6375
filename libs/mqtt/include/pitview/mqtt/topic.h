// Topic names and filters of MQTT 3.1.1 (section 4.7) and the UTF-8 rules of its
// strings (section 1.5.3). Pure functions, any thread.
#pragma once

#include <string_view>

namespace pitview::mqtt {

// Well-formed UTF-8 without U+0000 and surrogates, at most 65,535 bytes.
bool valid_utf8_string(std::string_view text) noexcept;

// What may be published to: not empty, no wildcards.
bool valid_topic_name(std::string_view topic) noexcept;

// What may be subscribed to: '+' stands for one whole level, '#' for the rest
// and only at the end. "$share/<group>/<filter>" is an ordinary filter here.
bool valid_topic_filter(std::string_view filter) noexcept;

// Whether a message of `topic` belongs to `filter` (without a $share prefix).
// A filter that begins with a wildcard does not match topics that begin with '$'.
// Preconditions: valid_topic_filter(filter), valid_topic_name(topic).
bool topic_matches(std::string_view filter, std::string_view topic) noexcept;

}  // namespace pitview::mqtt
