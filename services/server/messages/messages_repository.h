// Messages in PostgreSQL: what senders claim, and what staff sees.
#pragma once

#include <span>
#include <vector>

#include "app/database.h"
#include "messages/message_rules.h"

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
};

struct Ended {
  MessageStatus status = MessageStatus::sent;
  std::string reason;
  std::string channel;
  std::string provider_id;
  std::string text;  // without secrets
};

class MessagesRepository {
 public:
  explicit MessagesRepository(app::Database& database) : database_(database) {}

  // Those that are due, urgent ones first, of one job one at a time. For so long nobody else gets them.
  Awaitable<std::vector<Claimed>> claim(Timestamp now, std::chrono::seconds lease, int limit);
  // False: the lease had passed, and another has it by now.
  Awaitable<bool> end(const Claimed& message, Timestamp now, Ended ended);
  Awaitable<> wait_until(const Claimed& message, Timestamp due, std::string reason);
  Awaitable<> try_again(const Claimed& message, Timestamp at, std::string reason);

  // The newest first. `before`: the page's cursor.
  Awaitable<std::vector<Message>> of_job(WorkshopId workshop, JobId job, std::optional<MessageId> before, int limit);

 private:
  app::Database& database_;
};

std::span<const postgres::Statement> message_statements();

}  // namespace pitview::messages
