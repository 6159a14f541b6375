// One connection to a camera: from its address to its packets.
//
//   Client client(executor, url);
//   if (auto failure = co_await client.describe()) …          // client.description()
//   if (auto failure = co_await client.play(track)) …
//   Failure failure = co_await client.receive(on_packet);      // until it ends
//
// RTP comes interleaved in the connection; a camera that refuses that (461) is asked
// for UDP. While packets come, the connection is kept alive and watched: a camera that
// stalls without closing is a failure after Options::silence.
//
// All on the thread of `executor`; cancelled like any coroutine.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "pitview/async/asio.h"
#include "pitview/rtsp/description.h"
#include "pitview/rtsp/url.h"

namespace pitview::rtsp {

enum class Fault {
  unreachable,   // no connection
  unauthorized,  // the user name or the password is wrong, or missing
  not_found,     // the camera has no such stream
  no_video,      // what it describes has none
  refused,       // any other answer than 200
  malformed,     // it does not speak RTSP
  silent,        // connected, and nothing comes
  closed,        // it ended the connection
};

// "unreachable", …
std::string_view name_of(Fault fault) noexcept;

struct Failure {
  Fault fault = Fault::unreachable;
  std::string detail;  // one sentence; never the password
};

enum class Transport { tcp, udp };

struct Options {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds answer{5'000};   // to one request
  std::chrono::milliseconds silence{5'000};  // without a packet, while it plays
  Transport transport = Transport::tcp;      // to ask for first
};

class Client {
 public:
  Client(asio::any_io_executor executor, Url url, Options options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Connects, authenticates, follows up to 3 redirects. Empty: description() is there.
  Awaitable<std::optional<Failure>> describe();
  const Description& description() const noexcept;

  // Precondition: describe() found the track.
  Awaitable<std::optional<Failure>> play(const VideoTrack& track);
  Transport transport() const noexcept;

  // `rtcp`: it is a report, not a packet of pictures. Called before receive() reads on.
  using OnPacket = std::function<void(std::span<const std::uint8_t> packet, bool rtcp)>;
  Awaitable<Failure> receive(OnPacket on_packet);

  // TEARDOWN, without waiting for its answer.
  Awaitable<> close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pitview::rtsp
