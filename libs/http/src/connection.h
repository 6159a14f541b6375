// One TCP connection and the requests on it, for as long as it is open.
//
// All calls on the connection's thread. Time limits are not timers of their own:
// the connection notes when its present phase must be over, and its shard looks
// at all connections a few times a second.
#pragma once

#include <atomic>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>

#include "peers.h"
#include "pitview/http/server.h"
#include "response_head.h"
#include "websocket_impl.h"

namespace pitview::http {

// What all connections of a server share; constant once it has started.
struct Shared {
  Shared(Options o, Router r)
      : options(std::move(o)),
        router(std::move(r)),
        proxies(options.trusted_proxies),
        security(security_headers(options.page_sources)) {}

  const Options options;
  const Router router;
  const ProxyList proxies;
  const std::string security;
  AddressCounter addresses;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> websockets = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::size_t> large_bodies = 0;
};

// What the connections of one thread share.
struct ThreadState {
  std::string date;        // the Date header of this moment
  std::mt19937_64 random;  // request ids, which need to differ but not to be secret
};

class Connection {
 public:
  // `refused`: over a connection limit; answers 503 and closes.
  Connection(Socket socket, asio::ip::address peer, bool refused, Shared& shared, ThreadState& thread);

  // Serves until the peer, a limit or the server ends it. Run once, with `cancelled`
  // as its cancellation slot.
  Awaitable<> run();

  void enforce_deadline(std::chrono::steady_clock::time_point now);
  void begin_stop();  // idle: close now; otherwise after the request in flight
  void abort();       // close now

  asio::cancellation_signal cancelled;

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class Phase : std::uint8_t { idle, header, body, handler, write, websocket, linger };
  enum class Read : std::uint8_t { done, closed, timed_out, too_large, malformed };
  struct Exchange;  // one request and its answer

  void enter(Phase phase, std::chrono::milliseconds limit);

  Awaitable<bool> serve_next();
  Awaitable<bool> wait_for_request();
  Awaitable<Read> read_header(Exchange& exchange);
  Awaitable<Read> read_body(Exchange& exchange, std::size_t limit);
  Awaitable<bool> read_more(std::size_t size);
  Awaitable<Response> answer(Exchange& exchange);
  Awaitable<Response> call_handler(Exchange& exchange);
  Awaitable<bool> respond(Exchange& exchange, Response response, bool keep_alive);
  struct Sent {
    std::uint64_t bytes = 0;  // of the body
    bool whole = false;       // the peer has it to its end and knows that
  };
  Awaitable<Sent> send_from(const BodySource& source, bool chunked);
  Awaitable<std::optional<std::string>> next_part(const BodySource& source, std::uint64_t sent);
  Awaitable<bool> write(std::span<const asio::const_buffer> parts);
  void reset_when_closed(bool reset);
  Awaitable<bool> reject(Exchange& exchange, Response response);
  Awaitable<> serve_websocket(Exchange& exchange);
  Awaitable<> run_websocket(Exchange& exchange);
  Awaitable<> refuse();
  Awaitable<> linger();

  std::optional<Response> fill_request(Exchange& exchange);
  Response fault_of(Read outcome, const Exchange& exchange) const;
  std::string new_request_id();
  void finished(const Exchange& exchange, int status, std::uint64_t bytes) const;

  // borrowed
  Shared& shared_;
  ThreadState& thread_;
  // owned
  Socket socket_;
  const asio::ip::address peer_;
  boost::beast::flat_buffer buffer_;
  std::string head_;
  std::shared_ptr<WebSocketImpl> websocket_;
  // state
  Time deadline_ = Time::max();
  Phase phase_ = Phase::idle;
  const bool refused_;
  bool first_ = true;       // no request yet
  bool closing_ = false;    // no further request
  bool timed_out_ = false;  // the present phase took too long
  bool aborted_ = false;
};

}  // namespace pitview::http
