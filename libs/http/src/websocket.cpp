#include "pitview/http/websocket.h"

#include <boost/beast/websocket/stream.hpp>

#include "websocket_impl.h"

namespace pitview::http {

namespace websocket = boost::beast::websocket;

struct WebSocketImpl::Stream {
  // No permessage-deflate: our messages are small, and its memory per connection is not.
  websocket::stream<Socket, false> ws;
};

WebSocketImpl::WebSocketImpl(Socket socket, const WebSocketLimits& limits)
    : executor_(socket.get_executor()),
      limits_(limits),
      stream_(new Stream{websocket::stream<Socket, false>(std::move(socket))}),
      wakeup_(executor_, asio::steady_timer::time_point::max()) {
  // Beast pings after half of the idle timeout and gives up after the whole of it.
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = limits.close_timeout;
  timeout.idle_timeout = limits.ping_interval * 2;
  timeout.keep_alive_pings = true;
  stream_->ws.set_option(timeout);
  stream_->ws.read_message_max(limits.inbound_bytes);
  stream_->ws.text(true);
  stream_->ws.auto_fragment(false);
}

WebSocketImpl::~WebSocketImpl() = default;

Awaitable<bool> WebSocketImpl::accept(BeastRequest request) {
  error_code ec;
  co_await stream_->ws.async_accept(request, asio::redirect_error(asio::use_awaitable, ec));
  if (ec) lose();
  co_return !ec;
}

Awaitable<> WebSocketImpl::write_loop() {
  error_code ec;
  while (true) {
    while (!queue_.empty() && !lost_) {
      const std::shared_ptr<const std::string> text = queue_.front().text;
      write_began_ = std::chrono::steady_clock::now();
      co_await stream_->ws.async_write(asio::buffer(*text), asio::redirect_error(asio::use_awaitable, ec));
      if (ec) {
        lose();
        break;
      }
      queue_.pop_front();
      queued_bytes_ -= text->size();
    }
    if (closing()) break;
    co_await wakeup_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
  if (lost_) co_return;
  const websocket::close_reason reason(static_cast<websocket::close_code>(close_code_), close_reason_);
  co_await stream_->ws.async_close(reason, asio::redirect_error(asio::use_awaitable, ec));
  lose();
}

void WebSocketImpl::abort() {
  lose();
  error_code ignored;
  boost::beast::get_lowest_layer(stream_->ws).close(ignored);
}

bool WebSocketImpl::send(std::shared_ptr<const std::string> text, std::uint64_t supersedes) {
  if (supersedes != 0 && has_fallen_behind()) drop_superseded(supersedes);
  if (closing() || queue_.size() >= limits_.queue_messages || queued_bytes_ + text->size() > limits_.queue_bytes)
    return false;
  queued_bytes_ += text->size();
  queue_.push_back({std::move(text), supersedes});
  if (queue_.size() == 1) {
    write_began_ = std::chrono::steady_clock::now();
    wake_writer();
  }
  return true;
}

bool WebSocketImpl::has_fallen_behind() const {
  return queue_.size() > limits_.queue_keeps_up &&
         std::chrono::steady_clock::now() - write_began_ >= limits_.write_keeps_up;
}

void WebSocketImpl::drop_superseded(std::uint64_t supersedes) {
  for (std::size_t i = 1; i < queue_.size(); ++i) {
    if (queue_[i].supersedes != supersedes) continue;
    queued_bytes_ -= queue_[i].text->size();
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(i));
    ++superseded_;
    return;
  }
}

Awaitable<std::optional<std::string>> WebSocketImpl::receive() {
  if (lost_) co_return std::nullopt;
  std::string message;
  auto buffer = asio::dynamic_buffer(message);
  error_code ec;
  co_await stream_->ws.async_read(buffer, asio::redirect_error(asio::use_awaitable, ec));
  if (ec) {
    // After our own close frame the writer still waits for the peer's: it ends by itself.
    if (!close_deadline_) lose();
    co_return std::nullopt;
  }
  if (!stream_->ws.got_text()) {
    close(1003, "text messages only");  // RFC 6455 §7.4.1
    co_return std::nullopt;
  }
  co_return message;
}

void WebSocketImpl::close(std::uint16_t code, std::string_view reason) {
  if (closing()) return;
  constexpr std::size_t kMaxReason = 123;  // RFC 6455 §5.5: a control frame has 125 bytes
  close_code_ = code;
  close_reason_ = reason.substr(0, kMaxReason);
  close_deadline_ = std::chrono::steady_clock::now() + limits_.close_timeout;
  wake_writer();
}

void WebSocketImpl::wake_writer() { wakeup_.cancel(); }

void WebSocketImpl::lose() {
  lost_ = true;
  wake_writer();
}

WebSocket::WebSocket(std::shared_ptr<WebSocketImpl> impl) : impl_(std::move(impl)) {}
WebSocket::~WebSocket() = default;
bool WebSocket::send(std::shared_ptr<const std::string> text, std::uint64_t supersedes) {
  return impl_->send(std::move(text), supersedes);
}
Awaitable<std::optional<std::string>> WebSocket::receive() { return impl_->receive(); }
void WebSocket::close(std::uint16_t code, std::string_view reason) { impl_->close(code, reason); }
bool WebSocket::closing() const noexcept { return impl_->closing(); }
std::size_t WebSocket::queued() const noexcept { return impl_->queued(); }
std::size_t WebSocket::superseded() const noexcept { return impl_->superseded(); }
asio::any_io_executor WebSocket::executor() const { return impl_->executor(); }

}  // namespace pitview::http
