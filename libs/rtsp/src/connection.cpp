#include "connection.h"

#include "pitview/async/deadline.h"

namespace pitview::rtsp {
namespace {

constexpr std::size_t kReadBytes = 65'536;

Awaitable<error_code> resolve_and_connect(asio::ip::tcp::resolver& resolver, asio::ip::tcp::socket& socket,
                                          std::string host, std::uint16_t port) {
  error_code failure;
  const auto endpoints =
      co_await resolver.async_resolve(host, std::to_string(port), asio::redirect_error(asio::use_awaitable, failure));
  if (failure) co_return failure;
  co_await asio::async_connect(socket, endpoints, asio::redirect_error(asio::use_awaitable, failure));
  error_code ignored;
  if (!failure) socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  co_return failure;
}

}  // namespace

Awaitable<std::optional<Failure>> Connection::open(std::string host, std::uint16_t port,
                                                   std::chrono::milliseconds limit) {
  close();
  parser_ = Parser();
  const std::string where = host + ":" + std::to_string(port);
  const auto failure = co_await with_deadline(limit, resolve_and_connect(resolver_, socket_, host, port));
  if (!failure) co_return Failure{Fault::unreachable, where + " does not answer."};
  if (*failure) co_return Failure{Fault::unreachable, where + ": " + failure->message() + "."};
  co_return std::nullopt;
}

void Connection::close() noexcept {
  error_code ignored;
  resolver_.cancel();
  socket_.close(ignored);
}

asio::ip::address Connection::local_address() const {
  error_code ignored;
  return socket_.local_endpoint(ignored).address();
}

asio::ip::address Connection::remote_address() const {
  error_code ignored;
  return socket_.remote_endpoint(ignored).address();
}

Awaitable<std::optional<Failure>> Connection::send(std::string bytes) {
  error_code failure;
  co_await asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, failure));
  if (failure) co_return Failure{Fault::closed, "The connection ended: " + failure.message() + "."};
  co_return std::nullopt;
}

Awaitable<std::variant<Message, Failure>> Connection::next() {
  while (true) {
    Result<std::optional<Message>> parsed = parser_.next();
    if (!parsed) co_return Failure{Fault::malformed, parsed.error().detail};
    if (*parsed) co_return std::move(**parsed);
    const auto room = parser_.prepare(kReadBytes);
    error_code failure;
    const std::size_t size = co_await socket_.async_read_some(asio::buffer(room.data(), room.size()),
                                                              asio::redirect_error(asio::use_awaitable, failure));
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    if (failure)
      co_return Failure{Fault::closed, failure == asio::error::eof
                                           ? std::string("The camera closed the connection.")
                                           : "The connection ended: " + failure.message() + "."};
    parser_.commit(size);
  }
}

}  // namespace pitview::rtsp
