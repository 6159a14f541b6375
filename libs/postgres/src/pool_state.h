// What a pool and the transactions it handed out share. A lease is the right to
// use one connection; there are as many as PoolOptions::size.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "connection.h"
#include "pitview/postgres/pool.h"

namespace pitview::postgres {

class Lease {
 public:
  explicit Lease(std::shared_ptr<PoolState> pool) : pool_(std::move(pool)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

  PoolState& pool() const noexcept { return *pool_; }
  Connection& connection() const noexcept { return *connection_; }
  bool fresh() const noexcept { return fresh_; }  // connected for this lease

 private:
  friend class PoolState;

  std::shared_ptr<PoolState> pool_;
  std::unique_ptr<Connection> connection_;
  bool fresh_ = false;
};

class PoolState : public std::enable_shared_from_this<PoolState> {
 public:
  PoolState(asio::any_io_executor executor, PoolOptions options);

  Awaitable<std::unique_ptr<Lease>> begin(WorkshopId workshop, Statement first = {});
  Awaitable<Rows> read(WorkshopId workshop, Statement statement, Params params);
  // For a transaction that was dropped: rolls back, then gives the lease back.
  void roll_back(std::unique_ptr<Lease> lease);

  PoolStats stats() const noexcept;
  Awaitable<> close();
  void abandon();  // as close(), without waiting

 private:
  friend class Lease;
  struct Waiter;

  Awaitable<std::unique_ptr<Lease>> acquire();
  Awaitable<> wait_for_turn();
  Awaitable<> connect(Lease& lease);
  void take_back(std::unique_ptr<Connection> connection);
  void pass_turn_on();

  const PoolOptions options_;
  asio::any_io_executor executor_;
  std::vector<std::unique_ptr<Connection>> idle_;  // the last one back is the next one out
  std::list<Waiter*> waiting_;                     // the longest waiting first
  std::size_t in_use_ = 0;                         // leases, and turns given to a waiter
  std::uint64_t connects_ = 0;
  std::uint64_t connect_failures_ = 0;
  std::chrono::milliseconds back_off_{0};  // after a failed connect, none is tried this long
  std::chrono::steady_clock::time_point next_connect_{};
  asio::steady_timer all_back_;  // never expires; cancelled when in_use_ falls to 0
  bool closing_ = false;
};

}  // namespace pitview::postgres
