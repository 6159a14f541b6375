// The client against real Mosquitto.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "support.h"

namespace pitview::mqtt::test {
namespace {

Awaitable<> publishes_and_receives(asio::any_io_executor executor) {
  const std::string topic = unique("pitview/test");
  auto options = shared_broker(unique("receiver"));
  options.subscriptions = {{topic + "/#", QoS::at_least_once}};
  Session receiver(executor, options);
  Session sender(executor, shared_broker(unique("sender")));
  EXPECT_FALSE(co_await receiver.next_connected());
  co_await sender.next_connected();

  EXPECT_TRUE(co_await sender.client.publish(topic + "/zero", "a", QoS::at_most_once));
  EXPECT_TRUE(co_await sender.client.publish(topic + "/one", std::string("\0b", 2), QoS::at_least_once));
  const Message zero = co_await receiver.next_message();
  EXPECT_EQ(zero.topic, topic + "/zero");
  EXPECT_EQ(zero.qos, QoS::at_most_once);
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
TEST(Mosquitto, CarriesMessagesOfQos0And1) { run(publishes_and_receives); }

Awaitable<> retained(asio::any_io_executor executor) {
  const std::string topic = unique("pitview/test");
  Session sender(executor, shared_broker(unique("sender")));
  co_await sender.next_connected();
  EXPECT_TRUE(co_await sender.client.publish(topic, "kept", QoS::at_least_once, true));
  auto options = shared_broker(unique("receiver"));
  options.subscriptions = {{topic, QoS::at_least_once}};
  Session receiver(executor, options);
  const Message message = co_await receiver.next_message();
  EXPECT_TRUE(message.retain);
  EXPECT_EQ(message.payload, "kept");
  EXPECT_TRUE(co_await sender.client.publish(topic, "", QoS::at_least_once, true));
  co_await receiver.stop();
  co_await sender.stop();
}
TEST(Mosquitto, KeepsRetainedMessages) { run(retained); }

Awaitable<> redelivers(asio::any_io_executor executor) {
  const std::string topic = unique("pitview/test");
  auto options = shared_broker(unique("ingest"));
  options.clean_session = false;
  options.subscriptions = {{topic, QoS::at_least_once}};
  Session sender(executor, shared_broker(unique("sender")));
  co_await sender.next_connected();
  {
    Session ingest(executor, options);
    EXPECT_FALSE(co_await ingest.next_connected());
    EXPECT_TRUE(co_await sender.client.publish(topic, "committed", QoS::at_least_once));
    EXPECT_TRUE(co_await sender.client.publish(topic, "not committed", QoS::at_least_once));
    ingest.client.acknowledge((co_await ingest.next_message()).token);
    EXPECT_EQ((co_await ingest.next_message()).payload, "not committed");
    // The PUBACK must have left before the process dies; an answered publish
    // behind it on the same connection proves it.
    EXPECT_TRUE(co_await ingest.client.publish(topic + "/other", "x", QoS::at_least_once));
    co_await ingest.drop();  // died before its commit
  }
  Session ingest(executor, options);
  const Message again = co_await ingest.next_message();
  EXPECT_EQ(again.payload, "not committed");
  EXPECT_TRUE(again.duplicate);
  ingest.client.acknowledge(again.token);
  EXPECT_TRUE(co_await ingest.next_connected()) << "the session was still there";
  co_await ingest.stop();
  co_await sender.stop();
  options.clean_session = true;  // leave no session behind
  Session cleaner(executor, options);
  co_await cleaner.next_connected();
  co_await cleaner.stop();
}
TEST(Mosquitto, DeliversAgainWhatWasNotAcknowledged) { run(redelivers); }

Awaitable<> last_will(asio::any_io_executor executor) {
  const std::string topic = unique("pitview/test");
  auto options = shared_broker(unique("watcher"));
  options.subscriptions = {{topic + "/#", QoS::at_least_once}};
  Session watcher(executor, options);
  co_await watcher.next_connected();
  const auto device = [&topic](const std::string& name) {
    auto device_options = shared_broker(unique(name));
    device_options.will = Will{topic + "/" + name, "offline", QoS::at_least_once, false};
    return device_options;
  };
  Session polite(executor, device("polite"));
  Session killed(executor, device("killed"));
  co_await polite.next_connected();
  co_await killed.next_connected();
  co_await polite.stop();
  co_await killed.drop();
  const Message will = co_await watcher.next_message();
  EXPECT_EQ(will.topic, topic + "/killed");
  EXPECT_EQ(will.payload, "offline");
  EXPECT_TRUE(watcher.messages.empty()) << "a DISCONNECT cancels the will";
  co_await watcher.stop();
}
TEST(Mosquitto, PublishesTheWillOfADroppedConnectionOnly) { run(last_will); }

Awaitable<> survives_restart(asio::any_io_executor executor) {
  Mosquitto broker;
  auto options = broker.options("receiver");
  options.subscriptions = {{"t", QoS::at_least_once}};
  Session receiver(executor, options);
  Session sender(executor, broker.options("sender"));
  co_await receiver.next_connected();
  co_await sender.next_connected();
  broker.stop();
  co_await receiver.disconnected.next();
  co_await sender.disconnected.next();
  EXPECT_EQ((co_await sender.client.publish("t", "x", QoS::at_least_once)).error().code, Errc::unavailable);
  broker.start();
  EXPECT_FALSE(co_await receiver.next_connected());
  co_await sender.next_connected();
  EXPECT_TRUE(co_await sender.client.publish("t", "after", QoS::at_least_once));
  EXPECT_EQ((co_await receiver.next_message()).payload, "after") << "subscribed again";
  co_await receiver.stop();
  co_await sender.stop();
}
TEST(Mosquitto, ARestartIsFollowedByANewConnectionAndSubscription) { run(survives_restart); }

Awaitable<> wrong_password(asio::any_io_executor executor) {
  Mosquitto broker("allow_anonymous false\npassword_file @DIR@/passwords\n");
  broker.stop();
  const std::string file = broker.directory() / "passwords";
  const std::string command = "/usr/bin/mosquitto_passwd -b -c " + file + " device right";
  EXPECT_EQ(std::system(command.c_str()), 0);
  broker.start();
  auto options = broker.options("device");
  options.username = "device";
  options.password = "wr0ng-secret";
  testing::internal::CaptureStderr();
  auto right = options;
  right.client_id = "other";
  right.password = "right";
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
TEST(Mosquitto, AWrongPasswordIsRefusedAndSaidSoWithoutThePassword) { run(wrong_password); }

}  // namespace
}  // namespace pitview::mqtt::test
