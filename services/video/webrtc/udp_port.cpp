#include "webrtc/udp_port.h"

#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace pitview::video {
namespace {

constexpr int kBuffer = 8 << 20;  // bytes; a key frame for a thousand viewers comes in one burst
constexpr std::size_t kMaxDatagram = 2'048;
constexpr int kDatagramsPerTurn = 64;

}  // namespace

std::span<std::uint8_t> Batch::room(std::size_t size) {
  const bool fits = !closed_ && packets_ < kMaxPackets && used_ + size <= buffer_.size();
  if (!fits || (packets_ > 0 && size > segment_)) return {};
  if (packets_ == 0) segment_ = size;
  closed_ = size < segment_;
  const std::span<std::uint8_t> place = std::span(buffer_).subspan(used_, size);
  used_ += size;
  ++packets_;
  return place;
}

void Batch::clear() noexcept {
  used_ = packets_ = segment_ = 0;
  closed_ = false;
}

UdpPort::UdpPort(asio::io_context& context, const std::string& address, std::uint16_t port) : socket_(context) {
  const Endpoint local(asio::ip::make_address(address), port);
  error_code failure;
  socket_.open(local.protocol(), failure);
  // "::" takes IPv4 as well.
  if (local.address().is_v6() && !failure) socket_.set_option(asio::ip::v6_only(false), failure);
  if (!failure) socket_.bind(local, failure);
  if (failure)
    throw std::runtime_error("UDP port " + std::to_string(port) + " on " + address + ": " + failure.message());
  socket_.non_blocking(true);
  error_code ignored;
  socket_.set_option(asio::socket_base::send_buffer_size(kBuffer), ignored);
  socket_.set_option(asio::socket_base::receive_buffer_size(kBuffer), ignored);
}

Awaitable<> UdpPort::receive(OnDatagram on_datagram) {
  std::vector<std::uint8_t> buffer(kMaxDatagram);
  while (true) {
    co_await socket_.async_wait(asio::ip::udp::socket::wait_read, asio::use_awaitable);
    for (int i = 0; i < kDatagramsPerTurn; ++i) {
      Endpoint from;
      error_code failure;
      const std::size_t size = socket_.receive_from(asio::buffer(buffer), from, 0, failure);
      if (failure) break;  // nothing left, or an ICMP error of a viewer that went
      on_datagram(std::span(buffer).first(size), from);
    }
  }
}

bool UdpPort::send(std::span<const std::uint8_t> datagram, const Endpoint& to) {
  error_code failure;
  socket_.send_to(asio::buffer(datagram.data(), datagram.size()), to, 0, failure);
  if (failure == asio::error::would_block || failure == asio::error::no_buffer_space) {
    ++refused_;
    return false;
  }
  return true;  // any other error is the viewer's: consent runs out
}

bool UdpPort::send(const Batch& batch, const Endpoint& to) {
  if (batch.packets() == 1 || !segments_) {
    const std::span<const std::uint8_t> bytes = batch.bytes();
    for (std::size_t at = 0; at < bytes.size(); at += batch.segment())
      if (!send(bytes.subspan(at, std::min(batch.segment(), bytes.size() - at)), to)) return false;
    return true;
  }
  iovec data{const_cast<std::uint8_t*>(batch.bytes().data()), batch.bytes().size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(std::uint16_t))] = {};
  msghdr message{};
  message.msg_name = const_cast<sockaddr*>(to.data());
  message.msg_namelen = static_cast<socklen_t>(to.size());
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto segment = static_cast<std::uint16_t>(batch.segment());
  std::memcpy(CMSG_DATA(header), &segment, sizeof(segment));
  if (::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT) >= 0) return true;
  if (errno == EAGAIN || errno == ENOBUFS) {
    refused_ += batch.packets();
    return false;
  }
  // EIO: no checksum offload; EINVAL: an older kernel. From here on one by one.
  if (errno == EIO || errno == EINVAL || errno == EOPNOTSUPP) {
    segments_ = false;
    return send(batch, to);
  }
  return true;
}

void UdpPort::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace pitview::video
