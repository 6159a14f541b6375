#include "webrtc/tcp_port.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/v6_only.hpp>
#include <stdexcept>

#include "pitview/async/deadline.h"
#include "webrtc/udp_port.h"

namespace pitview::video {
namespace {

constexpr std::size_t kLength = 2;
constexpr std::chrono::seconds kLastWords{1};
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

TcpConnection::TcpConnection(asio::ip::tcp::socket socket)
    : socket_(std::move(socket)), wake_(socket_.get_executor(), asio::steady_timer::time_point::max()) {
  error_code ignored;
  remote_ = socket_.remote_endpoint(ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

bool TcpConnection::has_room(std::size_t bytes) const {
  if (ends_ || waiting_bytes_ + bytes > kMaxWaiting) return false;
  return waiting_.empty() || std::chrono::steady_clock::now() - waiting_.front().since < kStale;
}

void TcpConnection::frame(std::vector<std::uint8_t>& out, std::span<const std::uint8_t> packet) const {
  out.push_back(static_cast<std::uint8_t>(packet.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(packet.size()));
  out.insert(out.end(), packet.begin(), packet.end());
}

bool TcpConnection::send(std::span<const std::uint8_t> packet) {
  if (!has_room(packet.size())) return false;
  std::vector<std::uint8_t> bytes;
  bytes.reserve(kLength + packet.size());
  frame(bytes, packet);
  add(std::move(bytes));
  return true;
}

bool TcpConnection::send(const Batch& batch) {
  const std::span<const std::uint8_t> packets = batch.bytes();
  if (!has_room(packets.size())) return false;
  std::vector<std::uint8_t> bytes;
  bytes.reserve(packets.size() + batch.packets() * kLength);
  for (std::size_t at = 0; at < packets.size(); at += batch.segment())
    frame(bytes, packets.subspan(at, std::min(batch.segment(), packets.size() - at)));
  add(std::move(bytes));
  return true;
}

void TcpConnection::add(std::vector<std::uint8_t> bytes) {
  waiting_bytes_ += bytes.size();
  waiting_.push_back({std::move(bytes), std::chrono::steady_clock::now()});
  if (waiting_.size() == 1) wake_.cancel();
}

void TcpConnection::end() {
  ends_ = true;
  wake_.cancel();
}

// Until end() and everything has gone out, or the peer takes no more.
Awaitable<> TcpConnection::write() {
  error_code failure;
  while (!failure) {
    while (!waiting_.empty() && !failure) {
      co_await asio::async_write(socket_, asio::buffer(waiting_.front().bytes),
                                 asio::redirect_error(asio::use_awaitable, failure));
      waiting_bytes_ -= waiting_.front().bytes.size();
      waiting_.pop_front();
    }
    if (ends_ || failure) co_return;
    wake_.expires_at(asio::steady_timer::time_point::max());
    error_code woken;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
  }
}

TcpPort::TcpPort(asio::io_context& context, const std::string& address, std::uint16_t port)
    : tasks_(context.get_executor()), acceptor_(context) {
  const asio::ip::tcp::endpoint local(asio::ip::make_address(address), port);
  error_code failure;
  acceptor_.open(local.protocol(), failure);
  if (!failure) acceptor_.set_option(asio::socket_base::reuse_address(true), failure);
  if (local.address().is_v6() && !failure) acceptor_.set_option(asio::ip::v6_only(false), failure);
  if (!failure) acceptor_.bind(local, failure);
  if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
  if (failure)
    throw std::runtime_error("TCP port " + std::to_string(port) + " on " + address + ": " + failure.message());
}

void TcpPort::start(OnPacket on_packet) {
  on_packet_ = std::move(on_packet);
  tasks_.spawn("webrtc_tcp", accept());
}

Awaitable<> TcpPort::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  for (const auto& connection : connections_) connection->end();
  tasks_.cancel();
  co_await tasks_.join();
}

Awaitable<> TcpPort::accept() {
  while (true) {
    error_code failure;
    asio::ip::tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failure));
    if (failure == asio::error::operation_aborted) co_return;
    if (failure) {  // no descriptors left, or a peer that went
      co_await sleep_for(kAcceptPause);
      continue;
    }
    const auto unknown = std::count_if(connections_.begin(), connections_.end(),
                                       [](const auto& connection) { return connection->viewer.empty(); });
    if (connections_.size() >= kMaxConnections || static_cast<std::size_t>(unknown) >= kMaxUnknown) continue;
    const auto connection = std::make_shared<TcpConnection>(std::move(socket));
    connections_.insert(connection);
    tasks_.spawn("webrtc_tcp_connection", serve(connection));
  }
}

Awaitable<> TcpPort::serve(std::shared_ptr<TcpConnection> connection) {
  using asio::experimental::awaitable_operators::operator||;
  co_await (read(connection) || connection->write() || watch(connection));
  connection->ends_ = true;
  error_code ignored;
  connection->socket_.close(ignored);
  connections_.erase(connection);
}

// Until the peer closes.
Awaitable<> TcpPort::read(std::shared_ptr<TcpConnection> connection) {
  error_code failure;
  const auto fill = [&](asio::mutable_buffer part) {
    return asio::async_read(connection->socket_, part, asio::redirect_error(asio::use_awaitable, failure));
  };
  std::array<std::uint8_t, kLength> length{};
  std::vector<std::uint8_t> packet;
  while (true) {
    co_await fill(asio::buffer(length));
    if (failure) co_return;
    packet.resize(static_cast<std::size_t>(length[0]) << 8 | length[1]);
    co_await fill(asio::buffer(packet));
    if (failure) co_return;
    connection->heard_ = std::chrono::steady_clock::now();
    if (!packet.empty()) on_packet_(packet, connection);
  }
}

// Until the connection has said nothing of itself in time, or nothing at all for long, or
// its last words after end() do not get through.
Awaitable<> TcpPort::watch(std::shared_ptr<TcpConnection> connection) {
  co_await sleep_for(kIntroduction);
  while (!connection->viewer.empty() && !connection->ends_ &&
         std::chrono::steady_clock::now() - connection->heard_ < kSilence)
    co_await sleep_for(kLastWords);
  if (connection->ends_) co_await sleep_for(kLastWords);
}

}  // namespace pitview::video
