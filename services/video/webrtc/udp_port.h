// The one UDP port that all viewers share. Sends many packets of one size with a single
// call (UDP GSO, Linux 4.18); where the network card cannot, one by one.
#pragma once

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "pitview/async/asio.h"

namespace pitview::video {

using Endpoint = asio::ip::udp::endpoint;

// Packets for one endpoint, behind each other, as GSO wants them: all of one size, the
// last may be shorter.
class Batch {
 public:
  static constexpr std::size_t kMaxPackets = 64;    // UDP_MAX_SEGMENTS
  static constexpr std::size_t kMaxBytes = 60'000;  // below 65,507 with headers

  // Room for one packet of `size` bytes, or none: the batch is full or its last
  // packet was a shorter one; then it is to be sent first.
  std::span<std::uint8_t> room(std::size_t size);

  bool empty() const noexcept { return packets_ == 0; }
  std::size_t packets() const noexcept { return packets_; }
  std::size_t segment() const noexcept { return segment_; }
  std::span<const std::uint8_t> bytes() const noexcept { return std::span(buffer_).first(used_); }
  void clear() noexcept;

 private:
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(kMaxBytes);
  std::size_t used_ = 0;
  std::size_t packets_ = 0;
  std::size_t segment_ = 0;
  bool closed_ = false;  // its last packet is shorter
};

class UdpPort {
 public:
  // std::runtime_error with a sentence when the port is taken.
  UdpPort(asio::io_context& context, const std::string& address, std::uint16_t port);

  std::uint16_t port() const { return socket_.local_endpoint().port(); }

  using OnDatagram = std::function<void(std::span<const std::uint8_t>, const Endpoint& from)>;
  // Until it is cancelled.
  Awaitable<> receive(OnDatagram on_datagram);

  // False: the kernel's buffer is full, and nothing of it was sent.
  bool send(std::span<const std::uint8_t> datagram, const Endpoint& to);
  bool send(const Batch& batch, const Endpoint& to);

  void close();

  // Packets that the kernel had no room for.
  std::uint64_t refused() const noexcept { return refused_; }

 private:
  asio::ip::udp::socket socket_;
  bool segments_ = true;  // until the kernel says that it cannot
  std::uint64_t refused_ = 0;
};

}  // namespace pitview::video
