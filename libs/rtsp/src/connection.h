// A TCP connection that speaks RTSP: requests with their answers, packets in between.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "pitview/async/asio.h"
#include "pitview/rtsp/authentication.h"
#include "pitview/rtsp/client.h"
#include "pitview/rtsp/message.h"

namespace pitview::rtsp {

class Connection {
 public:
  explicit Connection(const asio::any_io_executor& executor) : resolver_(executor), socket_(executor) {}

  Awaitable<std::optional<Failure>> open(std::string host, std::uint16_t port, std::chrono::milliseconds limit);
  void close() noexcept;
  bool is_open() const noexcept { return socket_.is_open(); }
  asio::ip::address local_address() const;
  asio::ip::address remote_address() const;

  Awaitable<std::optional<Failure>> send(std::string bytes);

  // The next message; a packet is good until the next call.
  Awaitable<std::variant<Message, Failure>> next();

  unsigned next_cseq() noexcept { return ++cseq_; }

 private:
  asio::ip::tcp::resolver resolver_;
  asio::ip::tcp::socket socket_;
  Parser parser_;
  unsigned cseq_ = 0;
};

}  // namespace pitview::rtsp
