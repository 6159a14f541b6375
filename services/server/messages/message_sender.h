// Sends what is due, on any number of servers at once: each claims what it sends, for a while. A server that dies
// between the provider's answer and the commit leaves a message that is sent again: at least once towards the provider,
// with the same key every time.
#pragma once

#include "messages/message_provider.h"
#include "messages/messages_repository.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/async/task_group.h"
#include "pitview/base/crypto.h"

namespace pitview::messages {

// What is known of prices, for the estimate of what messages cost; 0: nothing.
struct MessagePrices {
  int sms_segment_paise = 0;
  int whatsapp_paise = 0;
};

class MessageSender {
 public:
  struct Parts {
    MessagesRepository& messages;
    MessageProvider& provider;
    const Clock& clock;
    const crypto::Key256& data_key;
    std::string link_address;  // all of a tracking link but its secret
    std::chrono::seconds whatsapp_patience{300};
    MessagePrices prices{};
  };
  MessageSender(asio::any_io_executor executor, Parts parts);

  void start();
  Awaitable<> stop();

  // What is due now; how many those were. For tests; start() does it all the time.
  Awaitable<std::size_t> step();

 private:
  Awaitable<> run();
  Awaitable<> send(Claimed message);
  Awaitable<> give_up(const Claimed& message, Timestamp now, MessageStatus status, std::string reason);
  Awaitable<> hand_over(const Claimed& message, Timestamp now);
  Awaitable<> end_consent(const std::string& phone, Timestamp now);
  Awaitable<> note(const Claimed& message, const Handed& handed, std::string shown, Timestamp now);

  asio::any_io_executor executor_;
  Parts parts_;
  CpuPool pool_;  // provider's calls block
  TaskGroup tasks_;
};

}  // namespace pitview::messages
