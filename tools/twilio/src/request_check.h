// Whether a request to create a message is one that Twilio takes, by its documentation:
// https://www.twilio.com/docs/messaging/api/message-resource
#pragma once

#include <chrono>
#include <set>
#include <string>

#include "pitview/http/message.h"
#include "pitview/messaging/form.h"

namespace pitview::messaging {

struct StandInSettings {
  std::string account_sid = "AC00000000000000000000000000000001";
  std::string auth_token = "stand-in-token";
  std::set<std::string> senders{"+12025550123"};           // for From
  std::set<std::string> whatsapp_senders{"+12025550124"};  // for From, without "whatsapp:"
  std::set<std::string> services{"MG00000000000000000000000000000001"};
  std::set<std::string> contents{"HX00000000000000000000000000000001"};
  std::chrono::milliseconds callback_delay{0};  // before each receipt
};

struct Fault {
  int status = 0;  // of HTTP; 0: there is none
  int code = 0;    // Twilio's
  std::string message;
};

// Of who asks.
Fault fault_of_caller(const http::Request& request, const StandInSettings& settings);
// Of what is asked for. Stricter than Twilio, who overlooks parameters that it does not know.
Fault fault_of_message(const Form& form, const StandInSettings& settings);

bool is_whatsapp_address(std::string_view address);

}  // namespace pitview::messaging
