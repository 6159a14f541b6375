// What Twilio tells us by HTTP: receipts of what we sent, and what people answer. Pure functions; whatever came is only
// worth reading when its signature is good.
#pragma once

#include <boost/describe/enum.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/messaging/delivery.h"
#include "pitview/messaging/form.h"

namespace pitview::messaging {

// X-Twilio-Signature: base64(HMAC-SHA1(auth token, url and every name and value, sorted by name)).
// `url`: the public one that Twilio was told, with its query; behind a proxy not the one that arrived.
std::string signature_of(std::string_view auth_token, std::string_view url, const Form& form);
// In constant time. False for "" whatever it is compared to.
bool verify_signature(std::string_view auth_token, std::string_view url, const Form& form, std::string_view header);

// Of a message, in the order in which they follow each other; receipts come in any.
enum class ReceiptStatus : std::uint8_t { queued, sent, undelivered, failed, delivered, read };
BOOST_DESCRIBE_ENUM(ReceiptStatus, queued, sent, undelivered, failed, delivered, read)

struct Receipt {
  std::string provider_id;  // as Delivery::provider_id
  ReceiptStatus status = ReceiptStatus::queued;
  std::string code;  // with undelivered and failed: "30005"; "": none came
  bool is_whatsapp = false;
};

// Nothing: it is no receipt of a message, or one of a status that tells nothing about ours.
std::optional<Receipt> parse_receipt(const Form& form);
// What it means, with the sentence of its code. accepted: all that is not undelivered or failed.
Delivery delivery_of(const Receipt& receipt);
// Whether `next` is news where `known` was known; the same again is none. A failure is overtaken by a delivery, never
// the other way round.
bool supersedes(ReceiptStatus next, ReceiptStatus known) noexcept;

// What somebody wrote to one of our numbers.
struct Inbound {
  enum class Wish : std::uint8_t { none, stop, start, help };

  std::string provider_id;
  std::string from;  // E.164
  bool is_whatsapp = false;
  Wish wish = Wish::none;  // Twilio's OptOutType; without one, a body that is a keyword and nothing else
  std::string body;
};

// Nothing: it is no message to us.
std::optional<Inbound> parse_inbound(const Form& form);

}  // namespace pitview::messaging
