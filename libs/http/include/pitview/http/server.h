// The HTTP/1.1 and WebSocket listener. HTTP/2 and TLS are the reverse proxy's.
//
// One thread of the Runtime accepts and deals the connections out in turn; a
// connection then stays on its thread for good. Handlers run there too, one at a
// time per connection (pipelined requests wait for each other).
//
// Every bound is an option; what runs over it is answered and closed: header
// 431, body 413 (by the route), time 408, connections 503.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/async/runtime.h"
#include "pitview/http/router.h"

namespace pitview::http {

// A request that has been answered, for metrics and the access log.
struct Finished {
  const Request& request;
  std::string_view route;  // the pattern; "" when none matched
  int status = 0;          // 101 for a WebSocket that has ended
  std::chrono::nanoseconds duration{};
  std::uint64_t bytes = 0;  // of the response body
};

struct WebSocketLimits {
  std::size_t queue_messages = 1000;
  // A peer has fallen behind, and what is superseded is dropped, when more than so
  // many messages wait and the kernel has not taken the first for so long.
  std::size_t queue_keeps_up = 64;
  std::chrono::milliseconds write_keeps_up{100};
  std::size_t queue_bytes = std::size_t{4} * 1024 * 1024;
  std::size_t inbound_bytes = std::size_t{16} * 1024;  // of one message; more closes with 1009
  std::chrono::milliseconds ping_interval{std::chrono::seconds(25)};
  std::chrono::milliseconds close_timeout{std::chrono::seconds(5)};  // to flush and shake hands
};

struct Options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one, see Server::port()

  std::size_t max_connections = 10'000;
  std::size_t max_connections_per_address = 200;     // trusted proxies are exempt
  std::size_t header_limit = std::size_t{8} * 1024;  // bytes: request line and all headers
  // Requests with a body of more than 64 KiB at once, from their header to their answer:
  // read whole into memory before anybody is asked who sends it. One more gets 503.
  std::size_t max_large_bodies = 8;
  std::chrono::milliseconds header_timeout{std::chrono::seconds(10)};
  std::chrono::milliseconds body_timeout{std::chrono::seconds(30)};
  std::chrono::milliseconds idle_timeout{std::chrono::seconds(75)};  // between requests
  std::chrono::milliseconds write_timeout{std::chrono::seconds(30)};
  WebSocketLimits websocket;

  // Addresses or networks ("10.0.0.0/8") whose X-Forwarded-For, X-Forwarded-Proto
  // and X-Request-Id are believed.
  std::vector<std::string> trusted_proxies;
  // Origins besides the request's own Host that may open a WebSocket, as the
  // browser writes them: "https://app.example.com".
  std::vector<std::string> allowed_origins;
  // Where pages of ours may load data and pictures from, besides here; as in a
  // Content-Security-Policy: "https://video.example.com".
  std::vector<std::string> page_sources;
  // Whose pages may read our answers (CORS): an origin, or "*" where a token in the
  // request, and nothing that a browser sends by itself, opens anything. "": nobody's.
  std::string readable_by;

  // Called on the connection's thread; must be thread-safe and quick.
  std::function<void(const Finished&)> on_finished;
};

class Server {
 public:
  // std::invalid_argument for an address or network that is none.
  Server(Runtime& runtime, Options options, Router router);
  // Precondition: stop() has returned, or the runtime has stopped for good.
  ~Server();

  // Opens the port and begins to accept once the runtime runs. std::runtime_error
  // with one sentence for a person ("port 18080 on 127.0.0.1 is taken").
  void start();
  std::uint16_t port() const noexcept;

  // Accepts no more, closes WebSockets with 1001 and idle connections at once,
  // lets requests in flight finish; what still runs at the deadline is cancelled.
  // Returns when nothing runs. On a thread of the runtime.
  Awaitable<> stop(std::chrono::milliseconds deadline);

  // For metrics, from any thread.
  std::size_t connections() const noexcept;
  std::size_t websockets() const noexcept;
  std::uint64_t connections_refused() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pitview::http
