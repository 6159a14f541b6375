#include "twilio_codes.h"

#include <algorithm>

namespace pitview::messaging {
namespace {

enum class Fate : std::uint8_t { later, refused, opted_out, invalid, misconfigured };

struct Row {
  std::string_view code;
  Fate fate;
  std::string_view reason;
};

constexpr std::string_view kTooMany = "Too many messages at once.";
constexpr std::string_view kCredentials = "Twilio does not accept the account or its token.";
constexpr std::string_view kInvalidNumber = "The number is none that can be reached.";
constexpr std::string_view kNoMobile = "The number is no mobile phone.";
constexpr std::string_view kSender = "The sender's number is not one that may send this.";
constexpr std::string_view kService = "The messaging service does not exist or has no number.";
constexpr std::string_view kText = "There is no text, or it is too long.";
constexpr std::string_view kTemplate = "The template does not exist, or not in this language.";
constexpr std::string_view kVariables = "The template's variables do not fit it.";
constexpr std::string_view kContent = "The channel does not take this content.";

constexpr Row kRows[] = {
    {"20003", Fate::misconfigured, kCredentials},
    {"20005", Fate::misconfigured, "The Twilio account is not active."},
    {"20404", Fate::misconfigured, kCredentials},
    {"20429", Fate::later, kTooMany},
    {"21211", Fate::invalid, kInvalidNumber},
    {"21212", Fate::misconfigured, kSender},
    {"21265", Fate::invalid, kNoMobile},
    {"21266", Fate::invalid, "The number is the sender's own."},
    {"21408", Fate::refused, "The Twilio account may not send to this region."},
    {"21601", Fate::misconfigured, kSender},
    {"21602", Fate::refused, kText},
    {"21603", Fate::misconfigured, kSender},
    {"21604", Fate::invalid, kInvalidNumber},
    {"21606", Fate::misconfigured, kSender},
    {"21608", Fate::refused, "A Twilio account on trial sends to verified numbers only."},
    {"21609", Fate::misconfigured, "The address for receipts is none that Twilio can call."},
    {"21610", Fate::opted_out, "The recipient wants no messages."},
    {"21611", Fate::later, "The sender's queue is full."},
    {"21612", Fate::refused, "Twilio has no way from this sender to this number."},
    {"21614", Fate::invalid, kNoMobile},
    {"21617", Fate::refused, kText},
    {"21619", Fate::refused, kText},
    {"21635", Fate::invalid, kNoMobile},
    {"21654", Fate::refused, kTemplate},
    {"21655", Fate::refused, kTemplate},
    {"21656", Fate::refused, kVariables},
    {"21659", Fate::misconfigured, kSender},
    {"21660", Fate::misconfigured, kSender},
    {"21661", Fate::misconfigured, kSender},
    {"21701", Fate::misconfigured, kService},
    {"21703", Fate::misconfigured, kService},
    {"21704", Fate::misconfigured, kService},
    {"21705", Fate::misconfigured, kService},
    {"21910", Fate::misconfigured, kSender},
    {"30001", Fate::later, "The carrier's queue is full."},
    {"30002", Fate::misconfigured, "The Twilio account is suspended."},
    {"30003", Fate::later, "The phone is off or out of reach."},
    {"30004", Fate::refused, "The recipient or the carrier blocks the message."},
    {"30005", Fate::invalid, "The number is not in service."},
    {"30006", Fate::invalid, "The number is a landline, or its carrier cannot be reached."},
    {"30007", Fate::refused, "The carrier filtered the message; in India: its text follows no registered template."},
    {"30008", Fate::later, "The carrier does not say why it was not delivered."},
    {"30022", Fate::later, kTooMany},
    {"30034", Fate::misconfigured, kSender},
    {"30410", Fate::later, "The carrier did not answer in time."},
    {"30500", Fate::later, "Twilio had a fault of its own."},
    {"63001", Fate::misconfigured, "WhatsApp does not accept the sender."},
    {"63003", Fate::invalid, "There is no such recipient on WhatsApp."},
    {"63005", Fate::refused, kContent},
    {"63007", Fate::misconfigured, "The sender is not registered with WhatsApp."},
    {"63012", Fate::later, "WhatsApp had a fault of its own."},
    {"63013", Fate::refused, "The message is against the channel's rules."},
    {"63015", Fate::refused, "The recipient has not joined the WhatsApp sandbox."},
    {"63016", Fate::refused, "WhatsApp needs a template: the recipient has not written within 24 hours."},
    {"63017", Fate::later, kTooMany},
    {"63018", Fate::later, "The limit of the WhatsApp sender is reached."},
    {"63021", Fate::refused, kContent},
    {"63024", Fate::invalid, "There is no such recipient on WhatsApp."},
    {"63027", Fate::refused, kTemplate},
    {"63028", Fate::refused, kVariables},
    {"63032", Fate::refused, "WhatsApp does not deliver this to the recipient."},
    {"63033", Fate::opted_out, "The recipient has blocked us."},
    {"63038", Fate::later, "The account's messages of the day are used up."},
    {"63040", Fate::refused, "The template is not approved."},
    {"63041", Fate::refused, "The template is paused."},
    {"63042", Fate::refused, "The template is disabled."},
    {"63049", Fate::refused, "WhatsApp chose not to deliver this to the recipient."},
};
static_assert(std::ranges::is_sorted(kRows, {}, &Row::code));

}  // namespace

Delivery delivery_of_code(std::string_view code, bool is_transient) {
  Delivery delivery{.outcome = is_transient ? Delivery::Outcome::later : Delivery::Outcome::refused,
                    .reason = is_transient ? "Twilio cannot take it now." : "Twilio refuses the message.",
                    .code = std::string(code)};
  const auto* const row = std::ranges::lower_bound(kRows, code, {}, &Row::code);
  if (row == std::end(kRows) || row->code != code) return delivery;
  delivery.outcome = row->fate == Fate::later ? Delivery::Outcome::later : Delivery::Outcome::refused;
  delivery.reason = row->reason;
  delivery.recipient_opted_out = row->fate == Fate::opted_out;
  delivery.recipient_invalid = row->fate == Fate::invalid;
  delivery.is_misconfigured = row->fate == Fate::misconfigured;
  return delivery;
}

bool is_twilio_code(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 6 && text != "0" &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace pitview::messaging
