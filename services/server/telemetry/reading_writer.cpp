#include "telemetry/reading_writer.h"

#include <algorithm>

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::telemetry {
namespace {

constexpr std::size_t kQueue = 20'000;
constexpr std::size_t kBatch = 2'000;  // beyond it a larger batch is no faster (docs/design/ingest.md)
constexpr std::chrono::milliseconds kLinger{20};
constexpr std::chrono::milliseconds kFirstRetry{200};
constexpr std::chrono::milliseconds kLastRetry{5'000};

// Class 22 (data exception) and 23 (constraint violation) blame the row; all else,
// a read-only standby, a full disk, a timeout, will pass.
bool is_fault_of_the_data(const postgres::QueryFailed& e) {
  return e.sqlstate().starts_with("22") || e.sqlstate().starts_with("23");
}

}  // namespace

ReadingWriter::ReadingWriter(asio::any_io_executor executor, ReadingsRepository& readings, IngestMetrics& metrics,
                             Done done)
    : repository_(readings), metrics_(metrics), done_(std::move(done)), wake_(executor) {}

bool ReadingWriter::is_full() const noexcept { return readings_.size() >= kQueue; }

void ReadingWriter::add(const NewReading& reading, mqtt::AckToken token) {
  readings_.push_back(reading);
  tokens_.push_back(token);
  if (readings_.size() == 1 || readings_.size() == kBatch) wake_.cancel();
}

void ReadingWriter::stop() {
  stopping_ = true;
  wake_.cancel();
}

Awaitable<> ReadingWriter::run() {
  while (true) {
    co_await wait_for_batch();
    if (readings_.empty()) co_return;
    // Moved out whole: what arrives during the commit is the next batch.
    std::vector<NewReading> readings = std::exchange(readings_, {});
    std::vector<mqtt::AckToken> tokens = std::exchange(tokens_, {});
    for (std::size_t begin = 0; begin < readings.size(); begin += kBatch) {
      const std::size_t count = std::min(kBatch, readings.size() - begin);
      const Outcome outcome = co_await commit(std::span(readings).subspan(begin, count));
      if (outcome == Outcome::given_up) co_return;
      for (std::size_t i = begin; i < begin + count; ++i) done_(readings[i], tokens[i]);
    }
  }
}

// Ends with something to commit, or with nothing when stopping.
Awaitable<> ReadingWriter::wait_for_batch() {
  error_code ignored;
  while (readings_.empty() && !stopping_) {
    wake_.expires_at(asio::steady_timer::time_point::max());
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  if (readings_.size() < kBatch && !stopping_) {
    wake_.expires_after(kLinger);
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

// Until the readings are in the database or set aside; given_up when the server
// stops while the database is away: not acknowledged, they come again.
Awaitable<ReadingWriter::Outcome> ReadingWriter::commit(std::span<const NewReading> readings) {
  std::chrono::milliseconds wait = kFirstRetry;
  while (true) {
    bool refused = false;
    try {
      const std::int64_t inserted = co_await repository_.commit(readings);
      metrics_.committed(readings.size(), static_cast<std::size_t>(inserted));
      healthy_ = true;
      co_return Outcome::committed;
    } catch (const postgres::QueryFailed& e) {
      refused = is_fault_of_the_data(e);
      log::error(refused ? "readings_refused" : "ingest_waits_for_database",
                 {{"readings", readings.size()}, {"device", readings[0].device}, {"reason", e.what()}});
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      log::error("ingest_waits_for_database", {{"readings", readings.size()}, {"reason", e.what()}});
    } catch (const std::exception& e) {
      log::warning("ingest_waits_for_database", {{"readings", readings.size()}, {"reason", e.what()}});
    }
    if (refused) co_return co_await set_aside(readings);
    healthy_ = false;
    if (stopping_) co_return Outcome::given_up;
    co_await sleep_for(wait);
    wait = std::min(wait * 2, kLastRetry);
  }
}

// Finds the reading that the database refuses by halving.
Awaitable<ReadingWriter::Outcome> ReadingWriter::set_aside(std::span<const NewReading> readings) {
  if (readings.size() == 1) {
    metrics_.refused(Refusal::database);
    co_return Outcome::committed;
  }
  const std::size_t half = readings.size() / 2;
  if (co_await commit(readings.first(half)) == Outcome::given_up) co_return Outcome::given_up;
  co_return co_await commit(readings.subspan(half));
}

}  // namespace pitview::telemetry
