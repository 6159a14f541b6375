// One WebSocket connection of a browser (RFC 6455), text messages both ways.
//
// Belongs to one thread: every call on executor(). Another thread posts there.
// The connection lives as long as its handler; a handler that returns closes it.
//
//   Awaitable<> live(const Request& request, WebSocket& socket) {
//     Subscription subscription = hub.subscribe(socket, …);   // calls socket.send()
//     while (auto message = co_await socket.receive()) { … }
//   }
//
// The server pings a peer it has not heard from for the ping interval and closes
// the connection when the peer stays silent as long again; both are noticed only
// while receive() waits, so a handler sits in receive() whenever it has nothing
// else to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/async/asio.h"

namespace pitview::http {

inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kCloseTooBig = 1009;
inline constexpr std::uint16_t kCloseInternalError = 1011;
inline constexpr std::uint16_t kCloseTryAgainLater = 1013;
inline constexpr std::uint16_t kCloseUnauthenticated = 4401;
inline constexpr std::uint16_t kCloseForbidden = 4403;

class WebSocketImpl;

class WebSocket {
 public:
  explicit WebSocket(std::shared_ptr<WebSocketImpl> impl);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // Queues a text message; many sockets may share one text. False when the queue
  // is full (the caller decides: usually close(kCloseTryAgainLater)) or the
  // connection is closing. Never waits.
  //
  // `supersedes`, unless 0: once the peer has fallen behind
  // (WebSocketLimits::queue_keeps_up), the oldest waiting text with the same number
  // is dropped, so that a slow peer gets the latest and not everything.
  [[nodiscard]] bool send(std::shared_ptr<const std::string> text, std::uint64_t supersedes = 0);
  [[nodiscard]] bool send(std::string text) { return send(std::make_shared<const std::string>(std::move(text))); }

  // The next message of the peer; empty once the connection is closed by either
  // side or lost. One caller at a time.
  Awaitable<std::optional<std::string>> receive();

  // Sends what is queued, then the close frame; receive() then ends. The first
  // call counts. `reason`: at most 123 bytes (cut).
  void close(std::uint16_t code, std::string_view reason = {});

  bool closing() const noexcept;
  std::size_t queued() const noexcept;      // messages not yet handed to the kernel
  std::size_t superseded() const noexcept;  // messages dropped so far, see send()
  asio::any_io_executor executor() const;

 private:
  std::shared_ptr<WebSocketImpl> impl_;
};

}  // namespace pitview::http
