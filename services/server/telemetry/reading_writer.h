// Collects readings into batches and commits them; only then are their messages
// acknowledged. One thread.
//
// While the database is away the batch is tried again and again. A reading that
// the database refuses is found by halving its batch and set aside alone
// (platform.readings_set_aside); it never holds up the others. The queue is bounded by the protocol: a broker sends at
// most 65,535 QoS 1 messages (usually fewer, max_inflight_messages) that are not
// acknowledged. QoS 0 knows no such limit, so its sender is to ask is_full().
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "pitview/async/task_group.h"
#include "pitview/mqtt/client.h"
#include "telemetry/ingest_metrics.h"
#include "telemetry/readings_repository.h"

namespace pitview::telemetry {

class ReadingWriter {
 public:
  // Called for every reading that is committed or set aside.
  using Done = std::function<void(const NewReading&, mqtt::AckToken)>;

  ReadingWriter(asio::any_io_executor executor, ReadingsRepository& readings, IngestMetrics& metrics, Done done);

  void add(const NewReading& reading, mqtt::AckToken token);
  bool is_full() const noexcept;
  // Hands out the tokens of the numbered readings that wait, to be acknowledged now;
  // done() gets empty ones for them.
  void release_numbered(const std::function<void(mqtt::AckToken)>& acknowledge);

  // Until stop() has been called and what was added before is committed, or, when
  // the database is away by then, left unacknowledged.
  Awaitable<> run();
  void stop();

  bool healthy() const noexcept { return healthy_; }
  std::size_t waiting() const noexcept { return readings_.size(); }

 private:
  struct Batch {
    std::vector<NewReading> readings;
    std::vector<mqtt::AckToken> tokens;  // of the readings, by index
  };
  Awaitable<> wait_for_batch();
  Awaitable<> wait_for_session();
  bool gives_up() const noexcept;
  Batch take_batch();
  Awaitable<> commit_batch(Batch batch);
  enum class Outcome { committed, given_up };
  enum class Attempt { done, refused, failed };
  Awaitable<Outcome> commit(std::span<const NewReading> readings);
  Awaitable<Outcome> divide(std::span<const NewReading> readings, std::string refusal);
  Awaitable<Outcome> set_aside(const NewReading& reading, std::string refusal);
  // `refusal`: why they are to be set aside; empty: they are to be stored. Then it
  // says why they were refused.
  Awaitable<Attempt> attempt(std::span<const NewReading> readings, std::string& refusal);
  Awaitable<Attempt> until_answered(std::span<const NewReading> readings, std::string& refusal);

  ReadingsRepository& repository_;
  IngestMetrics& metrics_;
  Done done_;
  asio::steady_timer wake_;          // for run(): there is something to commit
  asio::steady_timer session_free_;  // for run(): a commit has ended
  TaskGroup commits_;
  std::chrono::steady_clock::time_point oldest_added_;  // of readings_
  std::vector<NewReading> readings_;
  std::vector<mqtt::AckToken> tokens_;  // of readings_, by index
  bool stopping_ = false;
  bool healthy_ = true;  // the last commit succeeded
};

}  // namespace pitview::telemetry
