// pitview-server running: in which order its parts start and stop.
#pragma once

#include "app/services.h"
#include "pitview/async/task_group.h"
#include "pitview/http/server.h"

namespace pitview::app {

class ServerApp {
 public:
  // ConfigError for key files that cannot be read.
  explicit ServerApp(Config config);

  // Until SIGTERM or SIGINT; 0 after a clean stop. std::runtime_error with one
  // sentence when the port is taken.
  int run();

 private:
  http::Router make_router();
  http::Options http_options();
  Awaitable<> start();
  Awaitable<bool> try_start();
  Awaitable<> keep_house();
  Awaitable<> roll_up();
  Awaitable<> stop();
  Awaitable<> stop_on_signal();
  Awaitable<> start_parts();
  void on_connected();
  void on_message(mqtt::Message message);
  bool healthy() const;

  Config config_;
  Services services_;
  TaskGroup tasks_;
  http::Server server_;
  int exit_code_ = 0;
};

}  // namespace pitview::app
