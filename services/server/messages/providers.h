// Messages by the providers that are set up: WhatsApp where there is a number and a template, else SMS, else e-mail.
#pragma once

#include <map>
#include <optional>

#include "messages/message_provider.h"
#include "pitview/base/time.h"
#include "pitview/messaging/smtp.h"
#include "pitview/messaging/twilio.h"

namespace pitview::messages {

// By kind and language: Twilio's name ("HX…") of a template that WhatsApp has approved.
using WhatsAppTemplates = std::map<std::pair<MessageKind, std::string>, std::string>;

struct ProviderOptions {
  std::optional<messaging::TwilioOptions> twilio;
  WhatsAppTemplates whatsapp_templates{};
  std::optional<messaging::SmtpOptions> smtp;
};

class Providers final : public MessageProvider {
 public:
  // std::invalid_argument, which names the option: it is none.
  explicit Providers(ProviderOptions options);

  Handed send(const Outgoing& message) override;

 private:
  std::optional<Handed> by_whatsapp(const Outgoing& message);
  Handed by_sms(const Outgoing& message);

  std::optional<messaging::Twilio> twilio_;
  WhatsAppTemplates templates_;
  bool has_sms_ = false;
  std::optional<messaging::Smtp> smtp_;
};

// OutboxOnly where nothing is set up.
std::unique_ptr<MessageProvider> provider_of(ProviderOptions options);

}  // namespace pitview::messages
