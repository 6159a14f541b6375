// Messages as rows, in the transaction of what they tell of: a message is there exactly when its cause is. Sending is
// the sender's (message_sender.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/message.h"
#include "pitview/async/asio.h"
#include "pitview/base/crypto.h"
#include "pitview/postgres/pool.h"

namespace pitview::messages {

// What a message says that is nowhere else in the database.
struct Secrets {
  std::string username;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(Secrets, (), (username, password))

struct NewMessage {
  MessageKind kind = MessageKind::job_started;
  std::string key;  // a second one of the same is none
  Timestamp due{};
  std::optional<Timestamp> pointless;  // nobody wants to read it from then on
  bool is_urgent = false;              // in quiet hours too
  std::optional<Secrets> secrets{};
};

struct NewAlertMessage {
  std::int64_t alert = 0;
  bool is_critical = false;
  Timestamp due{};
  Timestamp pointless{};
};

class Outbox {
 public:
  explicit Outbox(const crypto::Key256& data_key) : data_key_(data_key) {}

  // To the customer of a job of the transaction's workshop.
  Awaitable<> put(postgres::Transaction& tx, JobId job, NewMessage message, Timestamp now) const;
  // To the owners of the transaction's workshop, or the platform's administrators, as they want it; of the same kind of
  // alert at the same pit once in half an hour, unless it became critical.
  static Awaitable<> put_alert(postgres::Transaction& tx, NewAlertMessage alert, Timestamp now);
  // Those of these kinds that wait; one that is being sent right now is not among them.
  static Awaitable<> take_back(postgres::Transaction& tx, JobId job, std::vector<MessageKind> kinds, Timestamp now);
  // Whether the transaction's workshop wants after-care messages.
  static Awaitable<bool> has_after_care(postgres::Transaction& tx);

 private:
  const crypto::Key256& data_key_;
};

// As they lie in the database. Empty: another key, or none of ours.
std::optional<Secrets> open_secrets(const crypto::Key256& data_key, std::string_view sealed);

std::span<const postgres::Statement> outbox_statements();

}  // namespace pitview::messages
