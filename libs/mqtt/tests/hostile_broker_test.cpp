// The client against a broker that is broken or wants it harm: every length, every
// queue and every wait has a bound.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fake_broker.h"
#include "pitview/async/deadline.h"

namespace pitview::mqtt::test {
namespace {

using std::chrono::milliseconds;

std::string puback_bytes(std::uint16_t packet_id) {
  std::string out;
  encode(packet::Puback{packet_id}, out);
  return out;
}

Awaitable<> endless_connack(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.handshake_limit = std::chrono::hours(1);  // it is not the time that ends it
  Session session(executor, options);
  co_await broker.accept();
  co_await broker.send("\x20\xE0\xD4\x03");  // 60,000 bytes, within the limit
  co_await broker.expect_close();
  // A message that fills the time before the CONNACK is no better.
  co_await broker.accept();
  co_await broker.send(publish_bytes("t", std::string(1'000, 'x'), 0));
  co_await broker.expect_close();
  EXPECT_TRUE(session.connected.empty());
  EXPECT_TRUE(session.messages.empty());
  co_await session.drop();
}
TEST(HostileBroker, ItsEndlessConnackIsNotWaitedFor) { run(endless_connack); }

Awaitable<> drips(FakeBroker& broker) {
  try {
    for (;;) {
      co_await broker.send(publish_bytes("t", "", 0));
      co_await sleep_for(milliseconds(5));
    }
  } catch (const boost::system::system_error&) {
    // The client has left.
  }
}

Awaitable<> endless_suback(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.subscriptions = {{"t", QoS::at_least_once}};
  options.handshake_limit = milliseconds(100);
  Session session(executor, options);
  co_await broker.welcome();
  co_await drips(broker);  // allowed before the SUBACK, but it must come
  EXPECT_TRUE(session.connected.empty());
  co_await session.drop();
}
TEST(HostileBroker, MessagesDoNotReplaceItsSuback) { run(endless_suback); }

Awaitable<> less_than_asked(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.subscriptions = {{"t", QoS::at_least_once}};
  Session session(executor, options);
  co_await broker.welcome();
  const auto subscribe = co_await broker.expect<packet::Subscribe>();
  std::string out;
  encode(packet::Suback{subscribe.packet_id, {0}}, out);
  co_await broker.send(out);
  co_await broker.expect_close();
  EXPECT_TRUE(session.connected.empty());
  co_await session.drop();
}
TEST(HostileBroker, ASubscriptionOfALowerQosIsNone) { run(less_than_asked); }

Awaitable<> publish_and_note(Client& client, std::string payload, QoS qos, Events<std::string>& outcomes) {
  const Result<> sent = co_await client.publish("t", std::move(payload), qos);
  outcomes.add(sent ? "sent" : std::string(name_of(sent.error().code)));
}

Awaitable<> confirmed_twice(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Session session(executor, broker.options("a"));
  co_await broker.welcome();
  co_await session.next_connected();
  Events<std::string> outcomes(executor);
  TaskGroup publishers(executor);
  publishers.spawn("first", publish_and_note(session.client, "first", QoS::at_least_once, outcomes));
  const auto first = (co_await broker.expect<packet::Publish>()).packet_id;
  co_await broker.send(puback_bytes(first));
  EXPECT_EQ(co_await outcomes.next(), "sent");
  publishers.spawn("second", publish_and_note(session.client, "second", QoS::at_least_once, outcomes));
  EXPECT_NE((co_await broker.expect<packet::Publish>()).packet_id, first);
  co_await broker.send(puback_bytes(first));
  EXPECT_EQ(co_await outcomes.next(), "unavailable") << "confirmed by a PUBACK of another message";
  co_await session.disconnected.next();
  co_await publishers.join();
  co_await session.drop();
}
TEST(HostileBroker, APubackThatComesTwiceConfirmsNothingElse) { run(confirmed_twice); }

Awaitable<> same_id(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Session session(executor, broker.options("a"));
  co_await broker.welcome();
  co_await broker.send(publish_bytes("t", "one", 7) + publish_bytes("t", "two", 7));
  const Message one = co_await session.next_message();
  const Message two = co_await session.next_message();
  session.client.acknowledge(two.token);
  EXPECT_EQ(session.client.unacknowledged(), 2U) << "an acknowledgement is of a message, not of an id";
  session.client.acknowledge(one.token);
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 7);
  EXPECT_EQ((co_await broker.expect<packet::Puback>()).packet_id, 7);
  // More messages than there are ids: it does not wait for any acknowledgement.
  std::string flood;
  for (int i = 0; i < 65'536; ++i) flood += publish_bytes("t", "", 7);
  try {
    co_await broker.send(std::move(flood));
  } catch (const boost::system::system_error&) {
    // The client has left before the end of it.
  }
  EXPECT_EQ(co_await session.disconnected.next(), "the broker reuses packet ids that are in use");
  co_await session.drop();
}
TEST(HostileBroker, PacketIdsInUseDoNotMixUpMessagesAndAreCounted) { run(same_id); }

Awaitable<> qos0_flood(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  Session session(executor, broker.options("a"));
  co_await broker.welcome();
  co_await session.next_connected();
  std::string flood;
  for (int i = 0; i < 50'000; ++i) flood += publish_bytes("t", "", 0);
  co_await broker.send(std::move(flood));
  // Others on the same thread have their turn meanwhile, and so has our own PINGREQ.
  for (int i = 0; i < 50'000; ++i) co_await session.next_message();
  EXPECT_TRUE(co_await session.client.publish("t", "still here", QoS::at_most_once));
  EXPECT_EQ((co_await broker.expect<packet::Publish>()).payload, "still here");
  EXPECT_EQ(session.client.unacknowledged(), 0U);
  EXPECT_EQ(session.client.queued_bytes(), 0U);
  co_await session.drop();
}
TEST(HostileBroker, AFloodOfQos0LeavesNothingBehind) { run(qos0_flood); }

// A session that acknowledges at once and remembers the most that ever waited to be sent.
struct Greedy {
  Greedy(asio::any_io_executor executor, const ClientOptions& options)
      : connected(executor),
        disconnected(executor),
        client(executor, options,
               {.on_message =
                    [this](const Message& message) {
                      client.acknowledge(message.token);
                      most_queued = std::max(most_queued, client.queued_bytes());
                    },
                .on_connected = [this](bool present) { connected.add(present); },
                .on_disconnected = [this](const std::string& reason) { disconnected.add(reason); }}),
        tasks(executor) {
    tasks.spawn("client", client.run());
  }

  // Publishes until the system takes no more and the queue is full too.
  Awaitable<> fill_the_way() {
    while (co_await client.publish("t", std::string(60'000, 'x'), QoS::at_most_once)) {
    }
    most_queued = 0;
  }
  Awaitable<> drop() {
    tasks.cancel();
    co_await tasks.join();
  }

  std::size_t most_queued = 0;
  Events<bool> connected;
  Events<std::string> disconnected;
  Client client;
  TaskGroup tasks;
};

Awaitable<> unread_pubacks(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  broker.read_little();
  auto options = broker.options("a");
  options.max_write_queue_bytes = 20'000;
  options.publish_limit = milliseconds(500);
  Greedy session(executor, options);
  co_await broker.welcome();
  co_await session.connected.next();
  co_await session.fill_the_way();
  constexpr int kMessages = 60'000;
  TaskGroup sender(executor);
  std::string flood;
  for (int i = 0; i < kMessages; ++i) flood += publish_bytes("t", "", 7);
  sender.spawn("flood", broker.send(std::move(flood)));
  // Everything that can happen while the broker does not read happens now.
  for (int turn = 0; turn < 5'000; ++turn) co_await asio::post(executor, asio::use_awaitable);
  // Then it reads, and everything has its answer.
  int pubacks = 0;
  while (pubacks < kMessages) pubacks += co_await broker.count_pubacks();
  EXPECT_EQ(pubacks, kMessages);
  // What was being written, the queue's limit, and the PUBACKs of one read on top.
  EXPECT_LE(session.most_queued, 130'000U + 20'000U + 65'536U / 2);
  co_await sender.join();
  co_await session.drop();
}
TEST(HostileBroker, ABrokerThatDoesNotTakeItsPubacksGetsNoMoreOfThem) { run(unread_pubacks); }

Awaitable<> never_reads(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  broker.read_little();
  auto options = broker.options("a");
  options.keep_alive_s = 1;
  options.publish_limit = milliseconds(500);
  Greedy session(executor, options);
  co_await broker.welcome();
  co_await session.connected.next();
  co_await session.fill_the_way();
  co_await drips(broker);  // it looks alive
  EXPECT_EQ(co_await session.disconnected.next(), "the broker does not read");
  co_await session.drop();
}
TEST(HostileBroker, ABrokerThatNeverReadsIsLeft) { run(never_reads); }

Awaitable<> never_confirms(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.keep_alive_s = 1;
  options.max_in_flight = 2;
  options.publish_limit = milliseconds(20);
  Session session(executor, options);
  co_await broker.welcome();
  co_await session.next_connected();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ((co_await session.client.publish("t", "x", QoS::at_least_once)).error().code, Errc::unavailable);
  co_await drips(broker);
  EXPECT_EQ(co_await session.disconnected.next(), "the broker confirms nothing");
  // The next connection has all its packet ids again.
  co_await broker.welcome();
  co_await session.next_connected();
  Events<std::string> outcomes(executor);
  TaskGroup publishers(executor);
  publishers.spawn("again", publish_and_note(session.client, "again", QoS::at_least_once, outcomes));
  co_await broker.send(puback_bytes((co_await broker.expect<packet::Publish>()).packet_id));
  EXPECT_EQ(co_await outcomes.next(), "sent");
  co_await publishers.join();
  co_await session.drop();
}
TEST(HostileBroker, ABrokerThatConfirmsNothingIsLeft) { run(never_confirms); }

}  // namespace
}  // namespace pitview::mqtt::test
