// What a virtual device says first when it connects to its broker.
#include "device/mqtt_port.h"

#include <gtest/gtest.h>

#include <array>

#include "support.h"

namespace pitview::sim {
namespace {

constexpr std::uint8_t kConnect = 0x10;       // MQTT 3.1.1, 3.1
constexpr std::uint8_t kTlsHandshake = 0x16;  // RFC 8446, 5.1

Awaitable<> first_byte(asio::any_io_executor executor, bool tls, std::uint8_t& byte) {
  asio::ip::tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), 0});
  const Network network;
  VirtualClock clock(0);
  MqttPort port(executor, network, clock, "", [] {});
  fw::MqttSession session;
  session.host = "127.0.0.1";
  session.port = acceptor.local_endpoint().port();
  session.tls = tls;
  session.client_id = session.username = session.password = "ESP32-A4CF12B3D4E5";
  session.will_topic = "state";
  EXPECT_TRUE(port.connect(session));
  asio::ip::tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
  std::array<std::uint8_t, 1> read{};
  co_await asio::async_read(socket, asio::buffer(read), asio::use_awaitable);
  byte = read[0];
}

std::uint8_t first_byte(bool tls) {
  std::uint8_t byte = 0;
  mqtt::test::run([&](asio::any_io_executor executor) { return first_byte(std::move(executor), tls, byte); });
  return byte;
}

TEST(MqttPort, SpeaksTlsWhereItsFactoryDataSaysSo) {
  EXPECT_EQ(first_byte(false), kConnect);
  EXPECT_EQ(first_byte(true), kTlsHandshake);
}

}  // namespace
}  // namespace pitview::sim
