#include "connection.h"

#include <fcntl.h>
#include <libpq-fe.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "answer.h"
#include "pitview/postgres/errors.h"

namespace pitview::postgres {
namespace {

using Milliseconds = std::chrono::milliseconds;

// How much longer than statement_timeout an answer may take before the server counts as gone.
constexpr Milliseconds kGrace = std::chrono::seconds(2);
constexpr std::size_t kCopyChunkBytes = 64 * 1024;

constexpr Statement kBegin{"pitview_begin", "BEGIN"};
constexpr Statement kCommit{"pitview_commit", "COMMIT"};
// As a function and not as SET LOCAL, so that it is prepared and takes a parameter.
constexpr Statement kSetWorkshop{"pitview_set_workshop", "SELECT set_config('pitview.workshop_id', $1, true)"};
constexpr Statement kSetReader{"pitview_set_reader",
                               "SELECT set_config('pitview.workshop_id', $1, true),"
                               " set_config('transaction_read_only', 'on', true)"};

void ignore_notice(void*, const char*) {}

std::string server_options(const PoolOptions& options) {
  std::string text;
  if (PQconninfoOption* parsed = PQconninfoParse(options.conninfo.c_str(), nullptr)) {
    for (PQconninfoOption* o = parsed; o->keyword != nullptr; ++o) {
      if (std::string_view(o->keyword) == "options" && o->val != nullptr) text = std::string(o->val) + " ";
    }
    PQconninfoFree(parsed);
  }
  text += "-c statement_timeout=" + std::to_string(options.statement_timeout.count());
  // A statement whose client has gone ends within a second instead of running on.
  text += " -c client_connection_check_interval=1000";
  text += " -c idle_in_transaction_session_timeout=60000";
  return text;
}

}  // namespace

struct Connection::Watch {
  explicit Watch(const asio::any_io_executor& executor) : socket(executor), timer(executor) {}

  asio::posix::stream_descriptor socket;
  asio::steady_timer timer;
  std::uint64_t operation = 0;  // an expired timer of an earlier one is ignored
  bool timed_out = false;
};

class Connection::Operation {
 public:
  Operation(Connection& connection, Milliseconds limit) : connection_(connection) {
    connection_.busy_ = true;
    Watch& watch = *connection_.watch_;
    watch.timed_out = false;
    const std::uint64_t operation = ++watch.operation;
    if (limit.count() == 0) return;
    watch.timer.expires_after(limit);
    watch.timer.async_wait([weak = std::weak_ptr<Watch>(connection_.watch_), operation](error_code ec) {
      const auto alive = weak.lock();
      if (ec || !alive || alive->operation != operation) return;
      alive->timed_out = true;
      error_code ignored;
      alive->socket.cancel(ignored);
    });
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation() {
    ++connection_.watch_->operation;
    connection_.watch_->timer.cancel();
    if (connection_.busy_) connection_.broken_ = true;
  }

  // Everything the server had to say has been read.
  void settled() { connection_.busy_ = false; }

 private:
  Connection& connection_;
};

Connection::Connection(asio::any_io_executor executor, const PoolOptions& options)
    : options_(options), watch_(std::make_shared<Watch>(executor)) {}

Connection::~Connection() {
  // While an operation is under way the server may be sending: closing without
  // PQfinish's goodbye is what tells it that nobody listens; both happen here.
  PQfinish(connection_);
}

Connection::State Connection::state() const noexcept {
  if (broken_ || busy_ || PQstatus(connection_) != CONNECTION_OK) return State::unusable;
  switch (PQtransactionStatus(connection_)) {
    case PQTRANS_IDLE: return State::idle;
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR: return State::in_transaction;
    default: return State::unusable;
  }
}

bool Connection::timed_out() const noexcept { return watch_->timed_out; }

Awaitable<std::unique_ptr<Connection>> Connection::open(const PoolOptions& options) {
  std::unique_ptr<Connection> connection(new Connection(co_await asio::this_coro::executor, options));
  co_await connection->connect();
  co_return connection;
}

Awaitable<> Connection::connect() {
  Operation operation(*this, options_.connect_timeout);
  const std::string settings = server_options(options_);
  // What stands later wins over the connection string.
  const char* const keywords[] = {"dbname", "application_name", "client_encoding", "options", nullptr};
  const char* const values[] = {options_.conninfo.c_str(), options_.application_name.c_str(), "UTF8", settings.c_str(),
                                nullptr};
  connection_ = PQconnectStartParams(keywords, values, 1);
  if (connection_ == nullptr) throw ConnectionLost("no memory for a database connection");
  PQsetNoticeProcessor(connection_, ignore_notice, nullptr);
  if (PQstatus(connection_) == CONNECTION_BAD) throw_lost();
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED) throw_lost();
    watch_socket();  // libpq may have taken another socket since
    co_await wait(next == PGRES_POLLING_WRITING);
    next = PQconnectPoll(connection_);
  }
  watch_socket();
  if (PQsetnonblocking(connection_, 1) != 0) throw_lost();
  operation.settled();
}

// Asio watches a duplicate of libpq's socket: libpq closes its own whenever it
// sees fit, and the number of a closed socket may be another one's a moment later.
void Connection::watch_socket() {
  error_code ignored;
  watch_->socket.close(ignored);
  const int duplicate = ::fcntl(PQsocket(connection_), F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) throw ConnectionLost("no file descriptor for a database connection");
  watch_->socket.assign(duplicate);
}

void Connection::throw_lost() {
  broken_ = true;
  throw ConnectionLost("database connection lost: " + connection_error(connection_));
}

Awaitable<> Connection::wait(bool for_write) {
  using Descriptor = asio::posix::stream_descriptor;
  // The coroutine may be cancelled here; then nobody knows what the server does.
  const std::shared_ptr<Watch> watch = watch_;
  error_code ec;
  if (!watch->timed_out) {
    co_await watch->socket.async_wait(for_write ? Descriptor::wait_write : Descriptor::wait_read,
                                      asio::redirect_error(asio::use_awaitable, ec));
  }
  if (watch->timed_out) {
    broken_ = true;
    throw ConnectionLost("the database did not answer in time");
  }
  if (ec) throw boost::system::system_error(ec);
}

Awaitable<> Connection::flush() {
  using asio::experimental::awaitable_operators::operator||;
  for (;;) {
    const int left = PQflush(connection_);
    if (left < 0) throw_lost();
    if (left == 0) co_return;
    // The server may want to be read before it reads on (PQflush's manual page).
    bool readable = false;
    try {
      readable = (co_await (wait(false) || wait(true))).index() == 0;
    } catch (const asio::multiple_exceptions&) {
      // Both sides throw when the time is up or the wait is cancelled.
      if (!watch_->timed_out) throw boost::system::system_error(asio::error::operation_aborted);
      throw ConnectionLost("the database did not answer in time");
    }
    if (readable && PQconsumeInput(connection_) == 0) throw_lost();
  }
}

Awaitable<> Connection::until_result() {
  while (PQisBusy(connection_) != 0) {
    co_await wait(false);
    if (PQconsumeInput(connection_) == 0) throw_lost();
  }
}

void Connection::send_step(const Step& step, std::vector<std::string_view>& sent_prepares) {
  const std::string name(step.statement.name);
  const auto known = prepared_.find(step.statement.name);
  if (known == prepared_.end()) {
    if (PQsendPrepare(connection_, name.c_str(), std::string(step.statement.sql).c_str(), 0, nullptr) == 0)
      throw_lost();
    sent_prepares.push_back(step.statement.name);
  } else {
    if (known->second != step.statement.sql) {
      throw std::logic_error("two statements have the name " + name);
    }
    sent_prepares.emplace_back();
  }
  const std::vector<const char*> values = step.params.pointers();
  // Answers in binary: numbers and times need no parsing.
  if (PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(values.size()), values.data(), nullptr, nullptr,
                          1) == 0) {
    throw_lost();
  }
}

Awaitable<std::vector<AnswerPtr>> Connection::run_steps(std::vector<Step> steps) {
  Operation operation(*this,
                      options_.statement_timeout.count() == 0 ? Milliseconds(0) : options_.statement_timeout + kGrace);
  if (PQenterPipelineMode(connection_) == 0) throw_lost();
  std::vector<std::string_view> sent_prepares;  // one per step, "" when it was prepared before
  for (const Step& step : steps) send_step(step, sent_prepares);
  if (PQpipelineSync(connection_) == 0) throw_lost();
  co_await flush();

  std::vector<AnswerPtr> answers;
  AnswerPtr failure;
  std::size_t failed_step = 0;
  std::size_t step = 0;
  bool awaits_prepare = !sent_prepares.empty() && !sent_prepares[0].empty();
  for (;;) {
    co_await until_result();
    PGresult* result = PQgetResult(connection_);
    if (result == nullptr) {  // the end of one command
      if (PQstatus(connection_) != CONNECTION_OK || step >= steps.size()) throw_lost();
      if (awaits_prepare) {
        awaits_prepare = false;
      } else {
        ++step;
        awaits_prepare = step < steps.size() && !sent_prepares[step].empty();
      }
      continue;
    }
    auto answer = std::make_shared<const Answer>(result);
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_PIPELINE_ABORTED) continue;  // a consequence of `failure`
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      if (awaits_prepare) {
        prepared_.emplace(steps[step].statement.name, steps[step].statement.sql);
      } else {
        answers.push_back(std::move(answer));
      }
    } else if (!failure) {
      failure = std::move(answer);
      failed_step = step;
    }
  }
  if (PQexitPipelineMode(connection_) == 0) throw_lost();
  operation.settled();
  if (failure) throw_failure(failure->get(), steps[failed_step].statement.name);
  co_return answers;
}

Awaitable<> Connection::begin(WorkshopId workshop, Statement first) {
  std::vector<Step> steps;
  steps.push_back({kBegin, {}});
  if (workshop.value != 0) steps.push_back({kSetWorkshop, Params::of(std::to_string(workshop.value))});
  if (!first.name.empty()) steps.push_back({first, {}});
  co_await run_steps(std::move(steps));
}

// When the statement fails, the server skips the COMMIT: the rest of a pipeline
// after an error is not run.
Awaitable<std::vector<AnswerPtr>> Connection::run_and_commit(Statement statement, Params params) {
  std::vector<Step> steps;
  steps.push_back({statement, std::move(params)});
  steps.push_back({kCommit, {}});
  co_return co_await run_steps(std::move(steps));
}

Awaitable<AnswerPtr> Connection::run(Statement statement, Params params) {
  std::vector<Step> steps;
  steps.push_back({statement, std::move(params)});
  std::vector<AnswerPtr> answers = co_await run_steps(std::move(steps));
  co_return answers.back();
}

// Without BEGIN, all statements up to the pipeline's end are one transaction
// (PostgreSQL 15, 34.5.1.1), so the workshop is set for this statement only.
Awaitable<AnswerPtr> Connection::read(WorkshopId workshop, Statement statement, Params params) {
  std::vector<Step> steps;
  steps.push_back({kSetReader, Params::of(workshop.value == 0 ? std::string() : std::to_string(workshop.value))});
  steps.push_back({statement, std::move(params)});
  std::vector<AnswerPtr> answers = co_await run_steps(std::move(steps));
  co_return answers.back();
}

Awaitable<AnswerPtr> Connection::copy_in(std::string_view copy_sql, const BinaryCopy& rows) {
  const std::string_view data = rows.data();
  Operation operation(*this,
                      options_.statement_timeout.count() == 0 ? Milliseconds(0) : options_.statement_timeout + kGrace);
  if (PQsendQuery(connection_, std::string(copy_sql).c_str()) == 0) throw_lost();
  co_await flush();
  co_await until_result();
  AnswerPtr answer;
  AnswerPtr failure;
  PGresult* started = PQgetResult(connection_);
  if (started == nullptr) throw_lost();
  answer = std::make_shared<const Answer>(started);
  const bool copying = PQresultStatus(started) == PGRES_COPY_IN;
  if (copying) {
    for (std::size_t at = 0; at < data.size(); at += kCopyChunkBytes) {
      const std::string_view chunk = data.substr(at, kCopyChunkBytes);
      if (PQputCopyData(connection_, chunk.data(), static_cast<int>(chunk.size())) != 1) throw_lost();
      co_await flush();
    }
    static constexpr std::string_view kTrailer("\xFF\xFF", 2);
    if (PQputCopyData(connection_, kTrailer.data(), static_cast<int>(kTrailer.size())) != 1) throw_lost();
    if (PQputCopyEnd(connection_, nullptr) != 1) throw_lost();
    co_await flush();
  } else if (PQresultStatus(started) == PGRES_FATAL_ERROR) {
    failure = answer;
  } else {
    throw std::logic_error("not a COPY … FROM STDIN: " + std::string(copy_sql));
  }
  for (;;) {
    co_await until_result();
    PGresult* result = PQgetResult(connection_);
    if (result == nullptr) break;
    answer = std::make_shared<const Answer>(result);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && !failure) failure = answer;
  }
  if (PQstatus(connection_) != CONNECTION_OK) throw_lost();
  operation.settled();
  if (failure) throw_failure(failure->get(), "COPY");
  co_return answer;
}

}  // namespace pitview::postgres
