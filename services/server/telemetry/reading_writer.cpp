#include "telemetry/reading_writer.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::telemetry {
namespace {

constexpr std::size_t kQueue = 20'000;
constexpr std::size_t kBatch = 2'000;  // beyond it a larger batch is no faster (docs/design/ingest.md)
// A commit costs the same for one reading as for fifty, and nobody waits for it: readings are shown before.
constexpr std::chrono::milliseconds kLinger{100};
// While one session waits for its commit to reach the disk, the other one works.
constexpr std::size_t kSessions = 2;
constexpr std::chrono::milliseconds kFirstRetry{200};
constexpr std::chrono::milliseconds kLastRetry{5'000};

// The classes that blame the row: data exception, constraint violation, WITH CHECK,
// program limit (a value too large), a trigger's own refusal. All else, a read-only
// standby, a full disk, a timeout, a schema that was not migrated, will pass.
bool is_fault_of_the_data(const postgres::QueryFailed& e) {
  // A partition that is gone says 23514 as well, and names no constraint.
  if (e.sqlstate() == "23514" && e.constraint().empty()) return false;
  constexpr std::array<std::string_view, 5> kClasses = {"22", "23", "44", "54", "P0"};
  return std::ranges::any_of(kClasses, [&](std::string_view c) { return e.sqlstate().starts_with(c); });
}

}  // namespace

ReadingWriter::ReadingWriter(asio::any_io_executor executor, ReadingsRepository& readings, IngestMetrics& metrics,
                             Done done)
    : repository_(readings),
      metrics_(metrics),
      done_(std::move(done)),
      wake_(executor),
      session_free_(executor),
      commits_(executor) {}

bool ReadingWriter::is_full() const noexcept { return readings_.size() >= kQueue; }

void ReadingWriter::add(const NewReading& reading, mqtt::AckToken token) {
  if (readings_.empty()) oldest_added_ = std::chrono::steady_clock::now();
  readings_.push_back(reading);
  tokens_.push_back(token);
  if (readings_.size() == 1 || readings_.size() == kBatch) wake_.cancel();
}

void ReadingWriter::release_numbered(const std::function<void(mqtt::AckToken)>& acknowledge) {
  for (std::size_t i = 0; i < readings_.size(); ++i)
    if (readings_[i].numbered) acknowledge(std::exchange(tokens_[i], {}));
}

void ReadingWriter::stop() {
  stopping_ = true;
  wake_.cancel();
}

Awaitable<> ReadingWriter::run() {
  while (true) {
    co_await wait_for_batch();
    if (readings_.empty() || gives_up()) break;
    co_await wait_for_session();
    commits_.spawn("commit_readings", commit_batch(take_batch()));
  }
  co_await commits_.join();
}

// The database is away, and what is not committed comes again.
bool ReadingWriter::gives_up() const noexcept { return stopping_ && !healthy_; }

// Ends with something to commit, or with nothing when stopping.
Awaitable<> ReadingWriter::wait_for_batch() {
  while (true) {
    if (stopping_ || readings_.size() >= kBatch) co_return;
    const auto due = oldest_added_ + kLinger;
    if (!readings_.empty() && std::chrono::steady_clock::now() >= due) co_return;
    wake_.expires_at(readings_.empty() ? asio::steady_timer::time_point::max() : due);
    error_code ignored;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
}

Awaitable<> ReadingWriter::wait_for_session() {
  error_code ignored;
  while (commits_.running() >= kSessions) {
    session_free_.expires_at(asio::steady_timer::time_point::max());
    co_await session_free_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

// The oldest ones; what has waited for a session meanwhile comes along.
ReadingWriter::Batch ReadingWriter::take_batch() {
  if (readings_.size() <= kBatch) return {std::exchange(readings_, {}), std::exchange(tokens_, {})};
  constexpr auto kCount = static_cast<std::ptrdiff_t>(kBatch);
  Batch batch{{readings_.begin(), readings_.begin() + kCount}, {tokens_.begin(), tokens_.begin() + kCount}};
  readings_.erase(readings_.begin(), readings_.begin() + kCount);
  tokens_.erase(tokens_.begin(), tokens_.begin() + kCount);
  return batch;
}

Awaitable<> ReadingWriter::commit_batch(Batch batch) {
  if (co_await commit(batch.readings) == Outcome::committed)
    for (std::size_t i = 0; i < batch.readings.size(); ++i) done_(batch.readings[i], batch.tokens[i]);
  session_free_.cancel();
}

// Until the readings are in the database or set aside; given_up when the server
// stops while the database is away: not acknowledged, they come again.
Awaitable<ReadingWriter::Outcome> ReadingWriter::commit(std::span<const NewReading> readings) {
  std::string refusal;
  switch (co_await until_answered(readings, refusal)) {
    case Attempt::done: co_return Outcome::committed;
    case Attempt::failed: co_return Outcome::given_up;
    case Attempt::refused: break;
  }
  co_return co_await divide(readings, std::move(refusal));
}

// Finds the reading that the database refuses by halving.
Awaitable<ReadingWriter::Outcome> ReadingWriter::divide(std::span<const NewReading> readings, std::string refusal) {
  if (readings.size() == 1) co_return co_await set_aside(readings[0], std::move(refusal));
  const std::size_t half = readings.size() / 2;
  if (co_await commit(readings.first(half)) == Outcome::given_up) co_return Outcome::given_up;
  co_return co_await commit(readings.subspan(half));
}

Awaitable<ReadingWriter::Outcome> ReadingWriter::set_aside(const NewReading& reading, std::string refusal) {
  const Attempt answer = co_await until_answered(std::span(&reading, 1), refusal);
  if (answer == Attempt::failed) co_return Outcome::given_up;
  // Refused even there, which nothing in its schema explains: the log is what is left.
  if (answer == Attempt::refused)
    log::error("reading_lost", {{"device", reading.device},
                                {"measured_at", to_iso8601(reading.measured_at)},
                                {"boot_id", reading.boot_id},
                                {"seq", reading.seq},
                                {"reason", refusal}});
  metrics_.set_aside(SetAside::refused);
  co_return Outcome::committed;
}

Awaitable<ReadingWriter::Attempt> ReadingWriter::until_answered(std::span<const NewReading> readings,
                                                                std::string& refusal) {
  std::chrono::milliseconds wait = kFirstRetry;
  while (true) {
    const Attempt answer = co_await attempt(readings, refusal);
    healthy_ = answer != Attempt::failed;
    if (healthy_ || stopping_) co_return answer;
    co_await sleep_for(wait);
    wait = std::min(wait * 2, kLastRetry);
  }
}

Awaitable<ReadingWriter::Attempt> ReadingWriter::attempt(std::span<const NewReading> readings, std::string& refusal) {
  try {
    if (refusal.empty()) {
      metrics_.committed(co_await repository_.commit(readings));
    } else {
      co_await repository_.set_aside(readings[0], refusal);
    }
    co_return Attempt::done;
  } catch (const postgres::QueryFailed& e) {
    if (is_fault_of_the_data(e)) {
      if (readings.size() == 1)
        log::error("reading_refused", {{"device", readings[0].device}, {"seq", readings[0].seq}, {"reason", e.what()}});
      refusal = e.sqlstate() + " " + e.what();
      co_return Attempt::refused;
    }
    log::error("ingest_waits_for_database", {{"readings", readings.size()}, {"reason", e.what()}});
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) throw;
    log::error("ingest_waits_for_database", {{"readings", readings.size()}, {"reason", e.what()}});
  } catch (const std::exception& e) {
    log::warning("ingest_waits_for_database", {{"readings", readings.size()}, {"reason", e.what()}});
  }
  co_return Attempt::failed;
}

}  // namespace pitview::telemetry
