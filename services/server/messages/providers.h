// Messages by the providers that are set up: SMS where there is a number, else e-mail.
#pragma once

#include <optional>

#include "messages/message_provider.h"
#include "pitview/base/time.h"
#include "pitview/messaging/smtp.h"
#include "pitview/messaging/twilio.h"

namespace pitview::messages {

struct ProviderOptions {
  std::optional<messaging::TwilioOptions> twilio;
  std::optional<messaging::SmtpOptions> smtp;
};

class Providers final : public MessageProvider {
 public:
  // std::invalid_argument, which names the option: it is none.
  explicit Providers(ProviderOptions options);

  Handed send(const Outgoing& message) override;

 private:
  std::optional<messaging::Twilio> twilio_;
  std::optional<messaging::Smtp> smtp_;
};

// OutboxOnly where nothing is set up.
std::unique_ptr<MessageProvider> provider_of(ProviderOptions options);

}  // namespace pitview::messages
