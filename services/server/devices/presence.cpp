#include "devices/presence.h"

#include "devices/device_status_event.h"
#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::devices {

namespace {

using telemetry::Refusal;
using telemetry::Refused;
using telemetry::StatusReport;

constexpr std::chrono::milliseconds kGather{20};
constexpr std::chrono::seconds kRetry{2};
constexpr std::size_t kBatch = 500;

// What a report does not say stays as it was.
StatusReport joined(StatusReport older, const StatusReport& newer) {
  older.status = newer.status;
  if (newer.boot_id) older.boot_id = newer.boot_id;
  if (newer.state_version) older.state_version = newer.state_version;
  if (newer.fw) older.fw = newer.fw;
  if (newer.hw_rev) older.hw_rev = newer.hw_rev;
  return older;
}

}  // namespace

Presence::Presence(Parts parts) : parts_(parts), tasks_(parts.link.executor()), wake_(parts.link.executor()) {}

void Presence::start() { tasks_.spawn("device_presence", write_records()); }

Awaitable<> Presence::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

void Presence::handle(const mqtt::Message& message) {
  if (const auto refused = take(message)) parts_.refusals.note(message, *refused);
  parts_.link.acknowledge(message.token);
}

std::optional<Refused> Presence::take(const mqtt::Message& message) {
  const telemetry::Topic topic = telemetry::parse_topic(message.topic);
  if (topic.kind != telemetry::TopicKind::device_status)
    return Refused{Refusal::unknown_topic, "not the topic of a status"};
  // How the server takes back what a retired device had left behind.
  if (message.payload.empty()) return std::nullopt;
  const auto report = telemetry::parse_device_status(message.payload);
  if (!report) return Refused{Refusal::invalid_payload, "status must be online, offline or disabled"};
  telemetry::Device* device = parts_.directory.find(topic.device_id);
  if (device == nullptr)
    return Refused{Refusal::unknown_device, std::string(kUnknownLicence), std::string(topic.device_id)};
  if (!device->status_budget.take(std::chrono::steady_clock::now()))
    return Refused{Refusal::too_many, device->device_id};
  if (topic.workshop_code != device->workshop_code)
    return Refused{Refusal::topic_mismatch, "the device belongs to another workshop", device->device_id};
  parts_.kill_switch.reported(*device, *report);
  // After every connection the broker repeats what it has stored: no news.
  const auto recorded = recorded_.find(device->key);
  if (message.retain && recorded != recorded_.end() && recorded->second == *report) return std::nullopt;
  const bool online = report->status != "offline";
  (online ? device->heard_at : device->offline_at) = parts_.clock.now();
  if (online != device->online) announce(*device, online);
  record(*device, *report);
  return std::nullopt;
}

// Readings and statuses come by different connections: one that was measured before
// the device went is no sign that it is back.
void Presence::heard(telemetry::Device& device, Timestamp measured_at) {
  if (!device.online && measured_at <= device.offline_at) return;
  device.heard_at = parts_.clock.now();
  if (device.online) return;
  announce(device, true);
  record(device, {.status = "online"});
}

void Presence::licence_refused(const telemetry::Device& device) { parts_.kill_switch.licence_refused(device); }

void Presence::heard(DeviceKey key, Timestamp measured_at) {
  if (telemetry::Device* device = parts_.directory.find(key)) heard(*device, measured_at);
}

void Presence::licence_refused(DeviceKey key) {
  if (const telemetry::Device* device = parts_.directory.find(key)) licence_refused(*device);
}

void Presence::announce(telemetry::Device& device, bool online) {
  device.online = online;
  const std::string status = online ? "online" : "offline";
  publish_device_status(parts_.hub, device.workshop, device.pit, status, parts_.clock.now());
}

void Presence::record(const telemetry::Device& device, StatusReport report) {
  const auto [waiting, is_first] = waiting_.try_emplace(device.key, report);
  if (!is_first) waiting->second = joined(std::move(waiting->second), report);
  if (waiting_.size() == 1) wake_.cancel();
}

Awaitable<> Presence::write_records() {
  while (true) {
    co_await wait_for_records();
    std::vector<DeviceReport> reports = take_records();
    bool written = false;
    try {
      co_await parts_.devices.record_reports(reports, parts_.clock.now());
      written = true;
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      log::warning("device_status_waits_for_database", {{"devices", reports.size()}, {"reason", e.what()}});
    } catch (const std::exception& e) {
      log::warning("device_status_waits_for_database", {{"devices", reports.size()}, {"reason", e.what()}});
    }
    if (written) {
      for (DeviceReport& report : reports) recorded_.insert_or_assign(report.device, std::move(report.said));
    } else {
      keep_for_later(std::move(reports));
      co_await sleep_for(kRetry);
    }
  }
}

// Thousands of devices that report at once, after a restart of the broker, share
// a few transactions.
Awaitable<> Presence::wait_for_records() {
  error_code ignored;
  while (waiting_.empty()) {
    wake_.expires_at(asio::steady_timer::time_point::max());
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_await sleep_for(kGather);
}

std::vector<DeviceReport> Presence::take_records() {
  std::vector<DeviceReport> reports;
  while (!waiting_.empty() && reports.size() < kBatch) {
    auto node = waiting_.extract(waiting_.begin());
    reports.push_back({node.key(), std::move(node.mapped())});
  }
  return reports;
}

// What was said meanwhile is newer.
void Presence::keep_for_later(std::vector<DeviceReport> reports) {
  for (DeviceReport& report : reports) {
    const auto [waiting, is_first] = waiting_.try_emplace(report.device, report.said);
    if (!is_first) waiting->second = joined(std::move(report.said), waiting->second);
  }
}

}  // namespace pitview::devices
