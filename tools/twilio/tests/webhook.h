// Where receipts go in a test: an HTTP server on loopback that keeps what it is told.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pitview/http/server.h"

namespace pitview::messaging {

class Webhook {
 public:
  Webhook();
  ~Webhook();
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  std::string url() const;  // without a query
  // In the order in which they came.
  std::vector<http::Request> requests() const;

 private:
  Awaitable<http::Response> on_post(const http::Request& request);

  mutable std::mutex mutex_;
  std::vector<http::Request> requests_;
  Runtime runtime_{1};
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

}  // namespace pitview::messaging
