#include "devices/broker_sync.h"

#include <algorithm>

#include "devices/device_secrets.h"
#include "pitview/async/deadline.h"
#include "pitview/base/log.h"
#include "pitview/json/write.h"

namespace pitview::devices {
namespace {

constexpr std::chrono::seconds kAnswerLimit{10};
constexpr std::chrono::seconds kRetry{2};
constexpr int kPage = 40;                         // accounts in one answer, so that it fits one message
constexpr std::size_t kMaxRequestBytes = 32'000;  // the broker takes messages up to 64 KB

std::string topic_of(const std::string& workshop_code, const std::string& device_id, const char* what) {
  return "workshop/" + workshop_code + "/device/" + device_id + "/" + what;
}

}  // namespace

BrokerSync::BrokerSync(Parts parts)
    : parts_(parts), tasks_(parts.link.executor()), wake_(parts.link.executor()), answer_(parts.link.executor()) {}

void BrokerSync::start() { tasks_.spawn("broker_sync", run()); }

Awaitable<> BrokerSync::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

void BrokerSync::on_connected() {
  everything_ = true;
  wake_.cancel();
}

void BrokerSync::on_control_answer(const std::string& payload) {
  // Answers to what was given up, or was asked before a restart, are none of ours.
  BrokerAccounts ignored;
  const Result<Answer> answer = read_answer(payload, ignored);
  if (!answer || awaited_.empty() || answer->correlation != awaited_) return;
  answer_payload_ = payload;
  answer_.cancel();
}

Awaitable<bool> BrokerSync::tell(Told told) {
  co_return co_await asio::co_spawn(parts_.link.executor(), send(std::move(told)), asio::use_awaitable);
}

void BrokerSync::device_changed(DeviceKey device) {
  changed_.insert(device);
  wake_.cancel();
}

Awaitable<bool> BrokerSync::send(Told told) {
  if (notify_keeper_) {
    notify_keeper_(told.key);
  } else {
    device_changed(told.key);
  }
  bool sent = told.state.has_value();
  if (told.command)
    sent = (co_await parts_.link.publish(topic_of(told.workshop_code, told.device_id, "command"),
                                         json::write(*told.command), mqtt::QoS::at_least_once))
               .has_value();
  if (told.state)
    sent = (co_await parts_.link.publish(topic_of(told.workshop_code, told.device_id, "config"),
                                         json::write(*told.state), mqtt::QoS::at_least_once, true))
               .has_value() &&
           sent;
  co_return sent;
}

Awaitable<> BrokerSync::run() {
  while (true) {
    co_await wait_for_work();
    bool done = false;
    try {
      if (std::exchange(everything_, false)) {
        changed_.clear();
        done = co_await mend_everything();
        everything_ = everything_ || !done;
      } else {
        const DeviceKey device = *changed_.begin();
        changed_.erase(changed_.begin());
        done = co_await mend(device);
        if (!done) changed_.insert(device);
      }
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      everything_ = true;
      log::warning("broker_accounts_wait", {{"reason", e.what()}});
    } catch (const std::exception& e) {
      everything_ = true;
      log::warning("broker_accounts_wait", {{"reason", e.what()}});
    }
    if (!done) co_await sleep_for(kRetry);
  }
}

Awaitable<> BrokerSync::wait_for_work() {
  while (!parts_.link.connected() || (!everything_ && changed_.empty())) {
    wake_.expires_at(asio::steady_timer::time_point::max());
    error_code ignored;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
}

std::optional<Account> BrokerSync::account_of(const BrokerDevice& device) const {
  if (device.retired) return std::nullopt;
  auto password = open_mqtt_password(parts_.data_key, device.device_id, device.mqtt_password_sealed);
  if (!password) {
    log::error("mqtt_password_does_not_open", {{"device", device.device_id}});
    return std::nullopt;
  }
  return Account{device.device_id, std::move(*password), device.workshop_code, device.pit_number};
}

Awaitable<bool> BrokerSync::mend_everything() {
  const auto devices = co_await parts_.devices.broker_devices(std::nullopt);
  std::vector<Account> wanted;
  for (const BrokerDevice& device : devices)
    if (auto account = account_of(device)) wanted.push_back(std::move(*account));
  const auto actual = co_await accounts_at_broker();
  if (!actual) co_return false;
  std::vector<std::string> commands = commands_for(wanted, *actual);
  const std::size_t mended = commands.size();
  if (!co_await apply(std::move(commands))) co_return false;
  for (const BrokerDevice& device : devices)
    if (!co_await publish_state(device)) co_return false;
  log::info("broker_accounts_agree", {{"devices", wanted.size()}, {"mended", mended}});
  co_return true;
}

Awaitable<bool> BrokerSync::mend(DeviceKey key) {
  const auto devices = co_await parts_.devices.broker_devices(key);
  if (devices.empty()) co_return true;
  const BrokerDevice& device = devices.front();
  BrokerAccounts actual;
  std::vector<std::string> questions = {get_client(device.device_id), get_role(device.device_id)};
  if (!co_await ask(std::move(questions), actual)) co_return false;
  // A device that goes is told first, as long as it can be.
  if (!co_await publish_state(device)) co_return false;
  co_return co_await apply(commands_for(device.device_id, account_of(device), actual));
}

// A retired device leaves nothing retained behind.
Awaitable<bool> BrokerSync::publish_state(const BrokerDevice& device) {
  const auto publish = [&](const char* what, std::string payload) {
    return parts_.link.publish(topic_of(device.workshop_code, device.device_id, what), std::move(payload),
                               mqtt::QoS::at_least_once, true);
  };
  if (device.retired) co_return (co_await publish("config", "")) && (co_await publish("status", ""));
  const auto state = sign(parts_.data_key, device.device_id, device.command_key_sealed, device.state);
  if (!state) co_return true;
  co_return (co_await publish("config", json::write(*state))).has_value();
}

Awaitable<std::optional<BrokerAccounts>> BrokerSync::accounts_at_broker() {
  BrokerAccounts actual;
  for (int offset = 0, total = 1; offset < total; offset += kPage) {
    const auto answer = co_await ask({list_clients(offset, kPage)}, actual);
    if (!answer) co_return std::nullopt;
    total = answer->total;
  }
  for (int offset = 0, total = 1; offset < total; offset += kPage) {
    const auto answer = co_await ask({list_roles(offset, kPage)}, actual);
    if (!answer) co_return std::nullopt;
    total = answer->total;
  }
  co_return actual;
}

Awaitable<bool> BrokerSync::apply(std::vector<std::string> commands) {
  std::size_t next = 0;
  while (next < commands.size()) {
    std::vector<std::string> batch;
    for (std::size_t bytes = 0; next < commands.size() && bytes < kMaxRequestBytes; ++next) {
      bytes += commands[next].size();
      batch.push_back(std::move(commands[next]));
    }
    BrokerAccounts ignored;
    const auto answer = co_await ask(std::move(batch), ignored);
    if (!answer) co_return false;
    // The commands carry passwords, these sentences do not.
    for (const std::string& error : answer->errors) log::error("broker_account_refused", {{"reason", error}});
    if (!answer->errors.empty()) co_return false;
  }
  co_return true;
}

// One question at a time; empty when the broker does not answer.
Awaitable<std::optional<Answer>> BrokerSync::ask(std::vector<std::string> commands, BrokerAccounts& accounts) {
  awaited_ = process_ + "." + std::to_string(++last_correlation_);
  answer_payload_.reset();
  answer_.expires_after(kAnswerLimit);
  const Result<> asked =
      co_await parts_.link.publish(broker::kControlTopic, request_of(commands, awaited_), mqtt::QoS::at_least_once);
  if (asked && !answer_payload_) {
    error_code ignored;
    co_await answer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  awaited_.clear();
  if (!answer_payload_) {
    log::warning("broker_did_not_answer", {{"asked", asked.has_value()}});
    co_return std::nullopt;
  }
  Result<Answer> answer = read_answer(*answer_payload_, accounts);
  if (!answer) co_return std::nullopt;
  co_return std::move(*answer);
}

}  // namespace pitview::devices
