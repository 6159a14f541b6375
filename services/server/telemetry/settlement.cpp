#include "telemetry/settlement.h"

#include <boost/describe/class.hpp>

#include "pitview/json/write.h"

namespace pitview::telemetry {

struct SettlementPayload {
  std::int32_t boot_id = 0;
  std::vector<std::vector<std::int32_t>> ranges;
};
BOOST_DESCRIBE_STRUCT(SettlementPayload, (), (boot_id, ranges))

namespace {

constexpr std::chrono::seconds kInterval{1};
constexpr std::chrono::milliseconds kTick{100};

}  // namespace

std::string settlement_message(std::int32_t boot_id, const std::vector<SettledRanges::Range>& ranges) {
  SettlementPayload payload{.boot_id = boot_id};
  for (const SettledRanges::Range& range : ranges) payload.ranges.push_back({range[0], range[1]});
  return json::write(payload);
}

Settlement::Settlement(asio::any_io_executor executor, IsConnected is_connected, Publish publish)
    : is_connected_(std::move(is_connected)), publish_(std::move(publish)), wake_(std::move(executor)) {}

void Settlement::add(const std::string& workshop_code, const std::string& device_id, std::int32_t boot_id,
                     std::int32_t seq) {
  std::string key = "workshop/" + workshop_code + "/device/" + device_id + "/ack#" + std::to_string(boot_id);
  auto found = waiting_.find(key);
  if (found == waiting_.end()) {
    if (waiting_.size() >= kMaxWaiting) return;
    found = waiting_.emplace(std::move(key), Waiting{.boot_id = boot_id}).first;
  }
  found->second.ranges.add(seq);
  if (sleeping_) wake_.cancel();
}

Awaitable<> Settlement::run() {
  while (true) {
    co_await wait();
    if (is_connected_()) co_await publish_all(take_due(std::chrono::steady_clock::now()));
  }
}

Awaitable<> Settlement::flush() {
  for (auto messages = take_due(Time::max()); !messages.empty(); messages = take_due(Time::max()))
    co_await publish_all(std::move(messages));
}

Awaitable<> Settlement::publish_all(std::vector<std::pair<std::string, std::string>> messages) {
  for (auto& [topic, payload] : messages) co_await publish_(std::move(topic), std::move(payload));
}

// For the first one as long as there is none, for the next tick otherwise.
Awaitable<> Settlement::wait() {
  sleeping_ = waiting_.empty();
  if (sleeping_) {
    wake_.expires_at(Time::max());
  } else {
    wake_.expires_after(kTick);
  }
  error_code ignored;
  co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  sleeping_ = false;
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

std::vector<std::pair<std::string, std::string>> Settlement::take_due(Time now) {
  std::vector<std::pair<std::string, std::string>> messages;
  for (auto entry = waiting_.begin(); entry != waiting_.end();) {
    Waiting& waiting = entry->second;
    if (waiting.due > now) {
      ++entry;
      continue;
    }
    if (waiting.ranges.empty()) {  // nothing came for an interval
      entry = waiting_.erase(entry);
      continue;
    }
    messages.emplace_back(entry->first.substr(0, entry->first.find('#')),
                          settlement_message(waiting.boot_id, waiting.ranges.take(kMaxRanges)));
    if (now != Time::max()) waiting.due = now + kInterval;
    ++entry;
  }
  return messages;
}

}  // namespace pitview::telemetry
