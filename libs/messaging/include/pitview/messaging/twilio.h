// SMS and WhatsApp through Twilio's Messages resource (POST /2010-04-01/Accounts/{sid}/Messages.json).
//
// At least once, never exactly once: Twilio has no idempotency key for messages. What was sent and not answered
// (Delivery::is_uncertain) and is sent again may arrive twice. Our key is in the address of the receipts
// (status_callback_url), so that a receipt finds its message even when the answer with Twilio's name for it was lost.
//
// India: Twilio has no parameters for the entity and template ids of the DLT registration. They are told to Twilio
// once, when the sender ID is registered, with every template; a text that follows none of them is filtered on the way
// and comes back as 30007. What can be set here is therefore the registered sender ID, in `sms_from`.
//
// Calls block, for as long as `timeout`; any thread, several at once. Nothing is retried, logged or kept.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/messaging/delivery.h"

namespace pitview::messaging {

struct TwilioOptions {
  std::string base_url = "https://api.twilio.com";  // http:// only on this machine
  std::string account_sid;                          // "AC" and 32 hexadecimal digits
  std::string auth_token;
  std::string ca_file;                // PEM, instead of the system's authorities; ""
  std::string sms_from;               // E.164, or a sender ID of up to 11 characters; "" with a messaging service
  std::string messaging_service_sid;  // "MG" and 32 hexadecimal digits: sends the SMS instead; ""
  std::string whatsapp_from;          // E.164; "": no WhatsApp
  std::string status_callback;        // where receipts go, public and without a query; "": none are wanted
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{20'000};  // of a call, connecting included
};

// `key`, of both: our name for the message, 1 to 64 of a-z, A-Z, 0-9, "-" and "_".
// `to`: E.164, "+919876543210".
struct Sms {
  std::string key;
  std::string to;
  std::string body;  // 1 to 1600 characters
};

// A template that WhatsApp has approved; or a `body`, which WhatsApp delivers only within 24 hours of the recipient's
// last message, and else Twilio tells of it in a receipt with 63016.
struct WhatsApp {
  std::string key;
  std::string to;
  std::string content_sid;             // "HX" and 32 hexadecimal digits; or ""
  std::vector<std::string> variables;  // {{1}}, {{2}} …: each of one line, not empty
  std::string body;                    // 1 to 1600 characters; "" with a content_sid
};

class Twilio {
 public:
  // std::invalid_argument, which names the option: it is none.
  explicit Twilio(TwilioOptions options);
  ~Twilio();
  Twilio(const Twilio&) = delete;
  Twilio& operator=(const Twilio&) = delete;

  // What Twilio would certainly refuse (no number, no text, too long) is refused without asking it.
  Delivery send(const Sms& sms);
  Delivery send(const WhatsApp& message);

 private:
  struct Parts;
  Delivery post(const std::string& body);

  const TwilioOptions options_;
  const std::unique_ptr<Parts> parts_;
};

// "https://pitview.example.com/api/twilio/receipts?key=…"
std::string status_callback_url(std::string_view status_callback, std::string_view key);
// "+" and 8 to 15 digits, the first of them not 0.
bool is_e164(std::string_view text) noexcept;

}  // namespace pitview::messaging
