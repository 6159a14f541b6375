#include "pool_state.h"

#include <algorithm>
#include <exception>

#include "answer.h"
#include "pitview/base/log.h"
#include "pitview/postgres/errors.h"

namespace pitview::postgres {
namespace {

constexpr std::chrono::milliseconds kFirstBackOff(50);
constexpr std::chrono::milliseconds kLongestBackOff(1000);

constexpr Statement kRollback{"pitview_rollback", "ROLLBACK"};

Awaitable<> roll_back_and_return(std::unique_ptr<Lease> lease) { co_await lease->connection().run(kRollback, {}); }

// An idle connection breaks unnoticed when the server ends it. What was asked on
// it had no effect yet, so it is asked again on another one.
bool broke_while_idle(const Lease& lease) { return !lease.fresh() && !lease.connection().timed_out(); }

}  // namespace

Lease::~Lease() { pool_->take_back(std::move(connection_)); }

// Stands in the queue while its coroutine waits, however that ends.
struct PoolState::Waiter {
  explicit Waiter(PoolState& state)
      : pool(state),
        timer(state.executor_, state.options_.acquire_timeout),
        place(state.waiting_.insert(state.waiting_.end(), this)) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (!granted) pool.waiting_.erase(place);
    if (granted && !taken) pool.pass_turn_on();
  }

  PoolState& pool;
  asio::steady_timer timer;
  std::list<Waiter*>::iterator place;
  bool granted = false;  // the turn is this waiter's, and it has left the queue
  bool taken = false;
};

PoolState::PoolState(asio::any_io_executor executor, PoolOptions options)
    : options_(std::move(options)),
      executor_(std::move(executor)),
      all_back_(executor_, asio::steady_timer::time_point::max()) {}

Awaitable<std::unique_ptr<Lease>> PoolState::acquire() {
  if (closing_) throw PoolExhausted("the database pool is closed");
  if (in_use_ < options_.size) {
    ++in_use_;
  } else {
    co_await wait_for_turn();
  }
  auto lease = std::make_unique<Lease>(shared_from_this());
  if (idle_.empty()) {
    co_await connect(*lease);
  } else {
    lease->connection_ = std::move(idle_.back());
    idle_.pop_back();
  }
  co_return lease;
}

Awaitable<> PoolState::wait_for_turn() {
  if (waiting_.size() >= options_.max_waiting) throw PoolExhausted("too many requests wait for the database");
  Waiter waiter(*this);
  error_code ec;
  co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (!waiter.granted) {
    if (closing_) throw PoolExhausted("the database pool is closed");
    if (ec) throw boost::system::system_error(ec);  // the caller was cancelled
    throw PoolExhausted("no database connection came free in time");
  }
  waiter.taken = true;
}

Awaitable<> PoolState::connect(Lease& lease) {
  // While the database is down, everyone learns so at once instead of queueing.
  if (std::chrono::steady_clock::now() < next_connect_) throw ConnectionLost("the database is unreachable");
  std::exception_ptr failure;
  try {
    lease.connection_ = co_await Connection::open(options_);
  } catch (const ConnectionLost&) {
    failure = std::current_exception();
  }
  if (failure) {
    ++connect_failures_;
    back_off_ = std::clamp(back_off_ * 2, kFirstBackOff, kLongestBackOff);
    next_connect_ = std::chrono::steady_clock::now() + back_off_;
    std::rethrow_exception(failure);
  }
  ++connects_;
  lease.fresh_ = true;
  back_off_ = {};
  next_connect_ = {};
}

void PoolState::take_back(std::unique_ptr<Connection> connection) {
  if (connection && !closing_ && connection->state() == Connection::State::idle) {
    idle_.push_back(std::move(connection));
  }
  connection.reset();
  pass_turn_on();
}

void PoolState::pass_turn_on() {
  if (!waiting_.empty() && !closing_) {
    Waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.granted = true;
    next.timer.cancel();
    return;
  }
  if (--in_use_ == 0) all_back_.cancel();
}

Awaitable<std::unique_ptr<Lease>> PoolState::begin(WorkshopId workshop, Statement first) {
  for (;;) {
    std::unique_ptr<Lease> lease = co_await acquire();
    try {
      co_await lease->connection().begin(workshop, first);
      co_return lease;
    } catch (const ConnectionLost&) {
      if (!broke_while_idle(*lease)) throw;
    }
  }
}

Awaitable<Rows> PoolState::read(WorkshopId workshop, Statement statement, Params params) {
  for (;;) {
    const std::unique_ptr<Lease> lease = co_await acquire();
    try {
      co_return Rows(co_await lease->connection().read(workshop, statement, params));
    } catch (const ConnectionLost&) {
      if (!broke_while_idle(*lease)) throw;
    }
  }
}

void PoolState::roll_back(std::unique_ptr<Lease> lease) {
  // Closing a connection rolls back as well, and nobody wants this one again.
  if (closing_ || lease->connection().state() != Connection::State::in_transaction) return;
  // Owned by its lease: close() waits for it.
  asio::co_spawn(executor_, roll_back_and_return(std::move(lease)), [](std::exception_ptr failure) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const std::exception& e) {
      log::warning("postgres_rollback_failed", {{"reason", e.what()}});
    }
  });
}

PoolStats PoolState::stats() const noexcept {
  return {.idle = idle_.size(),
          .in_use = in_use_,
          .waiting = waiting_.size(),
          .connects = connects_,
          .connect_failures = connect_failures_};
}

void PoolState::abandon() {
  closing_ = true;
  idle_.clear();
  for (Waiter* waiter : waiting_) waiter->timer.cancel();
}

Awaitable<> PoolState::close() {
  const auto self = shared_from_this();
  abandon();
  while (in_use_ > 0) {
    error_code ignored;
    co_await all_back_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

}  // namespace pitview::postgres
