#include "messages/providers.h"

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
          .not_before = delivery.retry_after};
}

}  // namespace

Providers::Providers(ProviderOptions options) {
  if (options.twilio) twilio_.emplace(std::move(*options.twilio));
  if (options.smtp) smtp_.emplace(std::move(*options.smtp));
}

Handed Providers::send(const Outgoing& message) {
  std::optional<Handed> by_sms;
  if (twilio_ && !message.phone.empty()) {
    by_sms =
        handed_of(twilio_->send(messaging::Sms{.key = message.key, .to = message.phone, .body = message.text}), "sms");
    if (by_sms->outcome != Outcome::refused) return *by_sms;
  }
  if (smtp_ && !message.email.empty())
    return handed_of(smtp_->send({.key = message.key,
                                  .date = message.written,
                                  .to = message.email,
                                  .subject = message.subject,
                                  .text = message.text}),
                     "email");
  if (by_sms) return *by_sms;
  return {.outcome = Outcome::nobody, .reason = "No provider is set up for the ways to them: it was not sent."};
}

std::unique_ptr<MessageProvider> provider_of(ProviderOptions options) {
  if (!options.twilio && !options.smtp) return std::make_unique<OutboxOnly>();
  return std::make_unique<Providers>(std::move(options));
}

}  // namespace pitview::messages
