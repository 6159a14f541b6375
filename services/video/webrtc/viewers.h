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
  static constexpr std::size_t kMaxOfSession = 8;  // a person, not a re-broadcast

  Viewers(asio::io_context& context, UdpPort& port) : port_(port), tasks_(context.get_executor()) {}

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
  void on_check(std::span<const std::uint8_t> datagram, const Endpoint& from, SteadyTime now);
  Awaitable<> receive();
  Awaitable<> tick();

  UdpPort& port_;
  webrtc::DtlsContext dtls_;
  TaskGroup tasks_;
  std::unordered_map<std::string, std::unique_ptr<Viewer>> by_id_;
  std::unordered_map<std::string, Viewer*> by_ufrag_;
  std::unordered_map<Endpoint, Viewer*, EndpointHash> by_endpoint_;
};

}  // namespace pitview::video
