#include "http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/describe/class.hpp>

#include "pitview/async/asio.h"
#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::bench {

namespace beast = boost::beast;

struct Credentials {
  std::string username;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (username, password))

struct Session {
  std::string access_token;
};
BOOST_DESCRIBE_STRUCT(Session, (), (access_token))

struct Ticket {
  std::string ticket;
};
BOOST_DESCRIBE_STRUCT(Ticket, (), (ticket))

namespace {

using Request = beast::http::request<beast::http::string_body>;
using Response = beast::http::response<beast::http::string_body>;

constexpr std::chrono::seconds kLimit{10};

Awaitable<Response> exchange(Address server, Request request) {
  beast::tcp_stream stream(co_await asio::this_coro::executor);
  stream.expires_after(kLimit);
  co_await stream.async_connect(asio::ip::tcp::endpoint(asio::ip::make_address(server.host), server.port),
                                asio::use_awaitable);
  co_await beast::http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  Response response;
  co_await beast::http::async_read(stream, buffer, response, asio::use_awaitable);
  co_return response;
}

Result<std::string> send(const Address& server, Request request) {
  request.set(beast::http::field::host, server.host + ":" + std::to_string(server.port));
  request.prepare_payload();
  const std::string what = std::string(request.target());
  asio::io_context context(1);
  Response response;
  std::exception_ptr failure;
  asio::co_spawn(context, exchange(server, std::move(request)), [&](std::exception_ptr thrown, Response answer) {
    failure = std::move(thrown);
    response = std::move(answer);
  });
  context.run();
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    return {Errc::unavailable, what + ": " + e.what()};
  }
  if (response.result_int() / 100 != 2)
    return {Errc::unavailable, what + " answers " + std::to_string(response.result_int()) + " " + response.body()};
  return std::move(response.body());
}

Request request_of(beast::http::verb method, std::string_view target) {
  Request request(method, {target.data(), target.size()}, 11);
  request.keep_alive(false);
  return request;
}

}  // namespace

Result<std::string> get(const Address& server, std::string_view target) {
  return send(server, request_of(beast::http::verb::get, target));
}

Result<std::string> post(const Address& server, std::string_view target, std::string_view json,
                         std::string_view bearer) {
  Request request = request_of(beast::http::verb::post, target);
  request.set(beast::http::field::content_type, "application/json");
  if (!bearer.empty()) request.set(beast::http::field::authorization, "Bearer " + std::string(bearer));
  request.body() = json;
  return send(server, std::move(request));
}

Result<std::string> live_ticket(const Address& server, const Login& login) {
  const auto signed_in = post(server, "/api/auth/login", json::write(Credentials{login.username, login.password}));
  if (!signed_in) return signed_in.error();
  const auto session = json::read<Session>(*signed_in);
  if (!session) return session.error();
  const auto issued = post(server, "/api/ws-ticket", "", session->access_token);
  if (!issued) return issued.error();
  const auto ticket = json::read<Ticket>(*issued);
  if (!ticket) return ticket.error();
  return ticket->ticket;
}

}  // namespace pitview::bench
