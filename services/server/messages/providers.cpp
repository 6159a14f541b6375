#include "messages/providers.h"

#include <stdexcept>

namespace pitview::messages {
namespace {

using messaging::Delivery;
using Outcome = Handed::Outcome;

Outcome outcome_of(const Delivery& delivery) {
  switch (delivery.outcome) {
    case Delivery::Outcome::accepted: return Outcome::taken;
    case Delivery::Outcome::later: return Outcome::later;
    case Delivery::Outcome::refused: break;
  }
  // Of the provider's credentials and not of the message: somebody mends them.
  return delivery.is_misconfigured ? Outcome::later : Outcome::refused;
}

Handed handed_of(Delivery delivery, const char* channel) {
  return {.outcome = outcome_of(delivery),
          .channel = channel,
          .provider_id = std::move(delivery.provider_id),
          .reason = std::move(delivery.reason),
          .not_before = delivery.retry_after,
          .opted_out = delivery.recipient_opted_out,
          .segments = delivery.segments};
}

// WhatsApp's own codes; the others are of Twilio as a whole, which SMS goes through too.
bool is_of_whatsapp(const Delivery& delivery) { return delivery.code.size() == 5 && delivery.code.starts_with("63"); }

}  // namespace

Providers::Providers(ProviderOptions options) : templates_(std::move(options.whatsapp_templates)) {
  if (options.twilio) {
    has_sms_ = !options.twilio->sms_from.empty() || !options.twilio->messaging_service_sid.empty();
    if (options.twilio->whatsapp_from.empty()) templates_.clear();
    // Without receipts every message would go out twice.
    if (!templates_.empty() && options.twilio->status_callback.empty())
      throw std::invalid_argument("Twilio: WhatsApp templates need status_callback");
    twilio_.emplace(std::move(*options.twilio));
  }
  if (options.smtp) smtp_.emplace(std::move(*options.smtp));
}

Handed Providers::send(const Outgoing& message) {
  std::optional<Handed> by_phone;
  if (twilio_ && !message.phone.empty()) {
    by_phone = by_whatsapp(message);
    if (has_sms_ && (!by_phone || (by_phone->outcome == Outcome::refused && !by_phone->opted_out)))
      by_phone = by_sms(message);
    if (by_phone && (by_phone->outcome != Outcome::refused || by_phone->opted_out)) return *by_phone;
  }
  if (smtp_ && !message.email.empty())
    return handed_of(smtp_->send({.key = message.key,
                                  .date = message.written,
                                  .to = message.email,
                                  .subject = message.subject,
                                  .text = message.text,
                                  .html = message.html}),
                     "email");
  if (by_phone) return *by_phone;
  return {.outcome = Outcome::nobody, .reason = "No provider is set up for the ways to them: it was not sent."};
}

// Nothing: it is not for WhatsApp. Refused: another way is right, now.
std::optional<Handed> Providers::by_whatsapp(const Outgoing& message) {
  if (!message.may_be_whatsapp) return std::nullopt;
  const auto content = templates_.find({message.kind, message.language});
  if (content == templates_.end()) return std::nullopt;
  Delivery delivery = twilio_->send(messaging::WhatsApp{.key = message.key,
                                                        .to = message.phone,
                                                        .content_sid = content->second,
                                                        .variables = message.template_variables});
  // A fault of WhatsApp's, or of how we are set up there, is no reason to wait.
  const bool sms_may_go =
      is_of_whatsapp(delivery) || (delivery.outcome == Delivery::Outcome::refused && !delivery.is_misconfigured);
  const bool may_have_it = delivery.is_accepted() || delivery.is_uncertain;
  Handed handed = handed_of(std::move(delivery), "whatsapp");
  if (sms_may_go && !may_have_it) handed.outcome = Outcome::refused;
  handed.has_fallback = has_sms_ || (smtp_ && !message.email.empty());
  return handed;
}

Handed Providers::by_sms(const Outgoing& message) {
  return handed_of(twilio_->send(messaging::Sms{.key = message.key, .to = message.phone, .body = message.text}), "sms");
}

std::unique_ptr<MessageProvider> provider_of(ProviderOptions options) {
  if (!options.twilio && !options.smtp) return std::make_unique<OutboxOnly>();
  return std::make_unique<Providers>(std::move(options));
}

}  // namespace pitview::messages
