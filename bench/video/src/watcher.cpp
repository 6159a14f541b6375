#include "watcher.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <regex>
#include <stdexcept>

#include "pitview/base/crypto.h"
#include "pitview/webrtc/stun.h"

namespace pitview::bench {
namespace {

constexpr int kReceiveBuffer = 4 << 20;

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string found(const std::string& text, const char* pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern)))
    throw std::runtime_error("the description misses " + std::string(pattern));
  return match[1];
}

int connected_socket(const std::string& address, int port) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer);
  const timeval limit{0, 100'000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("no UDP to " + address);
  return socket;
}

// "127.0.0.1 4000".
std::string address_of(int socket) {
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size);
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
  return std::string(text) + " " + std::to_string(ntohs(own.sin_port));
}

}  // namespace

Watcher::Watcher(const DtlsClients& dtls, Signalling& signalling) {
  began_us_ = now_us();
  const std::string theirs = signalling.begin(dtls.fingerprint());
  username_ = found(theirs, "a=ice-ufrag:(\\S+)") + ":" + kOurUfrag;
  password_ = found(theirs, "a=ice-pwd:(\\S+)");
  const std::string candidate = found(theirs, "a=candidate:\\S+ 1 udp \\d+ (\\S+ \\d+)");
  const std::size_t space = candidate.find(' ');
  socket_ = connected_socket(candidate.substr(0, space), std::stoi(candidate.substr(space + 1)));
  signalling.finish(dtls.fingerprint(), address_of(socket_));
  check_until_connected(theirs.find("a=ice-lite") == std::string::npos);
  dtls_ = std::make_unique<DtlsClient>(dtls, socket_);
  dtls_->shake_hands();
  join_us_ = now_us() - began_us_;
}

Watcher::~Watcher() {
  dtls_.reset();
  if (socket_ >= 0) ::close(socket_);
}

void Watcher::check() {
  webrtc::stun::TransactionId transaction{};
  const std::string random = crypto::random_bytes(transaction.size());
  std::copy(random.begin(), random.end(), transaction.begin());
  const auto request = webrtc::stun::write_request(transaction, username_, password_);
  ::send(socket_, request.data(), request.size(), 0);
}

void Watcher::check_until_connected(bool server_checks) {
  constexpr int kTries = 50;  // of the socket's time limit
  std::array<std::uint8_t, 512> answer{};
  bool is_answered = false;
  bool is_checked = !server_checks;
  for (int i = 0; i < kTries; ++i) {
    if (!is_answered) check();
    const ssize_t size = ::recv(socket_, answer.data(), answer.size(), 0);
    if (size <= 0) continue;
    const std::span<const std::uint8_t> datagram(answer.data(), static_cast<std::size_t>(size));
    is_checked = answer_check(datagram) || is_checked;
    is_answered = is_answered || (webrtc::stun::is_stun(datagram) && datagram[0] == 1);  // a success
    if (is_answered && is_checked) return;
  }
  throw std::runtime_error("no connectivity check was answered");
}

bool Watcher::answer_check(std::span<const std::uint8_t> datagram) {
  const auto request = webrtc::stun::parse(datagram);
  if (!request) return false;
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  ::getpeername(socket_, reinterpret_cast<sockaddr*>(&peer), &size);
  const auto* address = reinterpret_cast<const std::uint8_t*>(&peer.sin_addr);
  const auto answer = webrtc::stun::write_success(
      request->transaction, {{address, sizeof peer.sin_addr}, ntohs(peer.sin_port)}, kOurPassword);
  return ::send(socket_, answer.data(), answer.size(), 0) > 0;
}

void Watcher::take(std::span<const std::uint8_t> datagram) {
  if (answer_check(datagram)) return;
  if (datagram.size() < 12 || datagram[0] < 128 || datagram[0] > 191) return;
  if (datagram[1] >= 192 && datagram[1] <= 223) return;  // RTCP
  const auto sequence = static_cast<std::uint16_t>(datagram[2] << 8 | datagram[3]);
  const auto ahead = static_cast<std::int16_t>(sequence - expected_);
  if (started_) counted_.lost += ahead >= 0 ? ahead : -1;  // one that comes late was counted before
  if (!started_ || ahead >= 0) expected_ = static_cast<std::uint16_t>(sequence + 1);
  started_ = true;
  ++counted_.packets;
  counted_.bytes += static_cast<std::int64_t>(datagram.size());
  if ((datagram[1] & 0x80) == 0) return;
  ++counted_.frames;
  if (first_frame_us_ == 0) first_frame_us_ = now_us() - began_us_;
}

void Watcher::leave() { dtls_->close(); }

}  // namespace pitview::bench
