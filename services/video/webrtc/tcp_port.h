// WebRTC over TCP (RFC 6544, passive) for networks that let no UDP out: packets in frames
// of RFC 4571, two bytes of length and the packet. Who is at the other end is known from
// the first frame, a connectivity check; a connection without one is closed.
//
// All on one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "pitview/async/task_group.h"

namespace pitview::video {

class Batch;

class TcpConnection : public std::enable_shared_from_this<TcpConnection> {
 public:
  // What waits longer is worth nothing: until it has gone out no more is taken.
  static constexpr std::chrono::milliseconds kStale{1'000};
  static constexpr std::size_t kMaxWaiting = 6 << 20;  // bytes: a cached group, and some

  explicit TcpConnection(asio::ip::tcp::socket socket);

  // False: too much waits already, and nothing of it was taken.
  bool send(std::span<const std::uint8_t> packet);
  bool send(const Batch& batch);
  // After what waits has gone out, or a second.
  void end();

  const asio::ip::tcp::endpoint& remote() const noexcept { return remote_; }

  // The viewer's id, once a check has named it.
  std::string viewer;

 private:
  friend class TcpPort;
  struct Chunk {
    std::vector<std::uint8_t> bytes;  // frames
    std::chrono::steady_clock::time_point since;
  };
  bool has_room(std::size_t bytes) const;
  void frame(std::vector<std::uint8_t>& out, std::span<const std::uint8_t> packet) const;
  void add(std::vector<std::uint8_t> bytes);
  Awaitable<> write();

  asio::ip::tcp::socket socket_;
  asio::ip::tcp::endpoint remote_;
  asio::steady_timer wake_;
  std::deque<Chunk> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool ends_ = false;
  std::chrono::steady_clock::time_point heard_ = std::chrono::steady_clock::now();
};

class TcpPort {
 public:
  static constexpr std::size_t kMaxConnections = 4'000;
  static constexpr std::size_t kMaxUnknown = 200;  // that have not said yet who they are
  static constexpr std::chrono::seconds kIntroduction{5};
  static constexpr std::chrono::seconds kSilence{40};  // checks come every 15 s at the latest (RFC 7675)

  // std::runtime_error with a sentence when the port is taken. Port 0: any.
  TcpPort(asio::io_context& context, const std::string& address, std::uint16_t port);

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  using OnPacket = std::function<void(std::span<const std::uint8_t>, const std::shared_ptr<TcpConnection>& from)>;
  void start(OnPacket on_packet);
  Awaitable<> stop();

  std::size_t connections() const noexcept { return connections_.size(); }

 private:
  using Connections = std::unordered_set<std::shared_ptr<TcpConnection>>;
  Awaitable<> accept();
  Awaitable<> serve(std::shared_ptr<TcpConnection> connection);
  Awaitable<> read(std::shared_ptr<TcpConnection> connection);
  Awaitable<> watch(std::shared_ptr<TcpConnection> connection);

  TaskGroup tasks_;
  asio::ip::tcp::acceptor acceptor_;
  OnPacket on_packet_;
  Connections connections_;
};

}  // namespace pitview::video
