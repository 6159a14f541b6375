// What may be in a message, before anything of it is sent.
#pragma once

#include <string>
#include <string_view>

#include "pitview/messaging/delivery.h"

namespace pitview::messaging {

enum class Lines : std::uint8_t { one, several };

// UTF-8 without control characters; with several lines, line breaks and tabs are none.
bool is_text(std::string_view text, Lines lines);
// 1 to 64 of a-z, A-Z, 0-9, "-" and "_".
bool is_key(std::string_view text) noexcept;
// "127.0.0.1", "[::1]" or "localhost": what is said there in the clear stays on this machine.
bool is_loopback(std::string_view host) noexcept;

Delivery refused(std::string reason, std::string code = {});

}  // namespace pitview::messaging
