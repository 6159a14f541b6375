// The client against a scripted broker: what a well-behaved one never does, and
// the order of things.
#include "pitview/mqtt/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "back_off.h"
#include "fake_broker.h"

namespace pitview::mqtt::test {
namespace {

using std::chrono::milliseconds;

TEST(BackOff, DoublesUpToItsBound) {
  const auto bound = [](unsigned failures) {
    return back_off_bound(failures, milliseconds(1'000), milliseconds(30'000));
  };
  EXPECT_EQ(bound(1), milliseconds(1'000));
  EXPECT_EQ(bound(2), milliseconds(2'000));
  EXPECT_EQ(bound(5), milliseconds(16'000));
  EXPECT_EQ(bound(6), milliseconds(30'000));
  EXPECT_EQ(bound(4'000'000'000U), milliseconds(30'000));
}

Awaitable<> sends_credentials_and_will(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("device-1");
  options.username = "dev";
  options.password = "secret";
  options.clean_session = false;
  options.keep_alive_s = 17;
  options.will = Will{"state", "offline", QoS::at_least_once, true};
  Session session(executor, options);
  co_await broker.accept();
  const auto connect = co_await broker.expect<packet::Connect>();
  EXPECT_EQ(connect.client_id, "device-1");
  EXPECT_EQ(connect.username, "dev");
  EXPECT_EQ(connect.password, "secret");
  EXPECT_FALSE(connect.clean_session);
  EXPECT_EQ(connect.keep_alive_s, 17);
  EXPECT_EQ(connect.will->topic, "state");
  EXPECT_EQ(connect.will->qos, QoS::at_least_once);
  EXPECT_TRUE(connect.will->retain);
  co_await session.drop();
}
TEST(Client, SendsItsCredentialsAndWill) { run(sends_credentials_and_will); }

Awaitable<> acknowledges_in_order(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Session session(executor, broker.options("a"));
  co_await broker.welcome();
  co_await broker.send(publish_bytes("t", "1", 11) + publish_bytes("t", "2", 12) + publish_bytes("t", "3", 13));
  const Message one = co_await session.next_message();
  const Message two = co_await session.next_message();
  const Message three = co_await session.next_message();
  EXPECT_EQ(session.client.unacknowledged(), 3U);
  session.client.acknowledge(two.token);
  session.client.acknowledge(two.token);  // twice is once
  EXPECT_EQ(session.client.unacknowledged(), 3U) << "the second waits for the first";
  session.client.acknowledge(one.token);
  EXPECT_EQ(session.client.unacknowledged(), 1U);
  session.client.acknowledge(three.token);
  session.client.acknowledge(AckToken{});
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 11);
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 12);
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 13);
  EXPECT_EQ(session.client.counters().acknowledged, 3U);
  co_await session.drop();
}
TEST(Client, AcknowledgesOnRequestInTheOrderOfArrival) { run(acknowledges_in_order); }

Awaitable<> acknowledges_at_once(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Session session(executor, broker.options("a"));
  co_await broker.welcome();
  co_await broker.send(publish_bytes("t", "1", 11) + publish_bytes("t", "2", 12));
  const Message held_back = co_await session.next_message();
  const Message two = co_await session.next_message();
  session.client.acknowledge(two.token, AckOrder::at_once);
  session.client.acknowledge(two.token, AckOrder::at_once);  // twice is once
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 12);
  // The broker may use that number again while the first message still waits.
  co_await broker.send(publish_bytes("t", "3", 12));
  const Message three = co_await session.next_message();
  EXPECT_EQ(session.client.unacknowledged(), 2U);
  session.client.acknowledge(three.token);
  EXPECT_EQ(session.client.unacknowledged(), 2U) << "in order it waits for the first";
  session.client.acknowledge(held_back.token);
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 11);
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 12);
  EXPECT_EQ(session.client.counters().acknowledged, 3U);
  co_await session.drop();
}
TEST(Client, AcknowledgesAtOnceWhereOneMayBeHeldBack) { run(acknowledges_at_once); }

Awaitable<> ignores_old_tokens(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Session session(executor, broker.options("a"));
  co_await broker.welcome();
  co_await broker.send(publish_bytes("t", "old", 1));
  const Message old = co_await session.next_message();
  broker.close();
  co_await broker.welcome();
  co_await broker.send(publish_bytes("t", "new", 2));
  const Message fresh = co_await session.next_message();
  session.client.acknowledge(old.token);
  EXPECT_EQ(session.client.unacknowledged(), 1U);
  session.client.acknowledge(fresh.token);
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 2);
  co_await session.drop();
}
TEST(Client, DoesNotAcknowledgeAMessageOfALostConnection) { run(ignores_old_tokens); }

Awaitable<> reads_bytes_one_by_one(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Session session(executor, broker.options("a"));
  co_await broker.welcome();
  for (const char byte : publish_bytes("some/topic", "payload", 5)) co_await broker.send(std::string(1, byte));
  const Message message = co_await session.next_message();
  EXPECT_EQ(message.topic, "some/topic");
  EXPECT_EQ(message.payload, "payload");
  co_await session.drop();
}
TEST(Client, ReadsAMessageThatArrivesByteByByte) { run(reads_bytes_one_by_one); }

Awaitable<> skips_oversize(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.max_packet_bytes = 1'000;
  Session session(executor, options);
  co_await broker.welcome();
  // The first is just within the limit: topic (2 + 1), packet id (2), payload.
  co_await broker.send(publish_bytes("t", std::string(995, 'x'), 1));
  co_await broker.send(publish_bytes("t", std::string(996, 'x'), 2));
  co_await broker.send(publish_bytes("t", std::string(200'000, 'x'), 3) + publish_bytes("t", "after", 4));
  const Message within = co_await session.next_message();
  EXPECT_EQ(within.payload.size(), 995U);
  EXPECT_EQ((co_await session.next_message()).payload, "after");
  EXPECT_EQ(session.client.counters().oversize, 2U);
  session.client.acknowledge(within.token);
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 1);
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 2) << "acknowledged, or it would come for ever";
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 3);
  co_await session.drop();
}
TEST(Client, SkipsAMessageBeyondTheLimitAndGoesOn) { run(skips_oversize); }

Awaitable<> takes_large(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.max_packet_bytes = 500'000;
  Session session(executor, options);
  co_await broker.welcome();
  const std::string payload(400'000, 'y');
  co_await broker.send(publish_bytes("t", "small", 0) + publish_bytes("t", payload, 0) + publish_bytes("t", "end", 0));
  EXPECT_EQ((co_await session.next_message()).payload, "small");
  EXPECT_EQ((co_await session.next_message()).payload, payload);
  EXPECT_EQ((co_await session.next_message()).payload, "end");
  co_await session.drop();
}
TEST(Client, TakesAMessageLargerThanItsReadBuffer) { run(takes_large); }

Awaitable<> protocol_errors(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Session session(executor, broker.options("a"));
  std::string connack;
  encode(packet::Connack{}, connack);
  std::string puback;
  encode(packet::Puback{1}, puback);
  std::string foreign_puback;
  encode(packet::Puback{9'999}, foreign_puback);
  std::string suback;
  encode(packet::Suback{1, {0}}, suback);
  std::string pingreq;
  encode(packet::Pingreq{}, pingreq);
  for (const std::string& bad : {connack, puback, foreign_puback, suback, pingreq, std::string("\xF0\x00", 2)}) {
    co_await broker.welcome();
    co_await session.next_connected();
    co_await broker.send(bad);
    co_await broker.expect_close();
    co_await session.disconnected.next();
  }
  // Before its CONNACK a broker may send nothing.
  co_await broker.accept();
  co_await broker.send(publish_bytes("t", "early", 0));
  co_await broker.expect_close();
  EXPECT_TRUE(session.messages.empty());
  co_await session.drop();
}
TEST(Client, LeavesABrokerThatBreaksTheProtocolAndComesBack) { run(protocol_errors); }

Awaitable<> throwing_handler(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Events<std::string> reasons(executor);
  Client client(executor, broker.options("a"),
                {.on_message = [](Message) { throw std::runtime_error("no database"); },
                 .on_connected = {},
                 .on_disconnected = [&reasons](const std::string& reason) { reasons.add(reason); }});
  TaskGroup tasks(executor);
  tasks.spawn("client", client.run());
  co_await broker.welcome();
  co_await broker.send(publish_bytes("t", "x", 1));
  EXPECT_EQ(co_await reasons.next(), "a handler failed: no database");
  co_await broker.welcome();  // and it comes back
  tasks.cancel();
  co_await tasks.join();
}
TEST(Client, AHandlerThatThrowsEndsTheConnectionOnly) { run(throwing_handler); }

Awaitable<> refused_subscription(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.subscriptions = {{"a/#", QoS::at_least_once}, {"b/#", QoS::at_least_once}};
  Session session(executor, options);
  for (int attempt = 0; attempt < 2; ++attempt) {
    co_await broker.welcome();
    const auto subscribe = co_await broker.expect<packet::Subscribe>();
    EXPECT_EQ(subscribe.topics.size(), 2U);
    std::string out;
    encode(packet::Suback{subscribe.packet_id, {1, packet::kSubscriptionRefused}}, out);
    co_await broker.send(out);
    co_await broker.expect_close();
  }
  EXPECT_TRUE(session.connected.empty());
  co_await session.drop();
}
TEST(Client, IsNotConnectedWithoutItsSubscriptions) { run(refused_subscription); }

Awaitable<> silent_handshake(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.handshake_limit = milliseconds(50);
  Session session(executor, options);
  co_await broker.accept();
  co_await broker.expect_close();
  co_await broker.welcome();
  EXPECT_FALSE(co_await session.next_connected());
  co_await session.drop();
}
TEST(Client, GivesUpOnABrokerThatDoesNotAnswer) { run(silent_handshake); }

Awaitable<> dead_peer(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.keep_alive_s = 1;
  Session session(executor, options);
  co_await broker.welcome();
  co_await session.next_connected();
  co_await broker.expect<packet::Pingreq>();  // and no answer
  EXPECT_EQ(co_await session.disconnected.next(), "the broker has gone silent");
  co_await broker.welcome();
  co_await session.drop();
}
TEST(Client, PingsAndLeavesABrokerThatHasGoneSilent) { run(dead_peer); }

Awaitable<> answered_pings(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.keep_alive_s = 1;
  Session session(executor, options);
  co_await broker.welcome();
  for (int i = 0; i < 5; ++i) {
    co_await broker.expect<packet::Pingreq>();
    std::string pong;
    encode(packet::Pingresp{}, pong);
    co_await broker.send(pong);
  }
  EXPECT_TRUE(session.client.connected());
  EXPECT_EQ(session.client.counters().connections, 1U);
  co_await session.drop();
}
TEST(Client, StaysWithABrokerThatAnswersItsPings) { run(answered_pings); }

Awaitable<> publish_and_report(Client& client, std::string payload, Events<std::string>& outcomes) {
  const Result<> sent = co_await client.publish("t", payload, QoS::at_least_once);
  outcomes.add(payload + (sent ? " sent" : " " + std::string(name_of(sent.error().code))));
}

Awaitable<> window(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.max_in_flight = 2;
  Session session(executor, options);
  co_await broker.welcome();
  co_await session.next_connected();
  Events<std::string> outcomes(executor);
  TaskGroup publishers(executor);
  for (const char* payload : {"1", "2", "3", "4"})
    publishers.spawn(payload, publish_and_report(session.client, payload, outcomes));

  const auto first = (co_await broker.expect<packet::Publish>()).packet_id;
  const auto second = (co_await broker.expect<packet::Publish>()).packet_id;
  EXPECT_NE(first, second);
  std::string puback;
  encode(packet::Puback{second}, puback);
  co_await broker.send(puback);
  EXPECT_EQ(co_await outcomes.next(), "2 sent");
  // The third may only leave now, and nothing else with it.
  EXPECT_EQ((co_await broker.expect<packet::Publish>()).payload, "3");
  // A lost connection ends the ones in flight and the one that waits for room.
  broker.close();
  std::vector<std::string> rest;
  for (int i = 0; i < 3; ++i) rest.push_back(co_await outcomes.next());
  EXPECT_THAT(rest, testing::UnorderedElementsAre("1 unavailable", "3 unavailable", "4 unavailable"));
  co_await publishers.join();
  co_await session.drop();
}
TEST(Client, LetsOnlySoManyPublishesBeInFlight) { run(window); }

Awaitable<> publish_deadline(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.max_in_flight = 2;
  options.publish_limit = milliseconds(30);
  Session session(executor, options);
  co_await broker.welcome();
  co_await session.next_connected();
  const Result<> late = co_await session.client.publish("t", "late", QoS::at_least_once);
  EXPECT_EQ(late.error().code, Errc::unavailable);
  const auto late_id = (co_await broker.expect<packet::Publish>()).packet_id;
  // The late PUBACK must not confirm the next message: its id is not used again before.
  Events<std::string> outcomes(executor);
  TaskGroup publishers(executor);
  publishers.spawn("next", publish_and_report(session.client, "next", outcomes));
  EXPECT_NE((co_await broker.expect<packet::Publish>()).packet_id, late_id);
  std::string puback;
  encode(packet::Puback{late_id}, puback);
  co_await broker.send(puback);
  EXPECT_EQ(co_await outcomes.next(), "next unavailable");
  EXPECT_TRUE(session.client.connected());
  co_await publishers.join();
  co_await session.drop();
}
TEST(Client, APublishThatIsNotConfirmedInTimeFailsAlone) { run(publish_deadline); }

Awaitable<> publish_errors(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.max_packet_bytes = 100;
  Session session(executor, options);
  EXPECT_EQ((co_await session.client.publish("t", "x", QoS::at_most_once)).error().code, Errc::unavailable);
  co_await broker.welcome();
  co_await session.next_connected();
  EXPECT_EQ((co_await session.client.publish("t/#", "x", QoS::at_most_once)).error().code, Errc::validation_failed);
  EXPECT_TRUE(co_await session.client.publish("t", std::string(95, 'x'), QoS::at_most_once));
  EXPECT_EQ((co_await session.client.publish("t", std::string(96, 'x'), QoS::at_most_once)).error().code,
            Errc::body_too_large);
  EXPECT_EQ((co_await broker.expect<packet::Publish>()).payload.size(), 95U);
  co_await session.drop();
}
TEST(Client, RefusesToPublishWhatCannotBeSent) { run(publish_errors); }

Awaitable<> stops_politely(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Session session(executor, broker.options("a"));
  co_await broker.welcome();
  co_await session.next_connected();
  EXPECT_TRUE(co_await session.client.publish("t", "last words", QoS::at_most_once));
  session.client.stop();
  EXPECT_FALSE(co_await session.client.publish("t", "too late", QoS::at_most_once));
  EXPECT_EQ((co_await broker.expect<packet::Publish>()).payload, "last words");
  co_await broker.expect<packet::Disconnect>();
  co_await broker.send(publish_bytes("t", "nobody listens", 1));
  broker.close();
  co_await session.stop();
  EXPECT_EQ(co_await session.disconnected.next(), "stopped");
  EXPECT_TRUE(session.messages.empty());
}
TEST(Client, StopSendsWhatIsQueuedAndADisconnect) { run(stops_politely); }

Awaitable<> stops_while_waiting(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.first_back_off = options.longest_back_off = std::chrono::hours(1);
  Session session(executor, options);
  co_await broker.accept();
  broker.close();  // the client now waits up to an hour
  co_await session.stop();

  Session connecting(executor, broker.options("b"));
  co_await broker.accept();
  co_await broker.expect<packet::Connect>();
  co_await connecting.stop();
}
TEST(Client, StopsAtOnceWhileItWaitsOrConnects) { run(stops_while_waiting); }

}  // namespace
}  // namespace pitview::mqtt::test
