// Messages in PostgreSQL: what senders claim, and what staff sees.
#pragma once

#include <span>
#include <vector>

#include "app/database.h"
#include "messages/message_rules.h"
#include "pitview/messaging/twilio_webhook.h"

namespace pitview::messages {

// A message that is this sender's for now, with what it takes to say it.
struct Claimed {
  MessageId id;
  WorkshopId workshop;
  std::optional<JobId> job;
  int attempt = 0;  // from 1
  Timestamp due{};
  Situation situation;
  std::string language;
  std::optional<std::string> own_words;  // of the workshop
  std::optional<postgres::Bytes> secrets;
  std::optional<postgres::Bytes> phone;  // sealed
  std::optional<postgres::Bytes> link;   // sealed
  std::string email;
  std::string customer;
  std::string workshop_name;
  std::string workshop_phone;
  std::string car;
  std::string work;
  std::string stage;
  std::string sentence;
  std::string ready;  // in the workshop's time zone, "5:30 PM"
  std::string reason;
  std::string pit;                                   // its number; of an alert, as the next
  std::string alert;                                 // what it is, as a sentence
  std::optional<messaging::ReceiptStatus> whatsapp;  // WhatsApp has it: what it last said
};

struct Ended {
  MessageStatus status = MessageStatus::sent;
  std::string reason;
  std::string channel;
  std::string provider_id;
  std::string text;  // without secrets
  int segments = 0;
  std::int64_t cost_paise = 0;
};

// What WhatsApp has taken, until a receipt says what has become of it.
struct Awaited {
  std::optional<Timestamp> fallback_at;  // claimed again then, for an SMS; empty: there is no other way, it is sent
  std::string whatsapp_id;
  std::string text;  // without secrets
  std::int64_t cost_paise = 0;
};

struct NotedReceipt {
  bool is_news = false;
  std::optional<postgres::Bytes> phone_lookup;  // of whom it was for
};

class MessagesRepository {
 public:
  explicit MessagesRepository(app::Database& database) : database_(database) {}

  // Those that are due, urgent ones first, of one job one at a time. For so long nobody else gets them.
  Awaitable<std::vector<Claimed>> claim(Timestamp now, std::chrono::seconds lease, int limit);
  // False: the lease had passed, and another has it by now.
  Awaitable<bool> end(const Claimed& message, Timestamp now, Ended ended);
  // False: as of end().
  Awaitable<bool> await_receipt(const Claimed& message, Timestamp now, Awaited awaited);
  Awaitable<> wait_until(const Claimed& message, Timestamp due, std::string reason);
  Awaitable<> try_again(const Claimed& message, Timestamp at, std::string reason);

  // Of any message there may be. `fallback_at`: when an SMS follows what WhatsApp turns out to have.
  Awaitable<NotedReceipt> note_receipt(MessageId id, bool is_whatsapp, const messaging::Receipt& receipt, Timestamp now,
                                       Timestamp fallback_at);
  // STOP and START of a number, in every workshop where it is a customer's. `provider_id` of what they wrote, which
  // means it once; empty: the provider says so. How many consents changed.
  Awaitable<int> set_wanted(const postgres::Bytes& phone_lookup, bool wanted, std::optional<std::string> provider_id,
                            Timestamp now);

  // The newest first. `before`: the page's cursor.
  Awaitable<std::vector<Message>> of_job(WorkshopId workshop, JobId job, std::optional<MessageId> before, int limit);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> message_statements();

}  // namespace pitview::messages
