#include "pitview/async/deadline.h"
#include "transport.h"

namespace pitview::mqtt {
namespace {

Awaitable<error_code> resolve_and_connect(asio::ip::tcp::resolver& resolver, asio::ip::tcp::socket& socket,
                                          std::string host, std::uint16_t port) {
  error_code failure;
  const auto endpoints =
      co_await resolver.async_resolve(host, std::to_string(port), asio::redirect_error(asio::use_awaitable, failure));
  if (failure) co_return failure;
  co_await asio::async_connect(socket, endpoints, asio::redirect_error(asio::use_awaitable, failure));
  // Batches are ours; Nagle's algorithm would only delay the last one.
  error_code ignored;
  if (!failure) socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  co_return failure;
}

class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(const asio::any_io_executor& executor) : resolver_(executor), socket_(executor) {}

  Awaitable<Result<>> open(std::string host, std::uint16_t port, std::chrono::milliseconds limit) override {
    co_return co_await connect_tcp(resolver_, socket_, std::move(host), port, limit);
  }

  Awaitable<std::size_t> read_some(std::span<std::uint8_t> into, error_code& failure) override {
    co_return co_await socket_.async_read_some(asio::buffer(into.data(), into.size()),
                                               asio::redirect_error(asio::use_awaitable, failure));
  }

  Awaitable<error_code> write(std::string_view bytes) override {
    error_code failure;
    co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
                               asio::redirect_error(asio::use_awaitable, failure));
    co_return failure;
  }

  // The DISCONNECT has said it.
  Awaitable<> say_goodbye() override { co_return; }

  void close() noexcept override {
    error_code ignored;
    resolver_.cancel();
    socket_.close(ignored);
  }

 private:
  asio::ip::tcp::resolver resolver_;
  asio::ip::tcp::socket socket_;
};

}  // namespace

std::string Transport::explain(error_code failure) const {
  return failure == asio::error::eof ? "closed by the broker" : failure.message();
}

std::unique_ptr<Transport> make_tcp_transport(const asio::any_io_executor& executor) {
  return std::make_unique<TcpTransport>(executor);
}

Awaitable<Result<>> connect_tcp(asio::ip::tcp::resolver& resolver, asio::ip::tcp::socket& socket, std::string host,
                                std::uint16_t port, std::chrono::milliseconds limit) {
  const auto failure = co_await with_deadline(limit, resolve_and_connect(resolver, socket, std::move(host), port));
  if (!failure) co_return Error{Errc::unavailable, "no TCP connection in time", {}, 0};
  if (*failure) co_return Error{Errc::unavailable, failure->message(), {}, 0};
  co_return Done{};
}

}  // namespace pitview::mqtt
