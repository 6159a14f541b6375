// What Twilio answers: the message it made, or why there is none.
#pragma once

#include <string>

#include "pitview/http/message.h"
#include "request_check.h"
#include "stand_in.h"

namespace pitview::messaging {

http::Response message_resource(const AcceptedMessage& message, const std::string& account_sid);
http::Response error_resource(const Fault& fault);

}  // namespace pitview::messaging
