#include "transport.h"

namespace pitview::mqtt {
namespace {

class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(const asio::any_io_executor& executor) : resolver_(executor), socket_(executor) {}

  Awaitable<error_code> open(std::string host, std::uint16_t port) override {
    error_code failure;
    const auto endpoints = co_await resolver_.async_resolve(host, std::to_string(port),
                                                            asio::redirect_error(asio::use_awaitable, failure));
    if (failure) co_return failure;
    co_await asio::async_connect(socket_, endpoints, asio::redirect_error(asio::use_awaitable, failure));
    // Batches are ours; Nagle's algorithm would only delay the last one.
    error_code ignored;
    if (!failure) socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    co_return failure;
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

std::unique_ptr<Transport> make_tcp_transport(const asio::any_io_executor& executor) {
  return std::make_unique<TcpTransport>(executor);
}

}  // namespace pitview::mqtt
