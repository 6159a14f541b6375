// A broker that does what the test says, packet by packet.
#pragma once

#include <array>
#include <string>

#include "support.h"

namespace pitview::mqtt::test {

class FakeBroker {
 public:
  explicit FakeBroker(const asio::any_io_executor& executor)
      : acceptor_(executor, {asio::ip::address_v4::loopback(), 0}), socket_(executor) {}

  ClientOptions options(const std::string& client_id) const {
    ClientOptions options;
    options.port = acceptor_.local_endpoint().port();
    options.client_id = client_id;
    options.first_back_off = std::chrono::milliseconds(10);
    options.longest_back_off = std::chrono::milliseconds(20);
    return options;
  }

  // The next connection; the one before, if any, is closed.
  Awaitable<> accept() {
    input_.clear();
    socket_ = co_await acceptor_.async_accept(asio::use_awaitable);
  }

  // accept, CONNECT, CONNACK.
  Awaitable<> welcome(bool session_present = false) {
    co_await accept();
    co_await expect<packet::Connect>();
    std::string out;
    encode(packet::Connack{session_present, 0}, out);
    co_await send(std::move(out));
  }

  // The next packet, which must be of this kind. Its views last until the next call.
  template <class PacketType>
  Awaitable<PacketType> expect() {
    input_.erase(0, taken_);
    taken_ = 0;
    for (;;) {
      auto decoded = decode({reinterpret_cast<const std::uint8_t*>(input_.data()), input_.size()});
      if (!decoded) throw std::runtime_error(decoded.error().detail);
      if (*decoded) {
        taken_ = (*decoded)->consumed;
        co_return std::get<PacketType>((*decoded)->packet);
      }
      char some[4096];
      const std::size_t size = co_await socket_.async_read_some(asio::buffer(some), asio::use_awaitable);
      input_.append(some, size);
    }
  }

  // Reads once and says how many PUBACKs were in it; other packets are passed over.
  Awaitable<int> count_pubacks() {
    input_.erase(0, taken_);
    taken_ = 0;
    std::array<char, 65'536> some;
    input_.append(some.data(), co_await socket_.async_read_some(asio::buffer(some), asio::use_awaitable));
    int found = 0;
    for (;;) {
      const std::string_view rest = std::string_view(input_).substr(taken_);
      auto decoded = decode({reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size()});
      if (!decoded) throw std::runtime_error(decoded.error().detail);
      if (!*decoded) co_return found;
      if (std::holds_alternative<packet::Puback>((*decoded)->packet)) ++found;
      taken_ += (*decoded)->consumed;
    }
  }

  Awaitable<> send(std::string bytes) { co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable); }

  // Everything that comes from now on is left in the network, in buffers as small as
  // the system lets them be. Before accept().
  void read_little() { acceptor_.set_option(asio::socket_base::receive_buffer_size(4'096)); }

  // Waits until the client has closed.
  Awaitable<> expect_close() {
    error_code failure;
    char some[4096];
    while (!failure)
      co_await socket_.async_read_some(asio::buffer(some), asio::redirect_error(asio::use_awaitable, failure));
  }

  void close() { socket_.close(); }

 private:
  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::socket socket_;
  std::string input_;
  std::size_t taken_ = 0;
};

inline std::string publish_bytes(std::string_view topic, std::string_view payload, std::uint16_t packet_id) {
  packet::Publish publish;
  publish.topic = topic;
  publish.payload = payload;
  publish.qos = packet_id == 0 ? QoS::at_most_once : QoS::at_least_once;
  publish.packet_id = packet_id;
  std::string out;
  if (!encode(publish, out)) throw std::runtime_error("not a valid PUBLISH");
  return out;
}

}  // namespace pitview::mqtt::test
