// The MQTT sessions that readings come in by: our own and, when another server
// has died, its session until it is back (cluster/adoption.h).
//
// Of several servers each is a member of one shared subscription: the broker deals
// every reading to one of them. They are persistent: what arrives while nobody
// serves one waits. Mosquitto 2.0 forgets shared subscriptions when it is itself
// restarted: until the servers are back, some seconds, readings then reach nobody,
// and their devices repeat them.
//
// One thread, that of `executor`.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "broker/link.h"
#include "cluster/adoption.h"
#include "pitview/async/task_group.h"

namespace pitview::telemetry {

class IngestSessions {
 public:
  // Where servers say whose session they serve; retained.
  static constexpr std::string_view kNoticeTopics = "pitview/ingest/";

  struct Options {
    mqtt::ClientOptions broker;  // host, account; `client_id` is the stem of all
    std::string server_name;     // "": we are alone
    std::chrono::milliseconds grace{10'000};
  };
  using OnMessage = std::function<void(mqtt::Message)>;

  IngestSessions(broker::Link& link, Options options);
  ~IngestSessions();

  // Connects, and again whenever the connection was lost. Once.
  void start(OnMessage on_message);
  // Says goodbye and returns when nothing runs.
  Awaitable<> stop();

  bool connected() const noexcept;
  // From any thread.
  std::size_t adopted() const noexcept { return adopted_count_.load(); }

  // Of a message of any of the sessions.
  void acknowledge(mqtt::AckToken token, mqtt::AckOrder order);

  // A retained message below kNoticeTopics has come.
  void noted(const mqtt::Message& message);

 private:
  struct Session;

  std::unique_ptr<Session> open(const std::string& server_name, bool ours);
  Awaitable<> serve_adopted(std::string server_name);
  Awaitable<> watch_for_orphans();
  void say(const std::string& server_name, cluster::SessionNotice notice);
  Awaitable<> say_later(std::string server_name, std::string payload);
  Awaitable<bool> say_orphaned();
  Awaitable<bool> publish_notice(std::string server_name, std::string payload);

  broker::Link& link_;
  Options options_;
  OnMessage on_message_;
  cluster::Adoption adoption_;
  std::uint64_t sessions_opened_ = 0;
  std::unique_ptr<Session> own_;
  std::map<std::string, std::unique_ptr<Session>> adopted_;  // by server name
  std::atomic<std::size_t> adopted_count_ = 0;
  bool stopping_ = false;
  TaskGroup tasks_;
  TaskGroup session_tasks_;
  asio::steady_timer wake_;
};

}  // namespace pitview::telemetry
