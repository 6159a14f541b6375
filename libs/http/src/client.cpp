#include "pitview/http/client.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <stdexcept>

#include "pitview/async/deadline.h"

namespace pitview::http {
namespace {

namespace beast_http = boost::beast::http;
using Request11 = beast_http::request<beast_http::string_body>;

beast_http::verb verb_of(Method method) {
  switch (method) {
    case Method::put: return beast_http::verb::put;
    case Method::post: return beast_http::verb::post;
    case Method::patch: return beast_http::verb::patch;
    case Method::del: return beast_http::verb::delete_;
    default: return beast_http::verb::get;
  }
}

Error unreachable(const std::string& reason) { return {Errc::unavailable, reason, {}, 0}; }

// The faults of Beast are about what was said, all others about the way there. A
// server that hangs up before or while it says something has not answered either.
ClientFault fault_of(const error_code& ec) {
  if (ec == beast_http::error::end_of_stream || ec == beast_http::error::partial_message)
    return ClientFault::unreachable;
  if (ec == beast_http::error::body_limit || ec == beast_http::error::header_limit) return ClientFault::too_long;
  static const auto& said = beast_http::make_error_code(beast_http::error::bad_version).category();
  return ec.category() == said ? ClientFault::no_http : ClientFault::unreachable;
}

}  // namespace

struct Client::Connection {
  explicit Connection(const asio::any_io_executor& executor) : socket(executor) {}
  asio::ip::tcp::socket socket;
  boost::beast::flat_buffer buffer;
  bool used = false;
};

ClientOptions client_options_of(const std::string& base_url) {
  constexpr std::string_view kScheme = "http://";
  const std::invalid_argument wrong("\"" + base_url + "\" must be like http://127.0.0.1:18889");
  if (!base_url.starts_with(kScheme)) throw wrong;
  const std::string_view rest = std::string_view(base_url).substr(kScheme.size());
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0) throw wrong;
  ClientOptions options;
  options.host = rest.substr(0, colon);
  if (options.host.starts_with('[') && options.host.ends_with(']'))
    options.host = options.host.substr(1, options.host.size() - 2);
  const std::string_view port = rest.substr(colon + 1);
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), options.port);
  if (failure != std::errc{} || end != port.data() + port.size() || options.port == 0) throw wrong;
  return options;
}

Client::Client(asio::any_io_executor executor, ClientOptions options)
    : executor_(std::move(executor)), options_(std::move(options)) {}

Client::~Client() = default;

void Client::close() { connection_.reset(); }

Awaitable<Result<ClientAnswer>> Client::send(Method method, std::string target, std::string body) {
  return send(ClientRequest{.method = method, .target = std::move(target), .body = std::move(body)});
}

Awaitable<Result<ClientAnswer>> Client::send(ClientRequest request) {
  std::string reason;
  // A kept connection may have been closed at the other end meanwhile: once more on a new one.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool kept = connection_ != nullptr && connection_->used;
    fault_ = ClientFault::none;
    try {
      auto answer = co_await with_deadline(options_.timeout, exchange(request));
      if (answer) co_return std::move(*answer);
      fault_ = ClientFault::late;
      reason = "no answer in time";
    } catch (const boost::system::system_error& e) {
      fault_ = fault_of(e.code());
      reason = e.code().message();
    }
    connection_.reset();
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
    if (!kept) break;
  }
  co_return unreachable(reason);
}

Awaitable<ClientAnswer> Client::exchange(const ClientRequest& asked) {
  if (!connection_) {
    auto fresh = std::make_unique<Connection>(executor_);
    asio::ip::tcp::resolver resolver(executor_);
    const auto found =
        co_await resolver.async_resolve(options_.host, std::to_string(options_.port), asio::use_awaitable);
    co_await asio::async_connect(fresh->socket, found, asio::use_awaitable);
    fresh->socket.set_option(asio::ip::tcp::no_delay(true));
    connection_ = std::move(fresh);
  }
  Request11 request{verb_of(asked.method), asked.target, 11, asked.body};
  request.set(beast_http::field::host, options_.host);
  const std::string& authorization = asked.authorization.empty() ? options_.authorization : asked.authorization;
  if (!authorization.empty()) request.set(beast_http::field::authorization, authorization);
  if (!asked.body.empty()) request.set(beast_http::field::content_type, asked.content_type);
  request.prepare_payload();
  co_await beast_http::async_write(connection_->socket, request, asio::use_awaitable);
  beast_http::response_parser<beast_http::string_body> parser;
  parser.body_limit(options_.body_limit);
  co_await beast_http::async_read(connection_->socket, connection_->buffer, parser, asio::use_awaitable);
  connection_->used = true;
  ClientAnswer answer{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
  const auto [first, last] = parser.get().equal_range(beast_http::field::www_authenticate);
  for (auto field = first; field != last; ++field) answer.challenges.emplace_back(field->value());
  if (!parser.keep_alive()) connection_.reset();
  co_return answer;
}

}  // namespace pitview::http
