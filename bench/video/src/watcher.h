// One who watches, without decoding: joins as a browser does, counts what comes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "dtls_client.h"
#include "signalling.h"

namespace pitview::bench {

struct Counted {
  std::int64_t packets = 0;
  std::int64_t bytes = 0;  // of UDP payload
  std::int64_t lost = 0;
  std::int64_t frames = 0;
};

class Watcher {
 public:
  // Agrees upon a connection and connects; std::runtime_error with what went wrong.
  Watcher(const DtlsClients& dtls, Signalling& signalling);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  int socket() const { return socket_; }
  // From the first request to the last packet of the first picture, in µs; 0: none yet.
  std::int64_t first_frame_us() const { return first_frame_us_; }
  // From the first request until DTLS was connected, in µs.
  std::int64_t join_us() const { return join_us_; }

  // A datagram that came to the socket.
  void take(std::span<const std::uint8_t> datagram);
  // What keeps consent (RFC 7675) fresh.
  void check();
  void leave();

  const Counted& counted() const { return counted_; }

 private:
  // Before that a server may not know the address, and leaves DTLS unanswered.
  void check_until_connected(bool server_checks);
  // Whether it is the check of a server that is no lite side.
  bool answer_check(std::span<const std::uint8_t> datagram);

  std::int64_t began_us_ = 0;
  std::int64_t join_us_ = 0;
  std::int64_t first_frame_us_ = 0;
  int socket_ = -1;
  std::string username_;  // theirs:ours
  std::string password_;
  std::unique_ptr<DtlsClient> dtls_;
  Counted counted_;
  bool started_ = false;
  std::uint16_t expected_ = 0;
};

}  // namespace pitview::bench
