// The core's HTTP port over Beast: one request at a time, plain HTTP only (the simulator
// talks to a server on the same machine).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "core/ports.h"
#include "device/network.h"
#include "pitview/async/asio.h"

namespace pitview::sim {

class HttpPort final : public fw::HttpPort {
 public:
  HttpPort(asio::any_io_executor executor, const Network& network, std::function<void()> wake);
  ~HttpPort() override;

  bool start(const fw::HttpRequest& request) override;
  void cancel() override;
  bool next(fw::HttpEvent& event) override;

 private:
  struct Exchange;
  struct Event {
    fw::HttpEvent::Kind kind = fw::HttpEvent::Kind::failed;
    int status = 0;
    std::string body;
  };
  static Awaitable<> perform(std::shared_ptr<Exchange> exchange);
  void finish(int status, const std::string& body);
  void fail();

  asio::any_io_executor executor_;
  const Network& network_;
  std::function<void()> wake_;
  std::shared_ptr<Exchange> exchange_;
  std::deque<Event> events_;
  Event current_;
};

}  // namespace pitview::sim
