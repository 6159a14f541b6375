// Keeps the broker in line with the database: an account for every claimed device,
// none for the others, and the retained desired state of each.
//
// Everything is looked at again after every connection to the broker, so that one
// that lost its data, or was changed by hand, is mended; one device whenever it
// changes. What fails, because the broker or the database is away, is tried again.
//
// One thread, that of the link, except where it says otherwise.
#pragma once

#include <functional>
#include <optional>
#include <unordered_set>
#include <vector>

#include "broker/link.h"
#include "devices/broker_accounts.h"
#include "devices/device_states.h"

namespace pitview::devices {

class BrokerSync {
 public:
  struct Parts {
    broker::Link& link;
    DevicesRepository& devices;
    const crypto::Key256& data_key;
  };
  explicit BrokerSync(Parts parts);

  // Where another server keeps the accounts: `notify`, which may be called on the link's thread, tells it
  // that a device has changed. Instead of start().
  void leave_accounts_to(std::function<void(DeviceKey)> notify) { notify_keeper_ = std::move(notify); }

  void start();
  Awaitable<> stop();

  void on_connected();
  // Another server has changed it.
  void device_changed(DeviceKey device);
  void on_control_answer(const std::string& payload);

  // From any thread. Sends what was decided and sees to the account. True when the
  // broker has it; if not, the retained state reaches the device later by itself.
  Awaitable<bool> tell(Told told);

 private:
  Awaitable<> run();
  Awaitable<> wait_for_work();
  Awaitable<bool> mend_everything();
  Awaitable<bool> mend(DeviceKey device);
  Awaitable<bool> send(Told told);
  Awaitable<std::optional<BrokerAccounts>> accounts_at_broker();
  Awaitable<bool> apply(std::vector<std::string> commands);
  Awaitable<bool> publish_state(const BrokerDevice& device);
  Awaitable<std::optional<Answer>> ask(std::vector<std::string> commands, BrokerAccounts& accounts);
  std::optional<Account> account_of(const BrokerDevice& device) const;

  Parts parts_;
  std::function<void(DeviceKey)> notify_keeper_;
  TaskGroup tasks_;
  asio::steady_timer wake_;    // for run()
  asio::steady_timer answer_;  // for ask()
  bool everything_ = false;    // to be mended
  std::unordered_set<DeviceKey> changed_;
  // The session outlives the process: an answer to the one before must not fit.
  const std::string process_ = crypto::random_token(6);
  std::uint64_t last_correlation_ = 0;
  std::string awaited_;  // the correlation of the question that was asked; "" for none
  std::optional<std::string> answer_payload_;
};

}  // namespace pitview::devices
