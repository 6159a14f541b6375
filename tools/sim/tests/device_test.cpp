// A virtual device against real Mosquitto (PITVIEW_TEST_MQTT).
#include "device.h"

#include <gtest/gtest.h>

#include "pitview/json/document.h"
#include "support.h"

namespace pitview::sim {
namespace {

using mqtt::test::Mosquitto;
using mqtt::test::Session;

struct Bench {
  explicit Bench(const mqtt::ClientOptions& broker) {
    mqtt.host = broker.host;
    mqtt.port = broker.port;
    device.device_id = mqtt::test::unique("ESP32");
    device.license_key = "LIC-4F8D-9K2M-3P7Q";
    device.mqtt_username = device.device_id;
    device.mqtt_password = "secret";
    device.workshop_code = mqtt::test::unique("workshop");
    device.pit_number = 1;
    topics = topics_of(device.workshop_code, device.pit_number, device.device_id);
  }

  mqtt::ClientOptions watching(mqtt::ClientOptions options) const {
    options.client_id = mqtt::test::unique("watcher");
    options.subscriptions = {{topics.sensors, mqtt::QoS::at_least_once}, {topics.status, mqtt::QoS::at_least_once}};
    return options;
  }

  MqttConfig mqtt;
  DeviceConfig device;
  Topics topics;
  ManualClock clock{*parse_iso8601("2026-11-24T04:00:00Z")};
};

// The next message of `topic`; others are passed over.
Awaitable<std::string> next_of(Session& session, std::string topic) {
  for (;;) {
    mqtt::Message message = co_await session.next_message();
    session.client.acknowledge(message.token);
    if (message.topic == topic) co_return message.payload;
  }
}

std::int64_t seq_of(const std::string& payload) {
  const auto document = json::Document::parse(payload);
  return document->root().find("seq")->as_int64().value_or(-1);
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Awaitable<> publishes_at_once(asio::any_io_executor executor) {
  const auto broker = mqtt::test::shared_broker("sim");
  Bench bench(broker);
  Session watcher(executor, bench.watching(broker));
  co_await watcher.next_connected();
  // The interval is an hour: only the reading after the connection can come.
  Device device(executor, bench.device, bench.mqtt, std::chrono::hours(1), 5, bench.clock);
  device.start();
  const std::string status = co_await next_of(watcher, bench.topics.status);
  EXPECT_TRUE(contains(status, R"("status":"online")")) << status;
  const std::string reading = co_await next_of(watcher, bench.topics.sensors);
  EXPECT_TRUE(contains(reading, R"("timestamp":"2026-11-24T04:00:00.000Z")")) << reading;
  EXPECT_TRUE(contains(reading, R"("boot_id":5,"seq":0)")) << reading;
  EXPECT_FALSE(contains(reading, "replay")) << reading;
  co_await device.stop();
  EXPECT_EQ(co_await next_of(watcher, bench.topics.status), offline_status());
  co_await watcher.stop();
}
TEST(Device, PublishesAReadingAsSoonAsItIsConnectedAndSaysGoodbye) { mqtt::test::run(publishes_at_once); }

Awaitable<> obeys(asio::any_io_executor executor) {
  const auto broker = mqtt::test::shared_broker("sim");
  Bench bench(broker);
  Session server(executor, bench.watching(broker));
  co_await server.next_connected();
  Device device(executor, bench.device, bench.mqtt, std::chrono::hours(1), 5, bench.clock);
  device.start();
  EXPECT_EQ(seq_of(co_await next_of(server, bench.topics.sensors)), 0);

  // Not a command: nothing changes.
  EXPECT_TRUE(co_await server.client.publish(bench.topics.command, "DISABLE", mqtt::QoS::at_least_once));
  EXPECT_TRUE(co_await server.client.publish(bench.topics.command, R"({"command":"DISABLE","reason":"unpaid"})",
                                             mqtt::QoS::at_least_once));
  std::string status = co_await next_of(server, bench.topics.status);
  while (contains(status, "online")) status = co_await next_of(server, bench.topics.status);
  EXPECT_EQ(status, R"({"status":"disabled","reason":"unpaid"})");
  EXPECT_FALSE(device.enabled());

  EXPECT_TRUE(co_await server.client.publish(bench.topics.command, R"({"command":"ENABLE","reason":"paid"})",
                                             mqtt::QoS::at_least_once));
  EXPECT_EQ(seq_of(co_await next_of(server, bench.topics.sensors)), 1) << "nothing was measured meanwhile";
  EXPECT_TRUE(device.enabled());
  co_await device.stop();
  co_await server.stop();
}
TEST(Device, StopsOnDisableAndResumesOnEnable) { mqtt::test::run(obeys); }

Awaitable<> keeps_readings(asio::any_io_executor executor) {
  Mosquitto broker;
  const auto options = broker.options("sim");
  Bench bench(options);
  Device device(executor, bench.device, bench.mqtt, std::chrono::seconds(1), 5, bench.clock);
  Session watcher(executor, bench.watching(options));
  co_await watcher.next_connected();
  device.start();
  std::int64_t last = seq_of(co_await next_of(watcher, bench.topics.sensors));
  broker.stop();
  co_await watcher.disconnected.next();
  broker.start();
  co_await watcher.next_connected();
  // Whatever was measured while the broker was away follows without a gap. The
  // watcher's own subscription may be late for the first ones, which are retried
  // only if the broker did not confirm them.
  std::int64_t seen = seq_of(co_await next_of(watcher, bench.topics.sensors));
  EXPECT_GT(seen, last);
  for (int i = 0; i < 2; ++i) {
    const std::int64_t next = seq_of(co_await next_of(watcher, bench.topics.sensors));
    EXPECT_TRUE(next == seen || next == seen + 1) << next << " after " << seen;
    seen = next;
  }
  EXPECT_EQ(device.dropped_readings(), 0U);
  co_await device.stop();
  co_await watcher.stop();
}
TEST(Device, KeepsItsReadingsWhileTheBrokerIsAway) { mqtt::test::run(keeps_readings); }

}  // namespace
}  // namespace pitview::sim
