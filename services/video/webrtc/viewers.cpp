#include "webrtc/viewers.h"

#include <algorithm>

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"

namespace pitview::video {
namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr std::size_t kMaxEndpoints = 8;  // of one viewer: its networks

}  // namespace

void Viewers::start() {
  tasks_.spawn("viewers", receive());
  tasks_.spawn("viewers_tick", tick());
  if (tcp_ != nullptr)
    tcp_->start([this](std::span<const std::uint8_t> packet, const std::shared_ptr<TcpConnection>& from) {
      on_tcp_packet(packet, from);
    });
}

Awaitable<> Viewers::stop() {
  cut([](const Viewer&) { return true; });
  if (tcp_ != nullptr) co_await tcp_->stop();
  tasks_.cancel();
  co_await tasks_.join();
  by_endpoint_.clear();
  by_ufrag_.clear();
  by_id_.clear();
}

Result<Viewer*> Viewers::add(Stream& stream, const std::string& path, Subject subject, const webrtc::Offer& offer,
                             const webrtc::H264Format& format) {
  if (by_id_.size() >= kMaxViewers)
    return Error{Errc::unavailable, "Too many people are watching. Try again in a moment.", {}, 10};
  const auto own = std::count_if(by_id_.begin(), by_id_.end(), [&](const auto& entry) {
    return entry.second->path() == path && entry.second->subject().session == subject.session;
  });
  if (static_cast<std::size_t>(own) >= kMaxOfSession)
    return Error{Errc::rate_limited, "This is open in too many windows. Close one of them.", {}, 10};
  auto viewer = std::make_unique<Viewer>(Viewer::Parts{stream, dtls_}, path, std::move(subject), offer, format,
                                         std::chrono::steady_clock::now());
  Viewer* added = viewer.get();
  by_ufrag_[added->ice_ufrag()] = added;
  by_id_[added->id()] = std::move(viewer);
  log::info("viewer_joined", {{"path", path}, {"viewer", added->id()}, {"subject", added->subject().id}});
  return added;
}

Viewer* Viewers::find(const std::string& id) noexcept {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second.get();
}

void Viewers::remove(const std::string& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  Viewer& viewer = *found->second;
  viewer.say_goodbye();
  log::info("viewer_left", {{"path", viewer.path()}, {"viewer", id}, {"frames", viewer.statistics().frames}});
  by_ufrag_.erase(viewer.ice_ufrag());
  std::erase_if(by_endpoint_, [&](const auto& entry) { return entry.second == &viewer; });
  by_id_.erase(found);
}

std::size_t Viewers::cut(const std::function<bool(const Viewer&)>& matches) {
  std::vector<std::string> ids;
  for (const auto& [id, viewer] : by_id_)
    if (matches(*viewer)) ids.push_back(id);
  for (const std::string& id : ids) remove(id);
  return ids.size();
}

void Viewers::for_each(const std::function<void(const Viewer&)>& visit) const {
  for (const auto& [id, viewer] : by_id_) visit(*viewer);
}

Awaitable<> Viewers::receive() {
  co_await udp_.receive(
      [this](std::span<const std::uint8_t> datagram, const Endpoint& from) { on_datagram(datagram, from); });
}

void Viewers::on_datagram(std::span<const std::uint8_t> datagram, const Endpoint& from) {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (webrtc::stun::is_stun(datagram)) {
    if (Viewer* const viewer = check(datagram, Remote(udp_, from), now)) remember(from, viewer);
    return;
  }
  const auto known = by_endpoint_.find(from);
  if (known != by_endpoint_.end()) known->second->on_datagram(datagram, Remote(udp_, from), now);
}

void Viewers::on_tcp_packet(std::span<const std::uint8_t> packet, const std::shared_ptr<TcpConnection>& from) {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (webrtc::stun::is_stun(packet)) {
    if (const Viewer* const viewer = check(packet, Remote(from), now)) from->viewer = viewer->id();
  } else if (Viewer* const viewer = find(from->viewer)) {
    viewer->on_datagram(packet, Remote(from), now);
  } else {
    from->end();
  }
}

Viewer* Viewers::check(std::span<const std::uint8_t> datagram, const Remote& from, SteadyTime now) {
  const auto request = webrtc::stun::parse(datagram);
  if (!request) return nullptr;
  const std::string ours(request->username.substr(0, request->username.find(':')));
  const auto found = by_ufrag_.find(ours);
  if (found == by_ufrag_.end() || !found->second->on_check(datagram, *request, from, now)) return nullptr;
  return found->second;
}

void Viewers::remember(const Endpoint& endpoint, Viewer* viewer) {
  const auto known = by_endpoint_.find(endpoint);
  if (known != by_endpoint_.end()) {
    known->second = viewer;
    return;
  }
  const auto own = std::count_if(by_endpoint_.begin(), by_endpoint_.end(),
                                 [&](const auto& entry) { return entry.second == viewer; });
  if (static_cast<std::size_t>(own) < kMaxEndpoints) by_endpoint_[endpoint] = viewer;
}

Awaitable<> Viewers::tick() {
  while (true) {
    co_await sleep_for(kTick);
    const SteadyTime now = std::chrono::steady_clock::now();
    std::vector<std::string> over;
    for (const auto& [id, viewer] : by_id_) {
      viewer->on_tick(now);
      // It asks again then, and is told why.
      if (viewer->is_over(now) || (viewer->is_playing() && viewer->shows_nothing())) over.push_back(id);
    }
    for (const std::string& id : over) remove(id);
  }
}

}  // namespace pitview::video
