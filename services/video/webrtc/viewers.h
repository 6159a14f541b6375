// All who watch over WebRTC: finds whose datagram it is, drives their timers, lets go of
// those who left. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "pitview/async/task_group.h"
#include "webrtc/viewer.h"

namespace pitview::video {

struct EndpointHash {
  std::size_t operator()(const Endpoint& endpoint) const noexcept {
    return std::hash<asio::ip::address>{}(endpoint.address()) * 31 + endpoint.port();
  }
};

class Viewers {
 public:
  static constexpr std::size_t kMaxViewers = 4'000;
  static constexpr std::size_t kMaxOfSession = 8;  // of one stream: a person, not a re-broadcast

  // Without a TCP port there is only UDP.
  Viewers(asio::io_context& context, UdpPort& udp, TcpPort* tcp)
      : udp_(udp), tcp_(tcp), tasks_(context.get_executor()) {}

  void start();
  Awaitable<> stop();

  // unavailable when there are too many, rate_limited when one session has too many.
  Result<Viewer*> add(Stream& stream, const std::string& path, Subject subject, const webrtc::Offer& offer,
                      const webrtc::H264Format& format);
  Viewer* find(const std::string& id) noexcept;
  void remove(const std::string& id);
  // Says goodbye to those who match; returns how many.
  std::size_t cut(const std::function<bool(const Viewer&)>& matches);
  void for_each(const std::function<void(const Viewer&)>& visit) const;
  std::size_t size() const noexcept { return by_id_.size(); }

  const webrtc::Fingerprint& fingerprint() const noexcept { return dtls_.fingerprint(); }

 private:
  void on_datagram(std::span<const std::uint8_t> datagram, const Endpoint& from);
  void on_tcp_packet(std::span<const std::uint8_t> packet, const std::shared_ptr<TcpConnection>& from);
  // The viewer whose check it is, if it is one.
  Viewer* check(std::span<const std::uint8_t> datagram, const Remote& from, SteadyTime now);
  void remember(const Endpoint& endpoint, Viewer* viewer);
  Awaitable<> receive();
  Awaitable<> tick();

  UdpPort& udp_;
  TcpPort* const tcp_;
  webrtc::DtlsContext dtls_;
  TaskGroup tasks_;
  std::unordered_map<std::string, std::unique_ptr<Viewer>> by_id_;
  std::unordered_map<std::string, Viewer*> by_ufrag_;
  std::unordered_map<Endpoint, Viewer*, EndpointHash> by_endpoint_;
};

}  // namespace pitview::video
