#include "device/http_port.h"

#include <openssl/evp.h>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <charconv>
#include <stdexcept>

#include "pitview/async/deadline.h"

namespace pitview::sim {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t kPieceBytes = 4'096;
constexpr std::size_t kMaxBodyBytes = 2 << 20;
constexpr std::chrono::seconds kLimit{30};

struct Address {
  std::string host;
  std::uint16_t port = 80;
  std::string target;
};

// "http://host:port/target"; nothing for everything else.
std::optional<Address> parse_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  const std::size_t slash = url.find('/');
  std::string_view authority = url.substr(0, slash);
  Address address;
  address.target = slash == std::string_view::npos ? "/" : std::string(url.substr(slash));
  if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc{} || end != port.data() + port.size()) return std::nullopt;
    authority = authority.substr(0, colon);
  }
  address.host = authority;
  return address;
}

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace

// What one request needs; lives as long as its coroutine. `port` is empty once cancelled.
struct HttpPort::Exchange {
  HttpPort* port = nullptr;
  Address address;
  http::request<http::string_body> request;
  asio::cancellation_signal cancelled;
};

HttpPort::HttpPort(asio::any_io_executor executor, const Network& network, std::function<void()> wake)
    : executor_(std::move(executor)), network_(network), wake_(std::move(wake)) {}

HttpPort::~HttpPort() { cancel(); }

bool HttpPort::start(const fw::HttpRequest& request) {
  const auto address = parse_url(request.url);
  if (exchange_ || !address) return false;
  events_.clear();
  exchange_ = std::make_shared<Exchange>();
  exchange_->port = this;
  exchange_->address = *address;
  auto& message = exchange_->request;
  message.method(request.method == fw::HttpRequest::Method::post ? http::verb::post : http::verb::get);
  message.target(address->target);
  message.version(11);
  message.set(http::field::host, address->host + ":" + std::to_string(address->port));
  message.set(http::field::authorization,
              "Basic " + base64(std::string(request.username) + ":" + std::string(request.password)));
  if (request.method == fw::HttpRequest::Method::post) {
    message.set(http::field::content_type, "application/json");
    message.body() = request.body;
  }
  message.keep_alive(false);
  message.prepare_payload();
  asio::co_spawn(
      executor_, perform(exchange_),
      asio::bind_cancellation_slot(exchange_->cancelled.slot(), [exchange = exchange_](std::exception_ptr failure) {
        if (failure && exchange->port != nullptr) exchange->port->fail();
      }));
  return true;
}

Awaitable<> HttpPort::perform(std::shared_ptr<Exchange> exchange) {
  if (exchange->port == nullptr || exchange->port->network_.cut) throw std::runtime_error("no network");
  const auto work = [](std::shared_ptr<Exchange> e) -> Awaitable<> {
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    const auto endpoints =
        co_await resolver.async_resolve(e->address.host, std::to_string(e->address.port), asio::use_awaitable);
    asio::ip::tcp::socket socket(executor);
    co_await asio::async_connect(socket, endpoints, asio::use_awaitable);
    co_await http::async_write(socket, e->request, asio::use_awaitable);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMaxBodyBytes);
    co_await http::async_read(socket, buffer, parser, asio::use_awaitable);
    if (e->port != nullptr) e->port->finish(parser.get().result_int(), parser.get().body());
  };
  if (!co_await with_deadline(kLimit, work(exchange))) throw std::runtime_error("no answer in time");
}

void HttpPort::finish(int status, const std::string& body) {
  exchange_->port = nullptr;
  exchange_.reset();
  if (network_.cut || network_.half_open) {
    events_.push_back({fw::HttpEvent::Kind::failed, 0, {}});
  } else {
    events_.push_back({fw::HttpEvent::Kind::head, status, {}});
    for (std::size_t at = 0; at < body.size(); at += kPieceBytes)
      events_.push_back({fw::HttpEvent::Kind::body, 0, body.substr(at, kPieceBytes)});
    events_.push_back({fw::HttpEvent::Kind::done, 0, {}});
  }
  wake_();
}

void HttpPort::fail() {
  exchange_->port = nullptr;
  exchange_.reset();
  events_.push_back({fw::HttpEvent::Kind::failed, 0, {}});
  wake_();
}

void HttpPort::cancel() {
  events_.clear();
  if (!exchange_) return;
  const auto exchange = std::exchange(exchange_, nullptr);
  exchange->port = nullptr;
  exchange->cancelled.emit(asio::cancellation_type::terminal);
}

bool HttpPort::next(fw::HttpEvent& event) {
  if (events_.empty()) return false;
  current_ = std::move(events_.front());
  events_.pop_front();
  event = {current_.kind, current_.status, fw::ByteView(std::string_view(current_.body))};
  return true;
}

}  // namespace pitview::sim
