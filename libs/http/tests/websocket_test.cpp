#include "pitview/http/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "pitview/async/deadline.h"
#include "support.h"

namespace pitview::http {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Answer;
using test::Client;
using test::Frame;
using test::TestServer;
using testing::HasSubstr;

Awaitable<> echo(const Request&, WebSocket& socket) {
  while (std::optional<std::string> message = co_await socket.receive())
    if (!socket.send(std::move(*message))) socket.close(kCloseTryAgainLater);
}

// Sends more than the queue takes, then says how much of it fitted.
Awaitable<> flood(const Request&, WebSocket& socket) {
  const auto text = std::make_shared<const std::string>(100, 'x');
  int accepted = 0;
  while (socket.send(text)) ++accepted;
  socket.close(kCloseTryAgainLater, std::to_string(accepted) + " of " + std::to_string(socket.queued()));
  co_await socket.receive();
}

Awaitable<> refuse(const Request&, WebSocket& socket) {
  EXPECT_TRUE(socket.send("session_ended"));
  socket.close(kCloseUnauthenticated, std::string(200, 'r'));
  EXPECT_FALSE(socket.send("too late"));
  EXPECT_FALSE(co_await socket.receive());
}

Awaitable<> return_at_once(const Request&, WebSocket& socket) {
  EXPECT_TRUE(socket.send("bye"));
  co_return;
}

Awaitable<> explode(const Request&, WebSocket&) {
  throw std::runtime_error("secret");
  co_return;
}

Awaitable<> never_receive(const Request&, WebSocket&) { co_await sleep_for(hours(1)); }

Awaitable<Response> plain(const Request&) { co_return Response::text(200, "plain"); }

Router sample() {
  Router router;
  router.add_websocket("/echo", echo);
  router.add_websocket("/flood", flood);
  router.add_websocket("/refuse", refuse);
  router.add_websocket("/bye", return_at_once);
  router.add_websocket("/explode", explode);
  router.add_websocket("/stuck", never_receive);
  router.add(Method::get, "/plain", plain);
  return router;
}

// Answers the server's close frame, as a browser does.
void answer_close(Client& client, const Frame& frame) {
  client.send_frame(8, frame.payload.substr(0, 2));
  EXPECT_TRUE(client.is_closed());
  client.disconnect();
}

TEST(WebSocket, CarriesTextBothWaysInOrder) {
  TestServer server(sample(), {});
  Client client(server.port());
  const Answer answer = client.upgrade("/echo");
  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(answer.header("Sec-WebSocket-Extensions"), "");
  for (int i = 0; i < 300; ++i) client.send_text("message " + std::to_string(i));
  for (int i = 0; i < 300; ++i) EXPECT_EQ(client.read_frame()->payload, "message " + std::to_string(i));
  client.send_text(std::string(16 * 1024, 'a'));
  EXPECT_EQ(client.read_frame()->payload.size(), 16U * 1024);
  EXPECT_EQ(server.server().websockets(), 1U);
  client.send_frame(8, std::string("\x03\xE8", 2));
  EXPECT_EQ(client.read_frame()->close_code(), 1000);
  EXPECT_TRUE(client.is_closed());
}

TEST(WebSocket, AnswersPings) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.upgrade("/echo");
  client.send_frame(9, "are you there");
  const auto pong = client.read_frame();
  EXPECT_EQ(pong->opcode, 10);
  EXPECT_EQ(pong->payload, "are you there");
}

TEST(WebSocket, AFullQueueRefusesAndWhatIsInItIsStillSent) {
  Options options;
  options.websocket.queue_messages = 3;
  TestServer server(sample(), std::move(options));
  Client client(server.port());
  client.upgrade("/flood");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.read_frame()->payload.size(), 100U);
  const auto close = client.read_frame();
  EXPECT_EQ(close->close_code(), 1013);
  EXPECT_EQ(close->payload.substr(2), "3 of 3");
  answer_close(client, *close);
}

TEST(WebSocket, TheQueueIsBoundedInBytesToo) {
  Options options;
  options.websocket.queue_bytes = 250;
  TestServer server(sample(), std::move(options));
  Client client(server.port());
  client.upgrade("/flood");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.read_frame()->payload.size(), 100U);
  EXPECT_EQ(client.read_frame()->payload.substr(2), "2 of 2");
}

TEST(WebSocket, TheHandlerClosesWithACodeOfItsOwnAfterWhatItSent) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.upgrade("/refuse");
  EXPECT_EQ(client.read_frame()->payload, "session_ended");
  const auto close = client.read_frame();
  EXPECT_EQ(close->close_code(), 4401);
  EXPECT_EQ(close->payload.size(), 125U);
  answer_close(client, *close);
}

TEST(WebSocket, AHandlerThatReturnsClosesNormally) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.upgrade("/bye");
  EXPECT_EQ(client.read_frame()->payload, "bye");
  EXPECT_EQ(client.read_frame()->close_code(), 1000);
}

TEST(WebSocket, AHandlerThatThrowsClosesWith1011) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.upgrade("/explode");
  const auto close = client.read_frame();
  EXPECT_EQ(close->close_code(), 1011);
  EXPECT_EQ(close->payload.size(), 2U);
}

TEST(WebSocket, RefusesMessagesThatAreTooLargeOrNotText) {
  TestServer server(sample(), {});
  Client large(server.port());
  large.upgrade("/echo");
  large.send_text(std::string(16 * 1024 + 1, 'a'));
  EXPECT_EQ(large.read_frame()->close_code(), 1009);
  Client binary(server.port());
  binary.upgrade("/echo");
  binary.send_frame(2, "\x01");
  EXPECT_EQ(binary.read_frame()->close_code(), 1003);
  Client broken(server.port());
  broken.upgrade("/echo");
  broken.send_text("\xFF\xFE");
  EXPECT_EQ(broken.read_frame()->close_code(), 1007);
}

TEST(WebSocket, OnlyPagesOfThisHostMayConnect) {
  TestServer server(sample(), {.allowed_origins = {"https://app.example.com"}});
  Client evil(server.port());
  const Answer refused = evil.upgrade("/echo", "Origin: https://evil.example\r\n");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("\"code\":\"origin_refused\""));
  EXPECT_TRUE(evil.is_closed());
  EXPECT_EQ(Client(server.port()).upgrade("/echo", "Origin: null\r\n").status, 403);
  EXPECT_EQ(Client(server.port()).upgrade("/echo", "Origin: http://test\r\n").status, 101);
  EXPECT_EQ(Client(server.port()).upgrade("/echo", "Origin: https://app.example.com\r\n").status, 101);
}

TEST(WebSocket, ItsAddressAndOrdinaryOnesAreNotConfused) {
  TestServer server(sample(), {});
  Client client(server.port());
  const Answer answer = client.get("/echo");
  EXPECT_EQ(answer.status, 426);
  EXPECT_EQ(answer.header("Upgrade"), "websocket");
  EXPECT_EQ(client.upgrade("/plain").body, "plain");
  EXPECT_EQ(client.upgrade("/nothing").status, 404);
}

TEST(WebSocket, StopSaysGoodbyeWith1001) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.upgrade("/echo");
  client.send_text("x");
  EXPECT_EQ(client.read_frame()->payload, "x");
  std::future<void> stopped = server.stop();
  const auto close = client.read_frame();
  EXPECT_EQ(close->close_code(), 1001);
  answer_close(client, *close);
  EXPECT_EQ(stopped.wait_for(test::kPatience), std::future_status::ready);
  EXPECT_EQ(server.server().websockets(), 0U);
}

TEST(WebSocket, StopDoesNotWaitForAPeerThatDoesNotAnswer) {
  Options options;
  options.websocket.close_timeout = milliseconds(40);
  TestServer server(sample(), std::move(options));
  Client silent(server.port());
  Client stuck(server.port());
  EXPECT_EQ(silent.upgrade("/echo").status, 101);
  EXPECT_EQ(stuck.upgrade("/stuck").status, 101);
  std::future<void> stopped = server.stop();
  EXPECT_EQ(stopped.wait_for(test::kPatience), std::future_status::ready);
}

// Longer than the silence that is allowed: two intervals.
TEST(WebSocket, APeerThatAnswersPingsStays) {
  Options options;
  options.websocket.ping_interval = milliseconds(400);
  TestServer server(sample(), std::move(options));
  Client client(server.port());
  client.upgrade("/echo");
  for (int i = 0; i < 3; ++i) {
    const auto ping = client.read_frame();
    ASSERT_TRUE(ping);
    EXPECT_EQ(ping->opcode, 9);
    client.send_frame(10, ping->payload);
  }
  client.send_text("still here");
  std::optional<Frame> frame = client.read_frame();
  while (frame && frame->opcode == 9) frame = client.read_frame();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->payload, "still here");
}

TEST(WebSocket, APeerThatIsSilentIsClosed) {
  Options options;
  options.websocket.ping_interval = milliseconds(30);
  TestServer server(sample(), std::move(options));
  Client client(server.port());
  client.upgrade("/echo");
  EXPECT_EQ(client.read_frame()->opcode, 9);
  EXPECT_FALSE(client.read_frame());
}

TEST(WebSocket, AConnectionThatBreaksEndsTheHandler) {
  std::promise<int> told;
  Options options;
  options.on_finished = [&](const Finished& done) { told.set_value(done.status); };
  TestServer server(sample(), std::move(options));
  Client client(server.port());
  EXPECT_EQ(client.upgrade("/echo").status, 101);
  client.disconnect();
  auto finished = told.get_future();
  ASSERT_EQ(finished.wait_for(test::kPatience), std::future_status::ready);
  EXPECT_EQ(finished.get(), 101);
}

// Keeps a socket where another thread can post to it, as the live hub does.
struct Subscribers {
  std::promise<WebSocket*> arrived;
  Awaitable<> hold(const Request&, WebSocket& socket) {
    arrived.set_value(&socket);
    while (co_await socket.receive()) {
    }
  }
};

TEST(WebSocket, AnotherThreadSendsThroughItsExecutor) {
  Subscribers subscribers;
  Router router;
  router.add_websocket("/ws", [&](const Request& r, WebSocket& socket) { return subscribers.hold(r, socket); });
  TestServer server(std::move(router), {});
  Client client(server.port());
  client.upgrade("/ws");
  WebSocket* socket = subscribers.arrived.get_future().get();
  const auto shared = std::make_shared<const std::string>("to all");
  for (int i = 0; i < 100; ++i) asio::post(socket->executor(), [=] { EXPECT_TRUE(socket->send(shared)); });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.read_frame()->payload, "to all");
}

// All at once, before the writer has its turn: as if the peer did not read.
Awaitable<> readings_and_alerts(const Request&, WebSocket& socket) {
  const auto say = [&](const std::string& text, std::uint64_t pit) {
    EXPECT_TRUE(socket.send(std::make_shared<const std::string>(text), pit));
  };
  say("alert 1", 0);
  for (int i = 0; i < 10; ++i) say("pit 1: " + std::to_string(i), 1);
  say("alert 2", 0);
  say("pit 1: 10", 1);
  for (int i = 0; i < 10; ++i) say("pit 2: " + std::to_string(i), 2);
  while (co_await socket.receive()) {
  }
}

TEST(WebSocket, APeerThatHasFallenBehindGetsTheLatestReadingsAndEveryAlert) {
  Router router;
  router.add_websocket("/ws", readings_and_alerts);
  Options options;
  options.websocket.queue_keeps_up = 4;
  options.websocket.write_keeps_up = milliseconds(0);
  TestServer server(std::move(router), std::move(options));
  Client client(server.port());
  client.upgrade("/ws");
  std::vector<std::string> seen;
  while (seen.empty() || seen.back() != "pit 2: 9") seen.push_back(client.read_frame()->payload);
  EXPECT_THAT(seen,
              testing::ElementsAre("alert 1", "pit 1: 7", "pit 1: 8", "pit 1: 9", "alert 2", "pit 1: 10", "pit 2: 9"));
}

}  // namespace
}  // namespace pitview::http
