// TLS against real Mosquitto with certificates of every kind, and against what is no
// broker at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "brokers.h"
#include "certificates.h"
#include "fake_broker.h"
#include "support.h"
#include "transport.h"

namespace pitview::mqtt::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::string tls_listener(std::uint16_t port, const KeyPair& pair, const std::string& more = {}) {
  return "listener " + std::to_string(port) + " 127.0.0.1\ncertfile " + pair.certificate + "\nkeyfile " + pair.key +
         "\n" + more;
}

// One Mosquitto with a listener for every certificate a broker may have.
struct TlsBrokers {
  TemporaryFolder folder;
  Authority ours{folder.path(), "ours"};
  Authority foreign{folder.path(), "foreign"};
  KeyPair device = ours.issue("device", "DNS:device");
  KeyPair stranger = foreign.issue("stranger", "DNS:device");
  std::uint16_t good = free_port();
  std::uint16_t other_name = free_port();
  std::uint16_t expired = free_port();
  std::uint16_t unknown = free_port();
  std::uint16_t mutual = free_port();
  Mosquitto broker{Access::anyone,
                   tls_listener(good, ours.issue("good", "DNS:localhost,IP:127.0.0.1")) +
                       tls_listener(other_name, ours.issue("other", "DNS:broker.example,IP:192.0.2.1")) +
                       tls_listener(expired, ours.issue("expired", "IP:127.0.0.1", -1)) +
                       tls_listener(unknown, foreign.issue("unknown", "IP:127.0.0.1")) +
                       tls_listener(mutual, ours.issue("mutual", "IP:127.0.0.1"),
                                    "require_certificate true\ncafile " + ours.certificate() + "\n")};

  Tls tls() const { return {ours.certificate(), {}, {}, {}}; }
  ClientOptions options(std::uint16_t port, const std::string& client_id) const {
    ClientOptions options = broker.options(client_id);
    options.port = port;
    options.tls = tls();
    return options;
  }
};

class TlsTransport : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    brokers_ = std::make_unique<TlsBrokers>();
    run([](asio::any_io_executor executor) -> Awaitable<> {  // until the broker is up
      Session plain(executor, brokers_->broker.options("plain"));
      co_await plain.next_connected();
      co_await plain.stop();
    });
  }
  static void TearDownTestSuite() { brokers_.reset(); }

  // Why no connection comes about; empty when one does.
  static std::string reason(std::uint16_t port, Tls tls, const std::string& host = "127.0.0.1",
                            milliseconds limit = milliseconds(10'000)) {
    std::string text;
    run([&](asio::any_io_executor executor) { return try_open(executor, port, tls, host, limit, text); });
    return text;
  }
  static const TlsBrokers& brokers() { return *brokers_; }

 private:
  static Awaitable<> try_open(asio::any_io_executor executor, std::uint16_t port, Tls tls, std::string host,
                              milliseconds limit, std::string& text) {
    const auto transport = make_tls_transport(executor, std::move(tls));
    const Result<> opened = co_await transport->open(std::move(host), port, limit);
    if (!opened) text = opened.error().detail;
    transport->close();
  }

  static std::unique_ptr<TlsBrokers> brokers_;
};
std::unique_ptr<TlsBrokers> TlsTransport::brokers_;

TEST_F(TlsTransport, TrustsTheRightAuthorityAndName) {
  EXPECT_EQ(reason(brokers().good, brokers().tls()), "");
  EXPECT_EQ(reason(brokers().good, brokers().tls(), "localhost"), "");
}

TEST_F(TlsTransport, RefusesAnAuthorityItDoesNotKnow) {
  const std::string untrusted = "the broker's certificate is from an authority that is not trusted";
  EXPECT_EQ(reason(brokers().unknown, brokers().tls()), untrusted);
  EXPECT_EQ(reason(brokers().good, Tls{brokers().foreign.certificate(), {}, {}, {}}), untrusted);
  EXPECT_EQ(reason(brokers().good, Tls{}), untrusted) << "the system's authorities do not know ours";
}

TEST_F(TlsTransport, RefusesACertificateForAnotherName) {
  EXPECT_EQ(reason(brokers().other_name, brokers().tls()), "the broker's certificate is not for 127.0.0.1");
  EXPECT_EQ(reason(brokers().other_name, brokers().tls(), "localhost"),
            "the broker's certificate is not for localhost");
  Tls named = brokers().tls();
  named.server_name = "broker.example";
  EXPECT_EQ(reason(brokers().other_name, named), "");
  EXPECT_EQ(reason(brokers().good, named), "the broker's certificate is not for broker.example");
}

TEST_F(TlsTransport, RefusesAnExpiredCertificate) {
  EXPECT_EQ(reason(brokers().expired, brokers().tls()), "the broker's certificate has expired");
}

TEST_F(TlsTransport, SaysThatTheOtherSideDoesNotSpeakTls) {
  EXPECT_EQ(reason(brokers().broker.options("x").port, brokers().tls()),
            "the broker ended the TLS handshake: does it speak TLS on this port?");
}

Awaitable<> answers_in_plain_text(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  TaskGroup tasks(executor);
  const auto answer = [](FakeBroker& server) -> Awaitable<> {
    co_await server.accept();
    co_await server.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  };
  tasks.spawn("answer", answer(broker));
  const auto transport = make_tls_transport(executor, {});
  const Result<> opened = co_await transport->open("127.0.0.1", broker.options("x").port, milliseconds(10'000));
  EXPECT_EQ(opened.error().detail, "the broker does not speak TLS on this port");
  co_await tasks.join();
}
TEST_F(TlsTransport, SaysSoOfAnAnswerInPlainTextToo) { run(answers_in_plain_text); }

Awaitable<> never_answers(asio::any_io_executor executor) {
  FakeBroker broker(executor);  // the system accepts; nobody says a word
  const auto transport = make_tls_transport(executor, {});
  const Result<> opened = co_await transport->open("127.0.0.1", broker.options("x").port, milliseconds(50));
  EXPECT_EQ(opened.error().detail, "no TLS handshake in time");
}
TEST_F(TlsTransport, DoesNotWaitForeverForAHandshake) { run(never_answers); }

Awaitable<> ends_in_handshake(asio::any_io_executor executor) {
  FakeBroker broker(executor);
  auto options = broker.options("a");
  options.tls = Tls{};
  options.handshake_limit = std::chrono::hours(1);
  Session stopped(executor, options);
  co_await broker.accept();
  co_await stopped.stop();
  Session dropped(executor, options);
  co_await broker.accept();
  co_await dropped.drop();
}
TEST_F(TlsTransport, StopsAtOnceInTheMiddleOfAHandshake) { run(ends_in_handshake); }

TEST_F(TlsTransport, NamesTheFileThatCannotBeUsed) {
  const auto& all = brokers();
  const auto complaint = [](const Tls& tls) {
    const Result<> checked = check(tls);
    return checked ? std::string() : checked.error().detail;
  };
  EXPECT_EQ(complaint(all.tls()), "");
  EXPECT_EQ(complaint({}), "");
  EXPECT_THAT(complaint({"/nowhere/ca.pem", {}, {}, {}}),
              HasSubstr("the file of authorities /nowhere/ca.pem cannot be used"));
  EXPECT_EQ(complaint({all.ours.certificate(), all.device.certificate, {}, {}}),
            "a client certificate needs a certificate file and a key file");
  EXPECT_THAT(complaint({all.ours.certificate(), all.device.key, all.device.key, {}}), HasSubstr("certificate file"));
  EXPECT_THAT(complaint({all.ours.certificate(), all.device.certificate, all.stranger.key, {}}),
              HasSubstr("the key file " + all.stranger.key + " cannot be used"));
  const std::string locked = all.folder.path() / "locked.key";
  command("openssl ec -aes128 -passout pass:secret -in " + all.device.key + " -out " + locked);
  EXPECT_THAT(complaint({all.ours.certificate(), all.device.certificate, locked, {}}), HasSubstr("key file"))
      << "and nobody is asked for a pass phrase";
}

// In TLS 1.3 the client learns after its handshake that the broker does not want it.
Awaitable<> refused_without_certificate(asio::any_io_executor executor, const TlsBrokers& all, Tls tls,
                                        std::string& why) {
  const auto transport = make_tls_transport(executor, std::move(tls));
  const Result<> opened = co_await transport->open("127.0.0.1", all.mutual, milliseconds(10'000));
  EXPECT_TRUE(opened);
  if (!opened) co_return;
  std::array<std::uint8_t, 16> some{};
  error_code failure;
  co_await transport->read_some(some, failure);
  why = transport->explain(failure);
}

TEST_F(TlsTransport, SaysThatTheBrokerWantsACertificateOrAnotherOne) {
  std::string why;
  Tls tls = brokers().tls();
  run([&](asio::any_io_executor executor) { return refused_without_certificate(executor, brokers(), tls, why); });
  EXPECT_EQ(why, "the broker asks for a client certificate");
  tls.certificate_file = brokers().stranger.certificate;
  tls.key_file = brokers().stranger.key;
  run([&](asio::any_io_executor executor) { return refused_without_certificate(executor, brokers(), tls, why); });
  EXPECT_THAT(why, HasSubstr("the broker refuses the client certificate"));
}

Awaitable<> connects_with_certificate(asio::any_io_executor executor, const TlsBrokers& all) {
  auto options = all.options(all.mutual, "device");
  Session without(executor, options);
  options.tls->certificate_file = all.device.certificate;
  options.tls->key_file = all.device.key;
  options.client_id = "with";
  options.subscriptions = {{"mutual", QoS::at_least_once}};
  Session with(executor, options);
  co_await with.next_connected();
  EXPECT_TRUE(co_await with.client.publish("mutual", "x", QoS::at_least_once));
  EXPECT_EQ((co_await with.next_message()).payload, "x");
  while (without.client.counters().failed_connections == 0)
    EXPECT_TRUE(co_await with.client.publish("other", "x", QoS::at_least_once));
  EXPECT_TRUE(without.connected.empty());
  co_await without.stop();
  co_await with.stop();
}
TEST_F(TlsTransport, AClientCertificateLetsItIn) {
  run([](asio::any_io_executor executor) { return connects_with_certificate(executor, brokers()); });
}

Awaitable<> wills_of_tls(asio::any_io_executor executor, const TlsBrokers& all) {
  auto options = all.options(all.good, "watcher");
  options.subscriptions = {{"state/#", QoS::at_least_once}};
  Session watcher(executor, options);
  co_await watcher.next_connected();
  const auto device = [&all](const std::string& name) {
    auto device_options = all.options(all.good, name);
    device_options.will = Will{"state/" + name, "offline", QoS::at_least_once, false};
    return device_options;
  };
  Session polite(executor, device("polite"));
  Session killed(executor, device("killed"));
  co_await polite.next_connected();
  co_await killed.next_connected();
  co_await polite.stop();
  co_await killed.drop();
  EXPECT_EQ((co_await watcher.next_message()).topic, "state/killed");
  EXPECT_TRUE(watcher.messages.empty()) << "a DISCONNECT cancels the will";
  co_await watcher.stop();
}
TEST_F(TlsTransport, StopAndDropDoWhatTheyDoWithoutTls) {
  run([](asio::any_io_executor executor) { return wills_of_tls(executor, brokers()); });
}

// Differs at every position and from message to message, and is longer than a TLS
// record now and then.
std::string payload_of(int number) {
  std::string payload(number % 20 == 0 ? 50'000 : number % 700, ' ');
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(static_cast<std::size_t>(number) * 131 + i * 31 + i / 251);
  return std::to_string(number) + ":" + payload;
}

constexpr int kMessages = 1'500;

Awaitable<> send_all(Session& session, std::string topic) {
  // Some with QoS 0 among them, which waits for nothing.
  for (int i = 0; i < kMessages; ++i)
    EXPECT_TRUE(
        co_await session.client.publish(topic, payload_of(i), i % 3 == 0 ? QoS::at_least_once : QoS::at_most_once));
}

Awaitable<> receive_all(Session& session) {
  for (int i = 0; i < kMessages; ++i) {
    const Message message = co_await session.next_message();
    session.client.acknowledge(message.token);
    EXPECT_TRUE(message.payload == payload_of(i)) << "message " << i;
  }
}

Awaitable<> talks_both_ways(asio::any_io_executor executor, Mosquitto& broker, ClientOptions options) {
  options.max_write_queue_bytes = 200'000;
  options.client_id = "left";
  options.subscriptions = {{"to/left", QoS::at_least_once}};
  Session left(executor, options);
  options.client_id = "right";
  options.subscriptions = {{"to/right", QoS::at_least_once}};
  Session right(executor, options);
  co_await left.next_connected();
  co_await right.next_connected();
  for (int round = 0; round < 2; ++round) {
    TaskGroup tasks(executor);
    tasks.spawn("left sends", send_all(left, "to/right"));
    tasks.spawn("right sends", send_all(right, "to/left"));
    tasks.spawn("left receives", receive_all(left));
    tasks.spawn("right receives", receive_all(right));
    co_await tasks.join();
    if (round == 1) break;
    broker.stop();
    EXPECT_EQ(co_await left.disconnected.next(), "closed by the broker");
    co_await right.disconnected.next();
    broker.start();
    co_await left.next_connected();
    co_await right.next_connected();
  }
  co_await left.stop();
  co_await right.stop();
}

TEST(Tls, LosesNoByteInEitherDirectionNorAfterARestart) {
  TemporaryFolder folder;
  const Authority authority(folder.path(), "ours");
  const std::uint16_t port = free_port();
  // Mosquitto drops QoS 0 for a slow client beyond this many.
  Mosquitto broker(Access::anyone,
                   tls_listener(port, authority.issue("broker", "IP:127.0.0.1")) + "max_queued_messages 0\n");
  ClientOptions options = broker.options("");
  options.port = port;
  options.tls = Tls{authority.certificate(), {}, {}, {}};
  run([&](asio::any_io_executor executor) { return talks_both_ways(executor, broker, options); });
}

}  // namespace
}  // namespace pitview::mqtt::test
