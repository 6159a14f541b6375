// The registry behind /metrics and what the HTTP server adds to it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "pitview/http/server.h"

namespace prometheus {
class Registry;
}

namespace pitview::system {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  prometheus::Registry& registry() noexcept;

  // Counts the request by route and status and its time in a histogram. Thread-safe.
  void request_finished(const http::Finished& finished);

  // A value that is asked for at every scrape, on the scraping thread.
  void add_gauge(const std::string& name, const std::string& help, std::function<double()> read);

  // Prometheus text format 0.0.4.
  std::string text();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pitview::system
