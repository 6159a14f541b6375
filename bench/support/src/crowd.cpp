#include "crowd.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <stdexcept>

#include "pitview/async/deadline.h"
#include "ws_frames.h"

namespace pitview::bench {
namespace {

constexpr std::size_t kAtOnce = 50;         // that connect
constexpr std::size_t kOfOneAddress = 150;  // the server lets 200 in (libs/http, server.h)
constexpr std::size_t kFirstBuffer = 1024;  // grows for the snapshot
constexpr std::chrono::seconds kConnectLimit{20};

}  // namespace

asio::ip::address source_address(std::size_t connection, std::size_t of_each) {
  constexpr std::uint32_t kFirst = 0x7F'01'00'01;  // 127.1.0.1
  return asio::ip::address_v4(kFirst + static_cast<std::uint32_t>(connection / of_each));
}

asio::ip::tcp::socket socket_from(asio::io_context& context, const asio::ip::address& source) {
  asio::ip::tcp::socket socket(context, asio::ip::tcp::v4());
  // ip(7): the port is chosen at connect(), when the destination is known, so that a
  // source port can serve several destinations.
  const int on = 1;
  ::setsockopt(socket.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  socket.bind({source, 0});
  return socket;
}

struct Crowd::Seat {
  std::size_t number;
  std::string token;
  asio::ip::tcp::socket socket;
  std::string buffer;
  std::size_t filled = 0;
  std::string parts;   // of a message in several frames
  std::string answer;  // a pong
  bool has_snapshot = false;
};

Crowd::Crowd(asio::io_context& context, Address server, std::vector<std::string> tokens, OnText on_text)
    : context_(context), server_(std::move(server)), on_text_(std::move(on_text)) {
  for (std::string& token : tokens) {
    const std::size_t number = seats_.size();
    seats_.push_back(std::make_unique<Seat>(
        Seat{.number = number, .token = std::move(token), .socket = asio::ip::tcp::socket(context_)}));
  }
}

Crowd::~Crowd() = default;

Awaitable<> Crowd::connect_all() {
  for (std::size_t i = 0; i < std::min(kAtOnce, seats_.size()); ++i) {
    ++connecting_;
    asio::co_spawn(context_, connect_some(), asio::detached);
  }
  while (connecting_ > 0) co_await sleep_for(std::chrono::milliseconds(5));
}

Awaitable<> Crowd::connect_some() {
  while (next_ < seats_.size()) {
    Seat& seat = *seats_[next_++];
    try {
      if (!co_await with_deadline(kConnectLimit, connect(seat))) throw std::runtime_error("no snapshot came");
      ++seated_;
      asio::co_spawn(context_, read(seat), asio::detached);
    } catch (const std::exception& e) {
      error_code ignored;
      seat.socket.close(ignored);
      lost(e.what());
    }
  }
  --connecting_;
}

// RFC 6455 §4.1; the answer's Sec-WebSocket-Accept is taken on trust.
Awaitable<> Crowd::connect(Seat& seat) {
  seat.socket = socket_from(context_, source_address(seat.number, kOfOneAddress));
  co_await seat.socket.async_connect({asio::ip::make_address(server_.host), server_.port}, asio::use_awaitable);
  seat.socket.set_option(asio::ip::tcp::no_delay(true));
  const std::string request = "GET /ws?token=" + seat.token + " HTTP/1.1\r\nHost: " + server_.host + ":" +
                              std::to_string(server_.port) +
                              "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n";
  co_await asio::async_write(seat.socket, asio::buffer(request), asio::use_awaitable);
  seat.buffer.resize(kFirstBuffer);
  std::size_t head_end = std::string::npos;
  while (head_end == std::string::npos) {
    co_await receive(seat);
    head_end = std::string_view(seat.buffer).substr(0, seat.filled).find("\r\n\r\n");
  }
  if (!seat.buffer.starts_with("HTTP/1.1 101")) throw std::runtime_error(seat.buffer.substr(0, seat.filled));
  seat.filled -= head_end + 4;
  std::memmove(seat.buffer.data(), seat.buffer.data() + head_end + 4, seat.filled);
  take(seat, {seat.buffer.data(), seat.filled});
  while (!seat.has_snapshot) {
    co_await receive(seat);
    take(seat, {seat.buffer.data(), seat.filled});
  }
}

Awaitable<> Crowd::read(Seat& seat) {
  try {
    while (true) {
      co_await receive(seat);
      take(seat, {seat.buffer.data(), seat.filled});
      if (!seat.answer.empty()) {
        co_await asio::async_write(seat.socket, asio::buffer(seat.answer), asio::use_awaitable);
        seat.answer.clear();
      }
    }
  } catch (const std::exception& e) {
    --seated_;
    if (!closing_) lost(e.what());
  }
}

Awaitable<> Crowd::receive(Seat& seat) {
  if (seat.filled == seat.buffer.size()) seat.buffer.resize(2 * seat.buffer.size());
  seat.filled += co_await seat.socket.async_read_some(
      asio::buffer(seat.buffer.data() + seat.filled, seat.buffer.size() - seat.filled), asio::use_awaitable);
}

// All whole frames; what is left begins the buffer.
void Crowd::take(Seat& seat, std::string_view bytes) {
  while (const auto frame = next_frame(bytes)) {
    bytes.remove_prefix(frame->consumed);
    if (frame->opcode == WsFrame::close)
      throw std::runtime_error("closed: " +
                               std::string(frame->payload.substr(std::min<std::size_t>(2, frame->payload.size()))));
    if (frame->opcode == WsFrame::ping) seat.answer += pong_of(frame->payload);
    if (frame->opcode > WsFrame::binary) continue;
    if (!frame->last || frame->opcode == WsFrame::continuation) {
      seat.parts += frame->payload;
      if (!frame->last) continue;
    }
    const std::string_view text = seat.parts.empty() ? frame->payload : std::string_view(seat.parts);
    if (text.find("\"event\":\"snapshot\"") < 100) seat.has_snapshot = true;
    on_text_(seat.number, text);
    seat.parts.clear();
  }
  seat.filled = bytes.size();
  std::memmove(seat.buffer.data(), bytes.data(), bytes.size());
  if (seat.filled == 0 && seat.buffer.size() > 4 * kFirstBuffer) {
    seat.buffer = std::string(kFirstBuffer, '\0');  // a snapshot's room is needed once
  }
}

void Crowd::close() {
  closing_ = true;
  for (const auto& seat : seats_) {
    error_code ignored;
    seat->socket.close(ignored);
  }
}

void Crowd::lost(const std::string& reason) {
  if (first_loss_.empty()) first_loss_ = reason;
}

}  // namespace pitview::bench
