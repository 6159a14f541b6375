#include "pitview/postgres/pool.h"

#include <stdexcept>

#include "answer.h"
#include "pool_state.h"

namespace pitview::postgres {
namespace {

constexpr Statement kCommit{"pitview_commit", "COMMIT"};
constexpr Statement kRollback{"pitview_rollback", "ROLLBACK"};

Connection& connection_of(const std::unique_ptr<Lease>& lease) {
  if (!lease) throw std::logic_error("the transaction has ended already");
  return lease->connection();
}

void need_commit(const Answer& answer) {
  if (answer.command_tag() == "COMMIT") return;
  throw QueryFailed("nothing was committed, because a statement had failed: 25P02", "25P02", "", "");
}

void need_workshop(WorkshopId workshop) {
  if (workshop.value <= 0) throw std::logic_error("a transaction needs a workshop");
}

}  // namespace

Transaction::Transaction(std::unique_ptr<Lease> lease) : lease_(std::move(lease)) {}
Transaction::Transaction(Transaction&&) noexcept = default;

Transaction& Transaction::operator=(Transaction&& other) noexcept {
  if (this != &other) {
    Transaction ended(std::move(*this));
    lease_ = std::move(other.lease_);
  }
  return *this;
}

Transaction::~Transaction() {
  if (!lease_) return;
  PoolState& pool = lease_->pool();
  pool.roll_back(std::move(lease_));
}

Awaitable<Rows> Transaction::query_with(Statement statement, Params params) {
  co_return Rows(co_await connection_of(lease_).run(statement, std::move(params)));
}

Awaitable<std::int64_t> Transaction::execute_with(Statement statement, Params params) {
  const AnswerPtr answer = co_await connection_of(lease_).run(statement, std::move(params));
  co_return answer->affected_rows();
}

Awaitable<std::int64_t> Transaction::copy_in(std::string_view copy_sql, const BinaryCopy& rows) {
  const AnswerPtr answer = co_await connection_of(lease_).copy_in(copy_sql, rows);
  co_return answer->affected_rows();
}

Awaitable<Rows> Transaction::query_and_commit_with(Statement statement, Params params) {
  const std::vector<AnswerPtr> answers = co_await connection_of(lease_).run_and_commit(statement, std::move(params));
  lease_.reset();
  need_commit(*answers.back());
  co_return Rows(answers.front());
}

Awaitable<> Transaction::commit() {
  const AnswerPtr answer = co_await connection_of(lease_).run(kCommit, {});
  lease_.reset();
  need_commit(*answer);
}

Awaitable<> Transaction::rollback() {
  co_await connection_of(lease_).run(kRollback, {});
  lease_.reset();
}

Pool::Pool(asio::io_context& context, PoolOptions options)
    : state_(std::make_shared<PoolState>(context.get_executor(), std::move(options))) {}

Pool::~Pool() { state_->abandon(); }

Awaitable<Transaction> Pool::begin(WorkshopId workshop) {
  need_workshop(workshop);
  const std::shared_ptr<PoolState> state = state_;
  co_return Transaction(co_await state->begin(workshop));
}

Awaitable<Transaction> Pool::begin_platform() {
  const std::shared_ptr<PoolState> state = state_;
  co_return Transaction(co_await state->begin(WorkshopId{}));
}

Awaitable<Transaction> Pool::begin_platform(Statement first) {
  const std::shared_ptr<PoolState> state = state_;
  co_return Transaction(co_await state->begin(WorkshopId{}, first));
}

Awaitable<Rows> Pool::read_with(WorkshopId workshop, Statement statement, Params params) {
  const std::shared_ptr<PoolState> state = state_;
  co_return co_await state->read(workshop, statement, std::move(params));
}

PoolStats Pool::stats() const noexcept { return state_->stats(); }

Awaitable<> Pool::close() {
  const std::shared_ptr<PoolState> state = state_;
  co_await state->close();
}

}  // namespace pitview::postgres
