// One connection to PostgreSQL, driven without blocking on its io_context.
//
// Statements run in libpq's pipeline mode, also single ones: what belongs
// together (BEGIN and the workshop, a PREPARE and its first use) leaves in one
// packet and is answered in one.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pitview/async/asio.h"
#include "pitview/base/strong_id.h"
#include "pitview/postgres/binary_copy.h"
#include "pitview/postgres/params.h"
#include "pitview/postgres/pool.h"
#include "pitview/postgres/statement.h"

struct pg_conn;

namespace pitview::postgres {

class Answer;
using AnswerPtr = std::shared_ptr<const Answer>;

class Connection {
 public:
  // Throws ConnectionLost. The options must outlive the connection.
  static Awaitable<std::unique_ptr<Connection>> open(const PoolOptions& options);
  ~Connection();

  enum class State {
    idle,            // no transaction: ready for the next
    in_transaction,  // or in a failed one
    unusable,        // broken, or an operation was abandoned half-way
  };
  State state() const noexcept;

  // The last operation ended because the server stayed silent.
  bool timed_out() const noexcept;

  // A zero `workshop` opens a platform transaction.
  // `first`, when it has a name, runs in the same round trip.
  Awaitable<> begin(WorkshopId workshop, Statement first = {});
  Awaitable<AnswerPtr> run(Statement statement, Params params);
  // And COMMIT in the same round trip: its answer is the second.
  Awaitable<std::vector<AnswerPtr>> run_and_commit(Statement statement, Params params);
  // One read-only statement in a transaction of its own.
  Awaitable<AnswerPtr> read(WorkshopId workshop, Statement statement, Params params);
  Awaitable<AnswerPtr> copy_in(std::string_view copy_sql, const BinaryCopy& rows);

 private:
  struct Step {
    Statement statement;
    Params params;
  };
  struct Watch;     // the socket and the deadline, as Asio sees them
  class Operation;  // marks the time in which the protocol's state is not settled

  Connection(asio::any_io_executor executor, const PoolOptions& options);

  Awaitable<> connect();
  // The answer of each step. Throws the first failure, after all was read.
  Awaitable<std::vector<AnswerPtr>> run_steps(std::vector<Step> steps);
  void send_step(const Step& step, std::vector<std::string_view>& sent_prepares);
  Awaitable<> flush();
  Awaitable<> until_result();
  Awaitable<> wait(bool for_write);
  void watch_socket();
  [[noreturn]] void throw_lost();

  const PoolOptions& options_;
  pg_conn* connection_ = nullptr;
  std::shared_ptr<Watch> watch_;
  std::unordered_map<std::string_view, std::string_view> prepared_;  // name → SQL
  bool busy_ = false;
  bool broken_ = false;
};

}  // namespace pitview::postgres
