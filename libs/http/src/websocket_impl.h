// What is behind a WebSocket: Beast's stream, the queue and the writer.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "pitview/async/asio.h"
#include "pitview/http/server.h"
#include "pitview/http/websocket.h"

namespace pitview::http {

using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;

class WebSocketImpl {
 public:
  WebSocketImpl(Socket socket, const WebSocketLimits& limits);
  ~WebSocketImpl();

  // The server's side of the handshake. False: it failed, the connection is lost.
  Awaitable<bool> accept(BeastRequest request);

  // Sends what is queued until the connection closes, then the close frame. One
  // coroutine of the connection runs it beside the handler.
  Awaitable<> write_loop();

  // Drops the TCP connection; every pending operation then ends.
  void abort();
  // When a peer that does not answer the close frame is given up.
  std::optional<std::chrono::steady_clock::time_point> close_deadline() const { return close_deadline_; }

  bool send(std::shared_ptr<const std::string> text, std::uint64_t supersedes);
  Awaitable<std::optional<std::string>> receive();
  void close(std::uint16_t code, std::string_view reason);
  bool closing() const { return lost_ || close_deadline_.has_value(); }
  std::size_t queued() const { return queue_.size(); }
  std::size_t superseded() const { return superseded_; }
  asio::any_io_executor executor() const { return executor_; }

 private:
  struct Stream;
  struct Queued {
    std::shared_ptr<const std::string> text;
    std::uint64_t supersedes;
  };

  bool has_fallen_behind() const;
  void drop_superseded(std::uint64_t supersedes);
  void wake_writer();
  void lose();

  asio::any_io_executor executor_;
  const WebSocketLimits& limits_;
  std::unique_ptr<Stream> stream_;
  asio::steady_timer wakeup_;  // never expires; cancelled when the writer has work
  std::deque<Queued> queue_;   // the first one is being written
  std::size_t queued_bytes_ = 0;
  std::size_t superseded_ = 0;
  std::chrono::steady_clock::time_point write_began_;
  std::optional<std::chrono::steady_clock::time_point> close_deadline_;
  std::uint16_t close_code_ = 0;
  std::string close_reason_;
  bool lost_ = false;  // nothing can be sent any more
};

}  // namespace pitview::http
