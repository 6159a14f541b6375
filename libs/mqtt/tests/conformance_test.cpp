// What the client relies on, against every broker it is promised to work with. Nothing
// here depends on which one it is; where they differ beyond that, README.md says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "brokers.h"
#include "support.h"

namespace pitview::mqtt::test {
namespace {

enum class Kind : std::uint8_t { mosquitto, nats };

std::unique_ptr<Broker> make_broker(Kind kind, Access access = Access::anyone) {
  if (kind == Kind::nats) return std::make_unique<Nats>(access);
  return std::make_unique<Mosquitto>(access);
}

using Body = Awaitable<> (*)(asio::any_io_executor, Broker&);

class Conformance : public testing::TestWithParam<Kind> {
 protected:
  static void against_the_broker(Body body, Access access = Access::anyone) {
    const auto broker = make_broker(GetParam(), access);
    run([&](asio::any_io_executor executor) { return body(std::move(executor), *broker); });
  }
};

INSTANTIATE_TEST_SUITE_P(Brokers, Conformance, testing::Values(Kind::mosquitto, Kind::nats),
                         [](const auto& kind) { return kind.param == Kind::mosquitto ? "Mosquitto" : "Nats"; });

ClientOptions subscriber(const Broker& broker, const std::string& client_id, const std::string& filter) {
  ClientOptions options = broker.options(client_id);
  options.subscriptions = {{filter, QoS::at_least_once}};
  return options;
}

// The PUBACKs that were asked for have left when a publish behind them is answered.
Awaitable<> flush_pubacks(Session& session) {
  EXPECT_TRUE(co_await session.client.publish("nobody/listens", "x", QoS::at_least_once));
}

Awaitable<> carries(asio::any_io_executor executor, Broker& broker) {
  Session receiver(executor, subscriber(broker, "receiver", "t/#"));
  Session sender(executor, broker.options("sender"));
  EXPECT_FALSE(co_await receiver.next_connected());
  co_await sender.next_connected();
  EXPECT_TRUE(co_await sender.client.publish("t/zero", "a", QoS::at_most_once));
  const Message zero = co_await receiver.next_message();
  EXPECT_EQ(zero.topic, "t/zero");
  EXPECT_EQ(zero.qos, QoS::at_most_once);
  EXPECT_TRUE(co_await sender.client.publish("t/one", std::string("\0b", 2), QoS::at_least_once));
  const Message one = co_await receiver.next_message();
  EXPECT_EQ(one.payload, std::string("\0b", 2));
  EXPECT_EQ(one.qos, QoS::at_least_once);
  EXPECT_FALSE(one.retain);
  EXPECT_FALSE(one.duplicate);
  EXPECT_EQ(receiver.client.unacknowledged(), 1U);
  receiver.client.acknowledge(one.token);
  co_await receiver.stop();
  co_await sender.stop();
}
TEST_P(Conformance, CarriesMessagesOfQos0And1) { against_the_broker(carries); }

Awaitable<> keeps_order(asio::any_io_executor executor, Broker& broker) {
  Session receiver(executor, subscriber(broker, "receiver", "t"));
  Session sender(executor, broker.options("sender"));
  co_await receiver.next_connected();
  co_await sender.next_connected();
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(co_await sender.client.publish("t", std::to_string(i), QoS::at_least_once));
  for (int i = 0; i < 200; ++i) {
    const Message message = co_await receiver.next_message();
    EXPECT_EQ(message.payload, std::to_string(i));
    receiver.client.acknowledge(message.token);
  }
  co_await receiver.stop();
  co_await sender.stop();
}
TEST_P(Conformance, KeepsTheOrderOfOnePublisher) { against_the_broker(keeps_order); }

Awaitable<> refuses_password(asio::any_io_executor executor, Broker& broker) {
  auto options = broker.options("bad");
  options.username = "device";
  options.password = "wr0ng-secret";
  auto right = options;
  right.client_id = "good";
  right.password = "right";
  testing::internal::CaptureStderr();
  Session good(executor, right);
  co_await good.next_connected();  // the broker is up
  Session bad(executor, options);
  EXPECT_EQ((co_await bad.client.publish("t", "x", QoS::at_least_once)).error().code, Errc::unavailable);
  // Each confirmed publish lets the refusals come; the test's own limit ends a wait in vain.
  while (bad.client.counters().failed_connections < 2)
    EXPECT_TRUE(co_await good.client.publish("t", "x", QoS::at_least_once));
  EXPECT_TRUE(bad.connected.empty());
  co_await bad.stop();
  co_await good.stop();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("not authorised"), std::string::npos) << log;
  EXPECT_EQ(log.find("wr0ng-secret"), std::string::npos) << log;
}
TEST_P(Conformance, RefusesAWrongPasswordWhichIsSaidWithoutThePassword) {
  against_the_broker(refuses_password, Access::user_device);
}

Awaitable<> retains(asio::any_io_executor executor, Broker& broker) {
  Session sender(executor, broker.options("sender"));
  co_await sender.next_connected();
  EXPECT_TRUE(co_await sender.client.publish("kept/1", "old", QoS::at_least_once, true));
  EXPECT_TRUE(co_await sender.client.publish("kept/1", "new", QoS::at_least_once, true));
  EXPECT_TRUE(co_await sender.client.publish("kept/2", "gone", QoS::at_least_once, true));
  EXPECT_TRUE(co_await sender.client.publish("kept/2", "", QoS::at_least_once, true));
  Session receiver(executor, subscriber(broker, "receiver", "kept/+"));
  co_await receiver.next_connected();
  const Message kept = co_await receiver.next_message();
  EXPECT_TRUE(kept.retain);
  EXPECT_EQ(kept.payload, "new");
  receiver.client.acknowledge(kept.token);
  EXPECT_TRUE(co_await sender.client.publish("kept/3", "live", QoS::at_least_once, true));
  const Message live = co_await receiver.next_message();
  EXPECT_EQ(live.payload, "live") << "an empty message removes the retained one";
  EXPECT_FALSE(live.retain) << "who is subscribed already gets it as a live one";
  co_await receiver.stop();
  co_await sender.stop();
}
TEST_P(Conformance, KeepsTheLastRetainedMessage) { against_the_broker(retains); }

Awaitable<> publishes_wills(asio::any_io_executor executor, Broker& broker) {
  Session watcher(executor, subscriber(broker, "watcher", "state/#"));
  co_await watcher.next_connected();
  const auto device = [&broker](const std::string& name) {
    auto options = broker.options(name);
    options.will = Will{"state/" + name, "offline", QoS::at_least_once, false};
    return options;
  };
  Session polite(executor, device("polite"));
  Session killed(executor, device("killed"));
  co_await polite.next_connected();
  co_await killed.next_connected();
  co_await polite.stop();
  co_await killed.drop();
  const Message will = co_await watcher.next_message();
  EXPECT_EQ(will.topic, "state/killed");
  EXPECT_EQ(will.payload, "offline");
  EXPECT_TRUE(watcher.messages.empty()) << "a DISCONNECT cancels the will";
  co_await watcher.stop();
}
TEST_P(Conformance, PublishesTheWillOfADroppedConnectionOnly) { against_the_broker(publishes_wills); }

Awaitable<> redelivers(asio::any_io_executor executor, Broker& broker) {
  auto options = subscriber(broker, "ingest", "t");
  options.clean_session = false;
  Session sender(executor, broker.options("sender"));
  co_await sender.next_connected();
  {
    Session ingest(executor, options);
    EXPECT_FALSE(co_await ingest.next_connected());
    EXPECT_TRUE(co_await sender.client.publish("t", "committed", QoS::at_least_once));
    EXPECT_TRUE(co_await sender.client.publish("t", "not committed", QoS::at_least_once));
    ingest.client.acknowledge((co_await ingest.next_message()).token);
    EXPECT_EQ((co_await ingest.next_message()).payload, "not committed");
    co_await flush_pubacks(ingest);
    co_await ingest.drop();  // died before its commit
  }
  EXPECT_TRUE(co_await sender.client.publish("t", "while away", QoS::at_least_once));
  Session ingest(executor, options);
  // The two may come in either order: a broker may wait before it delivers again.
  std::vector<std::string> seen;
  for (int i = 0; i < 2; ++i) {
    const Message message = co_await ingest.next_message();
    seen.push_back(message.payload + (message.duplicate ? " again" : ""));
    ingest.client.acknowledge(message.token);
  }
  EXPECT_THAT(seen, testing::UnorderedElementsAre("not committed again", "while away"));
  EXPECT_TRUE(co_await ingest.next_connected()) << "the session was still there";
  co_await ingest.stop();
  co_await sender.stop();
}
TEST_P(Conformance, APersistentSessionGetsAgainWhatWasNotAcknowledged) { against_the_broker(redelivers); }

Awaitable<> holds_back_pubacks(asio::any_io_executor executor, Broker& broker) {
  auto options = subscriber(broker, "ingest", "t");
  options.clean_session = false;
  Session sender(executor, broker.options("sender"));
  co_await sender.next_connected();
  {
    Session ingest(executor, options);
    co_await ingest.next_connected();
    for (const char* payload : {"1", "2", "3"})
      EXPECT_TRUE(co_await sender.client.publish("t", payload, QoS::at_least_once));
    co_await ingest.next_message();
    ingest.client.acknowledge((co_await ingest.next_message()).token);
    ingest.client.acknowledge((co_await ingest.next_message()).token);
    co_await flush_pubacks(ingest);
    co_await ingest.drop();
  }
  Session ingest(executor, options);
  std::vector<std::string> again;
  for (int i = 0; i < 3; ++i) {
    const Message message = co_await ingest.next_message();
    again.push_back(message.payload);
    ingest.client.acknowledge(message.token);
  }
  EXPECT_THAT(again, testing::ElementsAre("1", "2", "3")) << "the first one, not acknowledged, holds back the others";
  co_await ingest.stop();
  co_await sender.stop();
}
TEST_P(Conformance, PubacksLeaveInTheOrderOfTheMessages) { against_the_broker(holds_back_pubacks); }

Awaitable<> watches_keep_alive(asio::any_io_executor executor, Broker& broker) {
  Session watcher(executor, subscriber(broker, "watcher", "state/#"));
  co_await watcher.next_connected();
  auto options = broker.options("pinging");
  options.keep_alive_s = 1;
  options.will = Will{"state/pinging", "offline", QoS::at_least_once, false};
  Session pinging(executor, options);
  co_await pinging.next_connected();
  // One that says CONNECT and then nothing, with the same keep-alive time.
  asio::ip::tcp::socket silent(executor);
  co_await silent.async_connect({asio::ip::address_v4::loopback(), options.port}, asio::use_awaitable);
  packet::Connect connect;
  connect.client_id = "silent";
  connect.keep_alive_s = 1;
  connect.will = packet::Will{"state/silent", "offline", QoS::at_least_once, false};
  std::string bytes;
  EXPECT_TRUE(encode(connect, bytes));
  co_await asio::async_write(silent, asio::buffer(bytes), asio::use_awaitable);
  EXPECT_EQ((co_await watcher.next_message()).topic, "state/silent");
  EXPECT_TRUE(pinging.client.connected());
  EXPECT_EQ(pinging.client.counters().connections, 1U) << "its pings have kept it";
  co_await pinging.stop();
  co_await watcher.stop();
}
TEST_P(Conformance, TheKeepAliveEndsASilentConnectionOnly) { against_the_broker(watches_keep_alive); }

Awaitable<> takes_over(asio::any_io_executor executor, Broker& broker) {
  Session other(executor, broker.options("another"));
  co_await other.next_connected();  // the broker is up
  auto options = subscriber(broker, "the same", "t");
  options.reconnect = false;  // or the two would throw each other out in turn
  Session first(executor, options);
  co_await first.next_connected();
  Session second(executor, options);
  co_await second.next_connected();
  co_await first.disconnected.next();
  EXPECT_TRUE(second.client.connected());
  EXPECT_TRUE(co_await second.client.publish("t", "mine", QoS::at_least_once));
  EXPECT_EQ((co_await second.next_message()).payload, "mine");
  EXPECT_TRUE(other.client.connected());
  co_await first.stop();
  co_await second.stop();
  co_await other.stop();
}
TEST_P(Conformance, TheSameClientIdTakesOver) { against_the_broker(takes_over); }

Awaitable<> carries_large(asio::any_io_executor executor, Broker& broker) {
  auto options = subscriber(broker, "receiver", "t");
  options.max_packet_bytes = 600'000;
  Session receiver(executor, options);
  options = broker.options("sender");
  options.max_packet_bytes = 600'000;
  Session sender(executor, options);
  co_await receiver.next_connected();
  co_await sender.next_connected();
  std::string payload(500'000, ' ');
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i * 31 + i / 251);
  EXPECT_TRUE(co_await sender.client.publish("t", payload, QoS::at_least_once));
  EXPECT_TRUE((co_await receiver.next_message()).payload == payload);
  co_await receiver.stop();
  co_await sender.stop();
}
TEST_P(Conformance, CarriesALargePayload) { against_the_broker(carries_large); }

Awaitable<> matches_filters(asio::any_io_executor executor, Broker& broker) {
  auto options = broker.options("receiver");
  options.subscriptions = {{"workshop/+/pit/+/sensors", QoS::at_least_once},
                           {"state/#", QoS::at_least_once},
                           {"exact/topic", QoS::at_least_once}};
  Session receiver(executor, options);
  Session sender(executor, broker.options("sender"));
  co_await receiver.next_connected();
  co_await sender.next_connected();
  for (const char* topic : {"workshop/w1/pit/1/sensors", "workshop/w1/pit/sensors", "workshop/w1/pit/1/sensors/more",
                            "state", "state/a/b", "stat", "exact/topic", "exact", "exact/topic/below", "state/last"})
    EXPECT_TRUE(co_await sender.client.publish(topic, "x", QoS::at_least_once));
  // Different subscriptions may overtake each other.
  std::vector<std::string> topics;
  while (topics.size() < 5) topics.push_back((co_await receiver.next_message()).topic);
  EXPECT_THAT(topics, testing::UnorderedElementsAre("workshop/w1/pit/1/sensors", "state", "state/a/b", "exact/topic",
                                                    "state/last"));
  EXPECT_TRUE(receiver.messages.empty());
  co_await receiver.stop();
  co_await sender.stop();
}
TEST_P(Conformance, WildcardsMatchAsTheStandardSays) { against_the_broker(matches_filters); }

Awaitable<> survives_restart(asio::any_io_executor executor, Broker& broker) {
  auto options = subscriber(broker, "ingest", "t");
  options.clean_session = false;
  Session sender(executor, broker.options("sender"));
  co_await sender.next_connected();
  {
    Session ingest(executor, options);
    co_await ingest.next_connected();
    co_await ingest.stop();
  }
  EXPECT_TRUE(co_await sender.client.publish("t", "before", QoS::at_least_once));
  broker.stop();
  co_await sender.disconnected.next();
  EXPECT_EQ((co_await sender.client.publish("t", "x", QoS::at_least_once)).error().code, Errc::unavailable);
  broker.start();
  co_await sender.next_connected();
  Session ingest(executor, options);
  EXPECT_TRUE(co_await ingest.next_connected()) << "the session is on the broker's disk";
  const Message before = co_await ingest.next_message();
  EXPECT_EQ(before.payload, "before") << "and so is what was confirmed";
  ingest.client.acknowledge(before.token);
  EXPECT_TRUE(co_await sender.client.publish("t", "after", QoS::at_least_once));
  EXPECT_EQ((co_await ingest.next_message()).payload, "after");
  co_await ingest.stop();
  co_await sender.stop();
}
TEST_P(Conformance, ARestartKeepsSessionsAndMessages) { against_the_broker(survives_restart); }

}  // namespace
}  // namespace pitview::mqtt::test
