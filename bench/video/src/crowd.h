// Reads from many sockets on a thread of its own.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <thread>
#include <vector>

namespace pitview::bench {

class Crowd {
 public:
  using OnDatagram = std::function<void(std::size_t index, std::span<const std::uint8_t>)>;
  // `on_datagram`: on the reader's thread. `idle`: there too, once a second.
  Crowd(OnDatagram on_datagram, std::function<void()> idle);
  // Stops reading.
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // From any thread, at any time.
  void add(std::size_t index, int socket);

 private:
  void read();

  int epoll_;
  OnDatagram on_datagram_;
  std::function<void()> idle_;
  std::vector<int> sockets_;  // by index; room for all from the beginning
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

}  // namespace pitview::bench
