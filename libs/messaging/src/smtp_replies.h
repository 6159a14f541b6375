// What an SMTP server answers, and what that means for a mail.
#pragma once

#include <string>
#include <string_view>

#include "pitview/messaging/delivery.h"

namespace pitview::messaging {

// Where in the dialogue it was said.
enum class SmtpStage : std::uint8_t { before, recipient, mail };

// The numbers of a reply's last line, "550 5.1.1" or "550"; "" when `line` is none. Its words may name the recipient
// and are never repeated.
std::string smtp_code_of(std::string_view line);

// Of a reply of 400 to 599.
Delivery delivery_of_reply(const std::string& code, SmtpStage stage);

}  // namespace pitview::messaging
