#include "connection.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <cstdio>
#include <cstring>
#include <limits>

#include "pitview/async/task_group.h"
#include "pitview/base/log.h"
#include "response_head.h"
#include "text.h"

namespace pitview::http {
namespace {

namespace beast_http = boost::beast::http;

// Of a request without a route: enough to read it to its end and keep the connection.
constexpr std::size_t kDefaultBodyLimit = std::size_t{64} * 1024;
constexpr std::size_t kHeaderRead = std::size_t{4} * 1024;
constexpr std::size_t kBodyRead = std::size_t{16} * 1024;
constexpr std::chrono::milliseconds kLinger{2000};
constexpr std::size_t kLingerBytes = std::size_t{1024} * 1024;

std::string_view view_of(const auto& text) { return {text.data(), text.size()}; }

Method method_of(beast_http::verb verb) {
  switch (verb) {
    case beast_http::verb::get: return Method::get;
    case beast_http::verb::head: return Method::head;
    case beast_http::verb::post: return Method::post;
    case beast_http::verb::put: return Method::put;
    case beast_http::verb::patch: return Method::patch;
    case beast_http::verb::delete_: return Method::del;
    case beast_http::verb::options: return Method::options;
    default: return Method::other;
  }
}

// Splits the target into path and decoded query. False when an escape is broken.
bool split_target(Request& request) {
  std::string_view rest = request.target;
  // RFC 9112 §3.2.2: a server must take the absolute form too.
  if (!rest.starts_with('/')) {
    const auto authority = rest.find("://");
    const auto path = authority == std::string_view::npos ? authority : rest.find('/', authority + 3);
    if (path != std::string_view::npos) rest.remove_prefix(path);
  }
  request.path = take_until(rest, '?');
  while (!rest.empty()) {
    std::string_view pair = take_until(rest, '&');
    if (pair.empty()) continue;
    const std::string_view raw_name = take_until(pair, '=');
    Pair& decoded = request.query.emplace_back();
    if (!percent_decode(raw_name, true, decoded.first) || !percent_decode(pair, true, decoded.second)) return false;
  }
  return true;
}

Response malformed(const char* why, std::string_view request_id) {
  return protocol_problem(400, "malformed_request", why, request_id);
}

// One of the places for large bodies, until the end of the scope; of a small one no place is asked.
class LargeBody {
 public:
  LargeBody(Shared& shared, bool is_large) : places_(is_large ? &shared.large_bodies : nullptr) {
    granted_ = !places_ || places_->fetch_add(1) < shared.options.max_large_bodies;
  }
  LargeBody(const LargeBody&) = delete;
  LargeBody& operator=(const LargeBody&) = delete;
  ~LargeBody() {
    if (places_) places_->fetch_sub(1);
  }
  bool granted() const { return granted_; }

 private:
  std::atomic<std::size_t>* places_;
  bool granted_ = false;
};

}  // namespace

struct Connection::Exchange {
  beast_http::request_parser<beast_http::string_body> parser;
  Request request;
  Router::Match match;
  Time started;
  bool body_read = false;
};

Connection::Connection(Socket socket, asio::ip::address peer, bool refused, Shared& shared, ThreadState& thread)
    : shared_(shared),
      thread_(thread),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      // Bounds what a parser may leave unread, such as an endless chunk extension.
      buffer_(shared.options.header_limit + 2 * kBodyRead),
      refused_(refused) {}

Awaitable<> Connection::run() {
  try {
    if (refused_) {
      co_await refuse();
    } else {
      while (co_await serve_next()) {
      }
    }
  } catch (const boost::system::system_error& e) {
    if (e.code() != asio::error::operation_aborted) log::error("connection_failed", {{"reason", e.what()}});
  }
  error_code ignored;
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.close(ignored);
}

// One request from its first byte to the last of its answer. False: close.
Awaitable<bool> Connection::serve_next() {
  if (!co_await wait_for_request()) co_return false;
  Exchange exchange;
  exchange.started = std::chrono::steady_clock::now();
  exchange.request.request_id = new_request_id();
  if (const Read header = co_await read_header(exchange); header != Read::done) {
    if (header == Read::closed) co_return false;
    co_return co_await reject(exchange, fault_of(header, exchange));
  }
  if (std::optional<Response> fault = fill_request(exchange)) co_return co_await reject(exchange, std::move(*fault));

  Request& request = exchange.request;
  exchange.match = shared_.router.find(request.method, request.path);
  request.path_params = std::move(exchange.match.params);
  const Route* route = exchange.match.route;
  if (route) request.route = route->pattern;
  if (route && route->websocket && boost::beast::websocket::is_upgrade(exchange.parser.get())) {
    co_await serve_websocket(exchange);
    co_return false;
  }

  const std::size_t body_limit = route ? route->options.body_limit : kDefaultBodyLimit;
  const auto length = exchange.parser.content_length();
  const bool may_be_large = body_limit > kDefaultBodyLimit && !exchange.parser.is_done();
  const LargeBody place(shared_, may_be_large && (!length || *length > kDefaultBodyLimit));
  if (!place.granted()) {
    const Error busy{Errc::unavailable, "Too much is being uploaded at once. Please try again in a moment.", {}, 2};
    co_return co_await reject(exchange, problem(busy, request.request_id));
  }
  if (const Read body = co_await read_body(exchange, body_limit); body != Read::done) {
    if (body == Read::closed) co_return false;
    co_return co_await reject(exchange, fault_of(body, exchange));
  }
  Response response = co_await answer(exchange);
  co_return co_await respond(exchange, std::move(response), exchange.parser.keep_alive());
}

Awaitable<bool> Connection::wait_for_request() {
  if (closing_) co_return false;
  if (buffer_.size() > 0) co_return true;  // pipelined
  enter(Phase::idle, first_ ? shared_.options.header_timeout : shared_.options.idle_timeout);
  first_ = false;
  co_return co_await read_more(kHeaderRead);
}

// False: the peer is gone, or the phase was cancelled.
Awaitable<bool> Connection::read_more(std::size_t size) {
  error_code ec;
  const std::size_t read =
      co_await socket_.async_read_some(buffer_.prepare(size), asio::redirect_error(asio::use_awaitable, ec));
  buffer_.commit(read);
  co_return !ec;
}

Awaitable<Connection::Read> Connection::read_header(Exchange& exchange) {
  enter(Phase::header, shared_.options.header_timeout);
  auto& parser = exchange.parser;
  parser.header_limit(static_cast<std::uint32_t>(shared_.options.header_limit));
  parser.body_limit(boost::none);  // read_body() knows the limit of the route
  parser.eager(false);
  while (true) {
    error_code ec;
    buffer_.consume(parser.put(buffer_.data(), ec));
    if (ec == beast_http::error::header_limit) co_return Read::too_large;
    if (ec && ec != beast_http::error::need_more) co_return Read::malformed;
    if (parser.is_header_done()) co_return Read::done;
    if (!co_await read_more(kHeaderRead)) {
      if (!timed_out_) co_return Read::closed;
      co_await asio::this_coro::reset_cancellation_state();
      co_return Read::timed_out;
    }
  }
}

// The parser enforces the limit for chunked bodies only from here on; it has
// compared Content-Length already, so that is done here.
Awaitable<Connection::Read> Connection::read_body(Exchange& exchange, std::size_t limit) {
  auto& parser = exchange.parser;
  if (!parser.is_done()) {
    enter(Phase::body, shared_.options.body_timeout);
    if (parser.content_length() && *parser.content_length() > limit) co_return Read::too_large;
    if (equal_ignoring_case(exchange.request.header("Expect"), "100-continue") && buffer_.size() == 0) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      error_code ec;
      co_await asio::async_write(socket_, asio::buffer(kContinue), asio::redirect_error(asio::use_awaitable, ec));
      if (ec) co_return Read::closed;
    }
    parser.body_limit(limit);
    parser.eager(true);
  }
  while (!parser.is_done()) {
    error_code ec = beast_http::error::need_more;
    if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.data(), ec));
    if (ec == beast_http::error::body_limit) co_return Read::too_large;
    if (ec && ec != beast_http::error::need_more) co_return Read::malformed;
    if (parser.is_done()) break;
    if (buffer_.size() + kBodyRead > buffer_.max_size()) co_return Read::malformed;
    if (!co_await read_more(kBodyRead)) {
      if (!timed_out_) co_return Read::closed;
      co_await asio::this_coro::reset_cancellation_state();
      co_return Read::timed_out;
    }
  }
  exchange.request.body = std::move(parser.get().body());
  exchange.body_read = true;
  co_return Read::done;
}

Response Connection::fault_of(Read outcome, const Exchange& exchange) const {
  const std::string& id = exchange.request.request_id;
  switch (outcome) {
    case Read::timed_out: return protocol_problem(408, "request_timeout", "The request did not arrive in time.", id);
    case Read::too_large:
      if (exchange.parser.is_header_done())
        return problem({Errc::body_too_large, "The body is larger than this address takes.", {}, 0}, id);
      return protocol_problem(431, "headers_too_large", "The headers are larger than this server takes.", id);
    case Read::malformed:
    case Read::done:
    case Read::closed: break;
  }
  return malformed("This is not a valid HTTP/1.1 request.", id);
}

// What the parser has read → what a handler sees; or why it cannot be served.
std::optional<Response> Connection::fill_request(Exchange& exchange) {
  const auto& message = exchange.parser.get();
  Request& request = exchange.request;
  request.method = method_of(message.method());
  request.target = view_of(message.target());
  std::size_t hosts = 0;
  for (const auto& field : message) {
    request.headers.emplace_back(view_of(field.name_string()), view_of(field.value()));
    if (field.name() == beast_http::field::host) ++hosts;
  }
  if (shared_.proxies.contains(peer_)) {
    request.remote_address = client_address(peer_, request, shared_.proxies);
    request.https = equal_ignoring_case(request.header("X-Forwarded-Proto"), "https");
    if (const auto id = request.header("X-Request-Id"); is_sane_request_id(id)) request.request_id = id;
  } else {
    request.remote_address = peer_.to_string();
  }
  const std::string& id = request.request_id;
  if (message.version() != 10 && message.version() != 11) return malformed("Only HTTP/1.1 is spoken here.", id);
  // RFC 9112 §3.2 and §6.3: what two readers could understand differently is refused.
  if (hosts > 1 || (hosts == 0 && message.version() == 11)) return malformed("Exactly one Host header is needed.", id);
  if (message.find(beast_http::field::transfer_encoding) != message.end() && !exchange.parser.chunked())
    return malformed("The transfer encoding is not known.", id);
  if (!split_target(request)) return malformed("The address contains a broken escape.", id);
  return std::nullopt;
}

Awaitable<Response> Connection::answer(Exchange& exchange) {
  const Request& request = exchange.request;
  switch (exchange.match.outcome) {
    case Router::Match::Outcome::found: break;
    case Router::Match::Outcome::malformed_path:
      co_return malformed("The address contains a broken escape.", request.request_id);
    case Router::Match::Outcome::not_found:
      co_return problem({Errc::not_found, "There is nothing at this address.", {}, 0}, request.request_id);
    case Router::Match::Outcome::method_not_allowed: {
      Response response = request.method == Method::options
                              ? Response::no_content()
                              : problem({Errc::method_not_allowed, "This address does not take that method.", {}, 0},
                                        request.request_id);
      response.with("Allow", exchange.match.allow);
      if (request.method == Method::options && !shared_.options.readable_by.empty())
        response.with("Access-Control-Allow-Methods", exchange.match.allow)
            .with("Access-Control-Allow-Headers", "Authorization, Content-Type")
            .with("Access-Control-Max-Age", "86400");
      co_return response;
    }
  }
  if (exchange.match.route->websocket)
    co_return protocol_problem(426, "upgrade_required", "This address speaks WebSocket.", request.request_id)
        .with("Upgrade", "websocket");
  co_return co_await call_handler(exchange);
}

Awaitable<Response> Connection::call_handler(Exchange& exchange) {
  const Request& request = exchange.request;
  const Route& route = *exchange.match.route;
  enter(Phase::handler, route.options.timeout);
  std::string reason;
  try {
    Response response = co_await route.handler(request);
    if (timed_out_) co_await asio::this_coro::reset_cancellation_state();
    co_return response;
  } catch (const std::exception& e) {
    reason = e.what();
  } catch (...) {
    reason = "an exception of unknown type";
  }
  if (aborted_) throw boost::system::system_error(asio::error::operation_aborted);
  if (timed_out_) {
    co_await asio::this_coro::reset_cancellation_state();
    log::warning("request_timed_out", {{"request_id", request.request_id}, {"route", route.pattern}});
    co_return problem({Errc::unavailable, "This took too long. Please try again.", {}, 5}, request.request_id);
  }
  log::error("request_failed", {{"request_id", request.request_id}, {"route", route.pattern}, {"reason", reason}});
  co_return problem({Errc::internal_error, "Something went wrong on our side.", {}, 0}, request.request_id);
}

Awaitable<bool> Connection::respond(Exchange& exchange, Response response, bool keep_alive) {
  const bool http_1_0 = exchange.parser.get().version() == 10;
  const bool until_close = http_1_0 && !response.body_size();
  keep_alive = keep_alive && !closing_ && !until_close;
  head_.clear();
  append_head(
      head_, response,
      {thread_.date, exchange.request.request_id, keep_alive, http_1_0, shared_.security, shared_.options.readable_by});
  const bool with_body = exchange.request.method != Method::head && has_body(response.status);
  const std::string none;
  const std::string& body = response.source ? none : response.shared_body ? *response.shared_body : response.body;
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(head_),
                                                   with_body ? asio::buffer(body) : asio::const_buffer()};
  if (until_close) reset_when_closed(true);
  Sent sent;
  sent.whole = co_await write(parts);
  if (sent.whole && with_body) sent.bytes = body.size();
  if (sent.whole && with_body && response.source)
    sent = co_await send_from(*response.source, !response.source->size && !http_1_0);
  if (until_close && sent.whole) reset_when_closed(false);
  if (until_close && !sent.whole) {
    error_code ignored;
    socket_.close(ignored);  // run() would shut it down first, which says: this was all
  }
  finished(exchange, response.status, sent.bytes);
  co_return sent.whole&& keep_alive;
}

// Gives the peer a new write_timeout for them. False: the peer is gone, or did not take them in time.
Awaitable<bool> Connection::write(std::span<const asio::const_buffer> parts) {
  enter(Phase::write, shared_.options.write_timeout);
  error_code ec;
  co_await asio::async_write(socket_, parts, asio::redirect_error(asio::use_awaitable, ec));
  co_return !ec;
}

// A peer that gets less than it was promised, or no last chunk (RFC 9112 §8), sees that it has not all.
Awaitable<Connection::Sent> Connection::send_from(const BodySource& source, bool chunked) {
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  Sent sent;
  while (sent.bytes < source.size.value_or(std::numeric_limits<std::uint64_t>::max())) {
    const std::optional<std::string> part = co_await next_part(source, sent.bytes);
    if (!part) co_return sent;
    if (part->empty()) break;
    char size[24] = {};
    if (chunked) std::snprintf(size, sizeof size, "%zx\r\n", part->size());
    const std::array<asio::const_buffer, 3> parts = {asio::buffer(size, std::strlen(size)), asio::buffer(*part),
                                                     asio::buffer("\r\n", chunked ? 2 : 0)};
    if (!co_await write(parts)) co_return sent;
    sent.bytes += part->size();
  }
  sent.whole = true;
  if (chunked) {
    const std::array<asio::const_buffer, 1> last = {asio::buffer(kLastChunk)};
    sent.whole = co_await write(last);
  }
  co_return sent;
}

// Empty: it broke off, after so many bytes.
Awaitable<std::optional<std::string>> Connection::next_part(const BodySource& source, std::uint64_t sent) {
  enter(Phase::write, shared_.options.write_timeout);
  std::string reason;
  try {
    std::string part = co_await source.next();
    const bool fits = !source.size || (!part.empty() && part.size() <= *source.size - sent);
    if (fits && !timed_out_) co_return part;
    reason = "it is of another size than was said";
  } catch (const std::exception& e) {
    reason = e.what();
  } catch (...) {
    reason = "an exception of unknown type";
  }
  if (timed_out_) reason = "its next part took too long";
  if (!aborted_) log::error("body_broke_off", {{"sent", sent}, {"reason", reason}});
  co_return std::nullopt;
}

// A body that ends with its connection looks whole however that ends, unless it is a reset.
void Connection::reset_when_closed(bool reset) {
  error_code ignored;
  socket_.set_option(Socket::linger(reset, 0), ignored);
}

// Answers a request that was not read to its end.
Awaitable<bool> Connection::reject(Exchange& exchange, Response response) {
  co_await respond(exchange, std::move(response), false);
  co_await linger();
  co_return false;
}

// Closing a socket with unread bytes resets the connection, and the peer may lose
// the answer it has not read yet (RFC 9112 §9.6).
Awaitable<> Connection::linger() {
  error_code ec;
  socket_.shutdown(Socket::shutdown_send, ec);
  enter(Phase::linger, kLinger);
  std::size_t drained = 0;
  buffer_.clear();
  while (!ec && drained < kLingerBytes) {
    drained +=
        co_await socket_.async_read_some(buffer_.prepare(kBodyRead), asio::redirect_error(asio::use_awaitable, ec));
  }
}

Awaitable<> Connection::refuse() {
  const Response response =
      problem({Errc::unavailable, "Too many connections. Please try again soon.", {}, 5}, new_request_id());
  append_head(head_, response, {thread_.date, {}, false, false, shared_.security});
  head_.append(response.body);
  enter(Phase::write, kLinger);
  error_code ec;
  co_await asio::async_write(socket_, asio::buffer(head_), asio::redirect_error(asio::use_awaitable, ec));
  if (!ec) co_await linger();
}

Awaitable<> Connection::serve_websocket(Exchange& exchange) {
  if (!origin_allowed(exchange.request, shared_.options.allowed_origins)) {
    co_await reject(exchange, protocol_problem(403, "origin_refused", "This page may not connect here.",
                                               exchange.request.request_id));
    co_return;
  }
  enter(Phase::websocket, shared_.options.header_timeout);
  websocket_ = std::make_shared<WebSocketImpl>(std::move(socket_), shared_.options.websocket);
  if (!co_await websocket_->accept(exchange.parser.release())) co_return;
  deadline_ = Time::max();
  if (closing_) websocket_->close(kCloseGoingAway, "server going away");
  ++shared_.websockets;
  co_await run_websocket(exchange);
  --shared_.websockets;
  finished(exchange, 101, 0);
}

// Never throws: the writer is joined whatever the handler does.
Awaitable<> Connection::run_websocket(Exchange& exchange) {
  TaskGroup writer(websocket_->executor());
  writer.spawn("websocket_writer", websocket_->write_loop());
  std::uint16_t code = kCloseNormal;
  {
    WebSocket socket(websocket_);
    try {
      co_await exchange.match.route->websocket(exchange.request, socket);
    } catch (const std::exception& e) {
      code = kCloseInternalError;
      if (!timed_out_ && !aborted_)
        log::error("websocket_failed", {{"request_id", exchange.request.request_id}, {"reason", e.what()}});
    } catch (...) {
      code = kCloseInternalError;
      log::error("websocket_failed", {{"request_id", exchange.request.request_id}});
    }
  }
  // From here on only the close deadline and abort() shorten the wait.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  websocket_->close(code, {});
  co_await writer.join();
}

std::string Connection::new_request_id() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string id(16, '0');
  std::uint64_t bits = thread_.random();
  for (char& c : id) {
    c = kHex[bits & 15];
    bits >>= 4;
  }
  return id;
}

void Connection::finished(const Exchange& exchange, int status, std::uint64_t bytes) const {
  if (!shared_.options.on_finished) return;
  const auto duration = std::chrono::steady_clock::now() - exchange.started;
  shared_.options.on_finished({exchange.request, exchange.request.route, status, duration, bytes});
}

void Connection::enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  timed_out_ = false;
  deadline_ = std::chrono::steady_clock::now() + limit;
}

void Connection::enforce_deadline(Time now) {
  if (websocket_) deadline_ = std::min(deadline_, websocket_->close_deadline().value_or(Time::max()));
  if (now < deadline_) return;
  deadline_ = Time::max();
  timed_out_ = true;
  if (websocket_) websocket_->abort();
  cancelled.emit(asio::cancellation_type::terminal);
}

void Connection::begin_stop() {
  closing_ = true;
  if (websocket_)
    websocket_->close(kCloseGoingAway, "server going away");
  else if (phase_ == Phase::idle || phase_ == Phase::linger)
    cancelled.emit(asio::cancellation_type::terminal);
}

void Connection::abort() {
  aborted_ = true;
  error_code ignored;
  if (websocket_)
    websocket_->abort();
  else
    socket_.close(ignored);
  cancelled.emit(asio::cancellation_type::terminal);
}

}  // namespace pitview::http
