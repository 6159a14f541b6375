// What Twilio's error codes mean for a message of ours. https://www.twilio.com/docs/api/errors
#pragma once

#include <string_view>

#include "pitview/messaging/delivery.h"

namespace pitview::messaging {

// The outcome of a code, with its sentence. One that is not in the table is refused where `is_transient` is not set.
Delivery delivery_of_code(std::string_view code, bool is_transient = false);

// "21610": 1 to 6 digits, not "0".
bool is_twilio_code(std::string_view text) noexcept;

}  // namespace pitview::messaging
