#include "watcher.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <regex>
#include <stdexcept>

#include "http_client.h"
#include "need.h"
#include "pitview/base/crypto.h"
#include "pitview/webrtc/stun.h"

namespace pitview::bench {
namespace {

constexpr int kReceiveBuffer = 4 << 20;

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string offer_of(const std::string& fingerprint, const std::string& ufrag) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=recvonly\r\na=rtcp-mux\r\n"
         "a=ice-ufrag:" +
         ufrag +
         "\r\na=ice-pwd:benchbenchbenchbenchbench\r\n"
         "a=fingerprint:sha-256 " +
         fingerprint +
         "\r\na=setup:actpass\r\n"
         "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=42e01f\r\n"
         "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n";
}

std::string found(const std::string& text, const char* pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(pattern)))
    throw std::runtime_error("the answer misses " + std::string(pattern));
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

}  // namespace

Watcher::Watcher(const DtlsClients& dtls, const Address& gateway, const std::string& target) {
  began_us_ = now_us();
  const std::string answer = need(post(gateway, target, offer_of(dtls.fingerprint(), "bnch")));
  username_ = found(answer, "a=ice-ufrag:(\\S+)") + ":bnch";
  password_ = found(answer, "a=ice-pwd:(\\S+)");
  const std::string candidate = found(answer, "a=candidate:\\S+ 1 udp \\d+ (\\S+ \\d+)");
  const std::size_t space = candidate.find(' ');
  socket_ = connected_socket(candidate.substr(0, space), std::stoi(candidate.substr(space + 1)));
  check();
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

void Watcher::take(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < 12 || datagram[0] < 128 || datagram[0] > 191) return;
  if (datagram[1] >= 192 && datagram[1] <= 223) return;  // RTCP
  const auto sequence = static_cast<std::uint16_t>(datagram[2] << 8 | datagram[3]);
  if (started_ && sequence != expected_) counted_.lost += static_cast<std::uint16_t>(sequence - expected_);
  started_ = true;
  expected_ = static_cast<std::uint16_t>(sequence + 1);
  ++counted_.packets;
  counted_.bytes += static_cast<std::int64_t>(datagram.size());
  if ((datagram[1] & 0x80) == 0) return;
  ++counted_.frames;
  if (first_frame_us_ == 0) first_frame_us_ = now_us() - began_us_;
}

void Watcher::leave() { dtls_->close(); }

}  // namespace pitview::bench
