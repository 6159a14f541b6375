#include "plain_fanout.h"

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <vector>

#include "cpu.h"
#include "crowd.h"

namespace pitview::bench {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kTag = 16;
constexpr int kMaxSegments = 48;

struct Receiver {
  int socket = -1;
  sockaddr_in address{};
  EVP_CIPHER_CTX* cipher = nullptr;
};

Receiver new_receiver() {
  Receiver made;
  made.socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  const int buffer = 4 << 20;
  ::setsockopt(made.socket, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
  made.address.sin_family = AF_INET;
  made.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof made.address;
  ::bind(made.socket, reinterpret_cast<const sockaddr*>(&made.address), size);
  ::getsockname(made.socket, reinterpret_cast<sockaddr*>(&made.address), &size);
  const std::array<unsigned char, 16> key{};
  made.cipher = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(made.cipher, EVP_aes_128_gcm(), nullptr, key.data(), nullptr);
  return made;
}

void send_segments(int socket, const sockaddr_in& to, std::vector<std::uint8_t>& bytes, std::size_t size, int segment) {
  iovec data{bytes.data(), size};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(std::uint16_t))] = {};
  msghdr message{};
  message.msg_name = const_cast<sockaddr_in*>(&to);
  message.msg_namelen = sizeof to;
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto value = static_cast<std::uint16_t>(segment);
  std::memcpy(CMSG_DATA(header), &value, sizeof value);
  if (::sendmsg(socket, &message, 0) < 0) throw std::runtime_error("sendmsg failed");
}

}  // namespace

FanoutCost send_plainly(const FanoutLoad& load) {
  std::vector<Receiver> receivers;
  Crowd crowd([](std::size_t, std::span<const std::uint8_t>) {}, [] {});
  for (int i = 0; i < load.viewers; ++i) {
    receivers.push_back(new_receiver());
    crowd.add(static_cast<std::size_t>(i), receivers.back().socket);
  }
  const int sender = ::socket(AF_INET, SOCK_DGRAM, 0);
  const auto packet = static_cast<std::size_t>(load.bytes_per_packet);
  std::vector<std::uint8_t> plain(packet);
  std::vector<std::uint8_t> out(packet * kMaxSegments);
  std::array<unsigned char, 12> nonce{};
  FanoutCost cost;
  const auto began = std::chrono::steady_clock::now();
  const double cpu_began = thread_cpu_seconds();
  const int pictures = static_cast<int>(load.pictures_per_second * load.seconds);
  for (int picture = 0; picture < pictures; ++picture) {
    for (const Receiver& receiver : receivers) {
      for (int first = 0; first < load.packets_per_picture; first += kMaxSegments) {
        const int count = std::min(kMaxSegments, load.packets_per_picture - first);
        for (int i = 0; i < count; ++i) {
          std::uint8_t* to = &out[static_cast<std::size_t>(i) * packet];
          std::memcpy(to, plain.data(), kHeader);
          nonce[11] = static_cast<unsigned char>(i);
          int size = 0;
          EVP_EncryptInit_ex(receiver.cipher, nullptr, nullptr, nullptr, nonce.data());
          EVP_EncryptUpdate(receiver.cipher, nullptr, &size, to, kHeader);
          EVP_EncryptUpdate(receiver.cipher, to + kHeader, &size, plain.data(),
                            static_cast<int>(packet - kHeader - kTag));
          EVP_EncryptFinal_ex(receiver.cipher, to + kHeader + size, &size);
          EVP_CIPHER_CTX_ctrl(receiver.cipher, EVP_CTRL_GCM_GET_TAG, kTag, to + packet - kTag);
        }
        send_segments(sender, receiver.address, out, static_cast<std::size_t>(count) * packet, load.bytes_per_packet);
        cost.packets += count;
      }
    }
    std::this_thread::sleep_until(began + std::chrono::duration<double>((picture + 1) / load.pictures_per_second));
  }
  cost.cpu_seconds = thread_cpu_seconds() - cpu_began;
  cost.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  for (const Receiver& receiver : receivers) EVP_CIPHER_CTX_free(receiver.cipher);
  ::close(sender);
  return cost;
}

}  // namespace pitview::bench
