// Connections to PostgreSQL for the coroutines of one thread.
//
//   Transaction tx = co_await pool.begin(workshop);
//   const Rows rows = co_await tx.query(kFindJob, job);
//   co_await tx.execute(kSetStatus, job, "completed");
//   co_await tx.commit();
//
// Every transaction is either scoped to a workshop (row-level security shows it
// that workshop's rows and no others) or a platform transaction, which sees no
// tenant table at all and may only call the functions of schema `platform`.
//
// Errors: errors.h. Cancelling a coroutine in the middle of a statement drops
// the connection: the server notices within a second and ends the statement.
// Thread: that of the io_context, for the pool and for all it hands out. Host
// names in `conninfo` are resolved by libpq and block: prefer an address or a
// socket folder.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "pitview/async/asio.h"
#include "pitview/base/strong_id.h"
#include "pitview/postgres/binary_copy.h"
#include "pitview/postgres/errors.h"
#include "pitview/postgres/params.h"
#include "pitview/postgres/rows.h"
#include "pitview/postgres/statement.h"

namespace pitview::postgres {

struct PoolOptions {
  std::string conninfo;  // a libpq connection string or URI
  std::size_t size = 4;  // connections at most; they are made when first needed
  std::size_t max_waiting = 1024;
  std::chrono::milliseconds acquire_timeout = std::chrono::seconds(5);
  // Enforced by the server; a server that stays silent 2 s longer is given up.
  std::chrono::milliseconds statement_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(3);
  std::string application_name = "pitview";
};

struct PoolStats {
  std::size_t idle = 0;
  std::size_t in_use = 0;
  std::size_t waiting = 0;
  std::uint64_t connects = 0;  // connections made since the start
  std::uint64_t connect_failures = 0;
};

class Lease;      // one connection, borrowed (src/pool_state.h)
class PoolState;  // what the pool and its transactions share

// Destroyed without commit() it is rolled back: in the background when the
// connection is in good order, by dropping the connection otherwise.
// One statement at a time; not moved while one runs.
class Transaction {
 public:
  explicit Transaction(std::unique_ptr<Lease> lease);
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) noexcept;
  ~Transaction();

  template <class... Args>
  Awaitable<Rows> query(const Statement& statement, const Args&... args) {
    return query_with(statement, Params::of(args...));
  }
  // The number of rows affected.
  template <class... Args>
  Awaitable<std::int64_t> execute(const Statement& statement, const Args&... args) {
    return execute_with(statement, Params::of(args...));
  }

  // The last statement and the commit, in one round trip. When the statement
  // fails nothing is committed.
  template <class... Args>
  Awaitable<Rows> query_and_commit(const Statement& statement, const Args&... args) {
    return query_and_commit_with(statement, Params::of(args...));
  }

  Awaitable<Rows> query_with(Statement statement, Params params);
  Awaitable<Rows> query_and_commit_with(Statement statement, Params params);
  Awaitable<std::int64_t> execute_with(Statement statement, Params params);

  // The number of rows copied. `copy_sql` is COPY … FROM STDIN (FORMAT binary);
  // it and `rows` must live until the call has ended.
  Awaitable<std::int64_t> copy_in(std::string_view copy_sql, const BinaryCopy& rows);

  // QueryFailed 25P02 when a statement had failed before: nothing is committed
  // then (PostgreSQL itself would answer COMMIT with a silent rollback).
  Awaitable<> commit();
  Awaitable<> rollback();

 private:
  std::unique_ptr<Lease> lease_;  // null once finished
};

class Pool {
 public:
  Pool(asio::io_context& context, PoolOptions options);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  // Precondition: close() has ended, or the io_context runs no more.
  ~Pool();

  // One round trip. Broken idle connections are replaced on the way.
  Awaitable<Transaction> begin(WorkshopId workshop);
  Awaitable<Transaction> begin_platform();
  // With a first statement in the same round trip, whose answer nobody needs. It
  // may be run again on another connection, so it must change nothing by itself.
  Awaitable<Transaction> begin_platform(Statement first);

  // One read-only statement as its own transaction in one round trip: the way
  // to answer a GET. Tried again once on a new connection when the old one broke.
  template <class... Args>
  Awaitable<Rows> read(WorkshopId workshop, const Statement& statement, const Args&... args) {
    return read_with(workshop, statement, Params::of(args...));
  }
  template <class... Args>
  Awaitable<Rows> read_platform(const Statement& statement, const Args&... args) {
    return read_with(WorkshopId{}, statement, Params::of(args...));
  }
  // A zero `workshop` is the platform.
  Awaitable<Rows> read_with(WorkshopId workshop, Statement statement, Params params);

  PoolStats stats() const noexcept;

  // Refuses new work, waits until every transaction has ended and closes the
  // connections. Those who wait for a connection get PoolExhausted.
  Awaitable<> close();

 private:
  std::shared_ptr<PoolState> state_;
};

}  // namespace pitview::postgres
