// Where a viewer is: an address at the UDP port, or a TCP connection.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include "webrtc/tcp_port.h"
#include "webrtc/udp_port.h"

namespace pitview::video {

class Remote {
 public:
  Remote(UdpPort& port, const Endpoint& endpoint) : way_(Udp{&port, endpoint}) {}
  explicit Remote(std::shared_ptr<TcpConnection> connection) : way_(std::move(connection)) {}

  // False: there is no room now, and nothing of it was sent.
  template <class Data>  // one packet, or a Batch
  bool send(const Data& data) const {
    if (const auto* udp = std::get_if<Udp>(&way_)) return udp->port->send(data, udp->endpoint);
    return std::get<Tcp>(way_)->send(data);
  }

  asio::ip::address address() const {
    if (const auto* udp = std::get_if<Udp>(&way_)) return udp->endpoint.address();
    return std::get<Tcp>(way_)->remote().address();
  }
  std::uint16_t port() const {
    if (const auto* udp = std::get_if<Udp>(&way_)) return udp->endpoint.port();
    return std::get<Tcp>(way_)->remote().port();
  }
  bool is_tcp() const noexcept { return std::holds_alternative<Tcp>(way_); }
  // A TCP connection is closed once what waits has gone out.
  void end() const {
    if (const auto* tcp = std::get_if<Tcp>(&way_)) (*tcp)->end();
  }

 private:
  struct Udp {
    UdpPort* port;
    Endpoint endpoint;
  };
  using Tcp = std::shared_ptr<TcpConnection>;
  std::variant<Udp, Tcp> way_;
};

}  // namespace pitview::video
