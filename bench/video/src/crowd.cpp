#include "crowd.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>

namespace pitview::bench {
namespace {

constexpr std::size_t kMost = 4'096;
constexpr std::size_t kBatch = 32;
constexpr std::size_t kDatagram = 2'048;

}  // namespace

Crowd::Crowd(OnDatagram on_datagram, std::function<void()> idle)
    : epoll_(::epoll_create1(0)), on_datagram_(std::move(on_datagram)), idle_(std::move(idle)), sockets_(kMost, -1) {
  thread_ = std::thread([this] { read(); });
}

Crowd::~Crowd() {
  stopped_ = true;
  thread_.join();
  ::close(epoll_);
}

void Crowd::add(std::size_t index, int socket) {
  sockets_[index] = socket;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = index;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
}

void Crowd::read() {
  std::vector<std::uint8_t> buffer(kBatch * kDatagram);
  std::array<iovec, kBatch> parts{};
  std::array<mmsghdr, kBatch> messages{};
  for (std::size_t i = 0; i < kBatch; ++i) {
    parts[i] = {&buffer[i * kDatagram], kDatagram};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  std::array<epoll_event, 64> events{};
  auto idle_due = std::chrono::steady_clock::now();
  while (!stopped_) {
    const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
    for (int e = 0; e < ready; ++e) {
      const std::size_t index = events[static_cast<std::size_t>(e)].data.u64;
      const int got = ::recvmmsg(sockets_[index], messages.data(), kBatch, MSG_DONTWAIT, nullptr);
      for (int i = 0; i < got; ++i) {
        const auto at = static_cast<std::size_t>(i);
        on_datagram_(index, {&buffer[at * kDatagram], messages[at].msg_len});
      }
    }
    if (std::chrono::steady_clock::now() < idle_due) continue;
    idle_due = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    idle_();
  }
}

}  // namespace pitview::bench
