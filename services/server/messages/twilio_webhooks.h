// What Twilio tells us by HTTP: receipts of what we sent, and people who write STOP or START. Whatever is not signed by
// it, or is of another account, is refused without a word about anything that is here.
#pragma once

#include "messages/messages_repository.h"
#include "pitview/base/crypto.h"
#include "pitview/http/message.h"

namespace pitview::messages {

// "": there is none, and nothing is believed.
struct TwilioWebhookOptions {
  std::string account_sid;
  std::string auth_token;
  std::string status_callback;  // what Twilio was told, and signs: the public address, not the one that arrives
  std::string inbound_url;
  std::chrono::seconds whatsapp_patience{300};
};

class TwilioWebhooks {
 public:
  static constexpr std::size_t kMaxBody = std::size_t{16} * 1024;  // bytes

  struct Parts {
    MessagesRepository& messages;
    const Clock& clock;
    const crypto::Key256& data_key;
    TwilioWebhookOptions options;
  };
  explicit TwilioWebhooks(Parts parts) : parts_(std::move(parts)) {}

  // forbidden: it is not Twilio's. Of a message that there is not, or not by that name: done, without a trace.
  Awaitable<Result<>> receipt(const http::Request& request);
  // Whatever is neither STOP nor START is not kept.
  Awaitable<Result<>> inbound(const http::Request& request);

 private:
  Result<messaging::Form> signed_form(const http::Request& request, const std::string& url) const;

  const Parts parts_;
};

}  // namespace pitview::messages
