#include "pitview/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
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
using test::TestServer;
using testing::HasSubstr;
using testing::Not;

Awaitable<Response> echo(const Request& request) {
  co_return Response::text(
      200, std::string(name_of(request.method)) + " " + std::string(request.param("id")) + " " + request.body);
}
Awaitable<Response> show_peer(const Request& request) {
  co_return Response::text(200, request.remote_address + " " + (request.https ? "https" : "http"));
}
Awaitable<Response> show_query(const Request& request) {
  std::string text;
  for (const auto& [name, value] : request.query) text += name + "=" + value + ";";
  co_return Response::text(200, text);
}
Awaitable<Response> explode(const Request&) {
  throw std::runtime_error("relation \"users\" is gone");
  co_return Response{};
}
Awaitable<Response> sleep_long(const Request&) {
  co_await sleep_for(hours(1));
  co_return Response{};
}

Router sample() {
  Router router;
  router.add(Method::get, "/hello", test::constant("hello"));
  router.add(Method::get, "/query", show_query);
  router.add(Method::get, "/peer", show_peer);
  router.add(Method::get, "/items/{id}", echo);
  router.add(Method::post, "/items/{id}", echo, {.body_limit = 10});
  router.add(Method::post, "/photos/{id}", echo, {.body_limit = 200'000});
  router.add(Method::get, "/explode", explode);
  router.add(Method::get, "/slow", sleep_long, {.timeout = milliseconds(20)});
  router.add(Method::get, "/forever", sleep_long, {.timeout = hours(1)});
  return router;
}

std::string post(const std::string& path, const std::string& headers, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n" + body;
}
std::string post(const std::string& body) {
  return post("/items/1", "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

TEST(Server, AnswersWithTheHeadersEveryResponseHas) {
  TestServer server(sample(), {});
  Client client(server.port());
  const Answer answer = client.get("/hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(answer.header("Content-Security-Policy"), HasSubstr("default-src 'self'"));
  EXPECT_THAT(answer.header("Date"), HasSubstr("GMT"));
  EXPECT_EQ(answer.header("X-Request-Id").size(), 16U);
  EXPECT_NE(client.get("/hello").header("X-Request-Id"), answer.header("X-Request-Id"));
}

TEST(Server, KeepsTheConnectionUnlessToldOtherwise) {
  TestServer server(sample(), {});
  Client client(server.port());
  EXPECT_EQ(client.get("/hello").status, 200);
  EXPECT_EQ(client.get("/nothing").status, 404);
  EXPECT_EQ(client.get("/hello", "Connection: close\r\n").header("Connection"), "close");
  EXPECT_TRUE(client.is_closed());

  Client old(server.port());
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read_answer()->body, "hello");
  EXPECT_TRUE(old.is_closed());
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server(sample(), {});
  Client client(server.port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += "GET /items/" + std::to_string(i) + " HTTP/1.1\r\nHost: test\r\n\r\n";
    requests += post("b" + std::to_string(i));
  }
  client.send(requests);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.read_answer()->body, "GET " + std::to_string(i) + " ");
    EXPECT_EQ(client.read_answer()->body, "POST 1 b" + std::to_string(i));
  }
}

TEST(Server, TakesARequestInPieces) {
  TestServer server(sample(), {});
  Client client(server.port());
  for (const char c : post("0123456789")) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read_answer()->body, "POST 1 0123456789");
}

TEST(Server, DecodesQueryAndPath) {
  TestServer server(sample(), {});
  Client client(server.port());
  EXPECT_EQ(client.get("/query?a=1&b=x+y%26&a=2&flag&=v").body, "a=1;b=x y&;a=2;flag=;=v;");
  EXPECT_EQ(client.get("/items/a%20b").body, "GET a b ");
  client.send("GET http://test/items/7 HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(client.read_answer()->body, "GET 7 ");
  EXPECT_EQ(client.get("/items/%zz").status, 400);
}

TEST(Server, HeadIsGetWithoutItsBody) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto answer = client.read_answer(true);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("Content-Length"), "5");
  EXPECT_EQ(client.get("/hello").body, "hello");
}

TEST(Server, TellsWhichMethodsAPathTakes) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.send("DELETE /items/1 HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto refused = client.read_answer();
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->header("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_THAT(refused->body, HasSubstr("\"code\":\"method_not_allowed\""));
  client.send("TRACE /items/1 HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(client.read_answer()->status, 405);
  client.send("OPTIONS /items/1 HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto options = client.read_answer();
  EXPECT_EQ(options->status, 204);
  EXPECT_EQ(options->header("Allow"), "GET, HEAD, POST, OPTIONS");
  const Answer missing = client.get("/nothing");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.header("Content-Type"), "application/problem+json");
  EXPECT_THAT(missing.body, HasSubstr("\"request_id\":\"" + missing.header("X-Request-Id") + "\""));
}

// A body of three chunks of 40,000 bytes, of which the third may not come.
Router router_with_source(std::uint64_t size, bool breaks_off) {
  Router router;
  router.add(Method::get, "/made", [=](const Request&) -> Awaitable<Response> {
    Response response{.status = 200, .content_type = "video/mp4", .body = "not this", .headers = {}};
    const auto made = std::make_shared<int>(0);
    response.source = std::make_shared<const BodySource>(
        BodySource{.size = size, .next = [made, breaks_off]() -> Awaitable<std::string> {
                     co_await sleep_for(milliseconds(1));
                     if (++*made == 3 && breaks_off) throw std::runtime_error("it was removed");
                     co_return std::string(40'000, static_cast<char>('a' + *made));
                   }});
    co_return response;
  });
  router.add(Method::get, "/hello", test::constant("hello"));
  return router;
}

TEST(BodySource, IsSentWhileItIsMadeAndTheConnectionGoesOn) {
  TestServer server(router_with_source(120'000, false), {});
  Client client(server.port());
  const Answer answer = client.get("/made");
  EXPECT_EQ(answer.header("Content-Length"), "120000");
  EXPECT_EQ(answer.body, std::string(40'000, 'b') + std::string(40'000, 'c') + std::string(40'000, 'd'));
  EXPECT_EQ(client.get("/hello").body, "hello");
}

TEST(BodySource, OneThatBreaksOffIsNoWholeAnswer) {
  TestServer server(router_with_source(120'000, true), {});
  Client client(server.port());
  client.send("GET /made HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_FALSE(client.read_answer());
}

TEST(BodySource, OfAnotherSizeThanWasSaidIsNoWholeAnswer) {
  TestServer server(router_with_source(100'000, false), {});
  Client client(server.port());
  client.send("GET /made HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_FALSE(client.read_answer());
}

// What a body of unknown size has come to, as its test sees it.
struct Making {
  int parts = 3;        // then it ends
  int breaks_off = -1;  // instead of that part
  std::size_t part_size = 40'000;
  std::chrono::milliseconds before_each{0};
  std::atomic<int> made = 0;

  Awaitable<std::string> next() {
    co_await sleep_for(before_each);
    if (made == breaks_off) throw std::runtime_error("the database is gone");
    if (made == parts) co_return std::string();
    co_return std::string(part_size, static_cast<char>('a' + made++ % 26));
  }
};

Awaitable<Response> of_unknown_size(std::shared_ptr<Making> making, const Request&) {
  Response response{.status = 200, .content_type = "text/csv", .body = "not this", .headers = {}};
  response.source =
      std::make_shared<const BodySource>(BodySource{.size = {}, .next = [making] { return making->next(); }});
  co_return response;
}

Router router_of(const std::shared_ptr<Making>& making) {
  Router router;
  router.add(Method::get, "/made", [making](const Request& request) { return of_unknown_size(making, request); });
  router.add(Method::get, "/hello", test::constant("hello"));
  return router;
}

std::string three_parts() { return std::string(40'000, 'a') + std::string(40'000, 'b') + std::string(40'000, 'c'); }

TEST(UnknownSize, IsSentInChunksAndTheConnectionGoesOn) {
  std::promise<std::uint64_t> told;
  Options options;
  options.on_finished = [&](const Finished& done) {
    if (done.route == "/made") told.set_value(done.bytes);
  };
  TestServer server(router_of(std::make_shared<Making>()), std::move(options));
  Client client(server.port());
  const Answer answer = client.get("/made");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer.header("Content-Length"), "") << "RFC 9112 §6.2: never both";
  EXPECT_EQ(answer.body, three_parts());
  EXPECT_EQ(told.get_future().get(), 120'000U) << "of the body, without what frames it";
  EXPECT_EQ(client.get("/hello").body, "hello");
}

TEST(UnknownSize, MayBeNothing) {
  const auto making = std::make_shared<Making>();
  making->parts = 0;
  TestServer server(router_of(making), {});
  Client client(server.port());
  client.send("GET /made HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), testing::EndsWith("\r\n\r\n0\r\n\r\n"));
}

TEST(UnknownSize, OfARequestForTheHeadIsNotMade) {
  const auto making = std::make_shared<Making>();
  TestServer server(router_of(making), {});
  Client client(server.port());
  client.send("HEAD /made HTTP/1.1\r\nHost: test\r\n\r\n");
  const auto answer = client.read_answer(true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(client.get("/hello").body, "hello");
  EXPECT_EQ(making->made, 0);
}

TEST(UnknownSize, ThatBreaksOffHasNoLastChunkAndTheConnectionIsClosed) {
  for (const int part : {0, 2}) {
    const auto making = std::make_shared<Making>();
    making->breaks_off = part;
    TestServer server(router_of(making), {});
    Client client(server.port());
    client.send("GET /made HTTP/1.1\r\nHost: test\r\n\r\n");
    const std::string sent = client.read_to_end();
    EXPECT_THAT(sent, testing::StartsWith("HTTP/1.1 200 OK"));
    EXPECT_THAT(sent, Not(testing::EndsWith("0\r\n\r\n"))) << part;
  }
}

TEST(UnknownSize, ForHttp10EndsWithTheConnection) {
  TestServer server(router_of(std::make_shared<Making>()), {});
  Client client(server.port());
  client.send("GET /made HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto answer = client.read_answer(true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header("Transfer-Encoding"), "");
  EXPECT_EQ(answer->header("Content-Length"), "");
  EXPECT_EQ(answer->header("Connection"), "close");
  EXPECT_EQ(client.read_to_end(), three_parts());
  EXPECT_FALSE(client.was_reset());
}

TEST(UnknownSize, ForHttp10ThatBreaksOffIsReset) {
  const auto making = std::make_shared<Making>();
  making->breaks_off = 2;
  TestServer server(router_of(making), {});
  Client client(server.port());
  client.send("GET /made HTTP/1.0\r\n\r\n");
  client.read_to_end();
  EXPECT_TRUE(client.was_reset()) << "a plain end would say that this was all";
}

TEST(UnknownSize, IsNotMadeFasterThanItIsRead) {
  const auto making = std::make_shared<Making>();
  making->parts = 4000;  // 160 MB
  std::promise<void> finished;
  Options options;
  options.write_timeout = milliseconds(200);
  options.on_finished = [&](const Finished&) { finished.set_value(); };
  TestServer server(router_of(making), std::move(options));
  Client client(server.port(), 4096);
  client.send("GET /made HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_EQ(finished.get_future().wait_for(test::kPatience), std::future_status::ready)
      << "who does not read is given up";
  EXPECT_LT(making->made, 1000) << "made: what the kernel holds, and one part";
}

TEST(UnknownSize, OfAPeerThatWentAwayIsNotMadeToItsEnd) {
  const auto making = std::make_shared<Making>();
  making->parts = 1'000'000;
  making->before_each = milliseconds(1);
  std::promise<void> finished;
  Options options;
  options.on_finished = [&](const Finished&) { finished.set_value(); };
  TestServer server(router_of(making), std::move(options));
  {
    Client client(server.port());
    client.send("GET /made HTTP/1.1\r\nHost: test\r\n\r\n");
    ASSERT_TRUE(client.read_answer(true));
  }
  EXPECT_EQ(finished.get_future().wait_for(test::kPatience), std::future_status::ready);
  EXPECT_LT(making->made, 100'000);
}

TEST(UnknownSize, WhoseNextPartTakesTooLongIsCutOff) {
  const auto making = std::make_shared<Making>();
  making->before_each = hours(1);
  TestServer server(router_of(making), {.write_timeout = milliseconds(100)});
  Client client(server.port());
  client.send("GET /made HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_FALSE(client.read_answer());
}

TEST(BodyLimit, TheLimitPassesAndOneMoreDoesNot) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.send(post("0123456789"));
  EXPECT_EQ(client.read_answer()->body, "POST 1 0123456789");
  client.send(post("0123456789x"));
  const auto answer = client.read_answer();
  EXPECT_EQ(answer->status, 413);
  EXPECT_THAT(answer->body, HasSubstr("\"code\":\"body_too_large\""));
  EXPECT_EQ(answer->header("Connection"), "close");
}

TEST(BodyLimit, HoldsForChunkedBodies) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  TestServer server(sample(), {});
  Client client(server.port());
  client.send(post("/items/1", chunked, "4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"));
  EXPECT_EQ(client.read_answer()->body, "POST 1 0123456789");
  client.send(post("/items/1", chunked, "4\r\n0123\r\n7\r\n456789x\r\n0\r\n\r\n"));
  EXPECT_EQ(client.read_answer()->status, 413);

  Client never_ending(server.port());
  never_ending.send(post("/items/1", chunked, "4\r\n0123\r\nffffffff\r\n"));
  EXPECT_EQ(never_ending.read_answer()->status, 413);

  Client extension(server.port());
  extension.send(post("/items/1", chunked, "4;" + std::string(1'000'000, 'x')));
  EXPECT_EQ(extension.read_answer()->status, 400);
}

TEST(BodyLimit, IsAnsweredBeforeTheBodyIsSent) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.send(post("/items/1", "Content-Length: 5000000000\r\nExpect: 100-continue\r\n", ""));
  EXPECT_EQ(client.read_answer()->status, 413);

  Client polite(server.port());
  polite.send(post("/items/1", "Content-Length: 2\r\nExpect: 100-continue\r\n", ""));
  EXPECT_EQ(polite.read_answer()->status, 100);
  polite.send("ok");
  EXPECT_EQ(polite.read_answer()->body, "POST 1 ok");
}

TEST(BodyLimit, HoldsWhereThereIsNoRoute) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.send(post("/nothing", "Content-Length: 3\r\n", "abc"));
  EXPECT_EQ(client.read_answer()->status, 404);
  client.send(post("/nothing", "Content-Length: 65537\r\n", ""));
  EXPECT_EQ(client.read_answer()->status, 413);
}

TEST(BodyLimit, ALargeBodyThatIsRefusedStillGetsItsAnswer) {
  TestServer server(sample(), {});
  Client client(server.port());
  client.send(post(std::string(500'000, 'x')));
  EXPECT_EQ(client.read_answer()->status, 413);
}

TEST(LargeBodies, AreReadSoManyAtOnceAndSmallOnesAlways) {
  TestServer server(sample(), {.max_large_bodies = 1});
  const std::string body(100'000, 'x');
  const auto large = [](const std::string& headers) { return post("/photos/1", headers, ""); };
  Client first(server.port());
  first.send(large("Content-Length: 100000\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(first.read_answer()->status, 100);  // it has its place

  for (const char* headers : {"Content-Length: 65537\r\n", "Transfer-Encoding: chunked\r\n"}) {
    Client second(server.port());
    second.send(large(headers));
    const auto answer = second.read_answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->header("Retry-After"), "2");
  }
  Client small(server.port());
  small.send(post("/photos/1", "Content-Length: 65536\r\n", std::string(65'536, 's')));
  EXPECT_EQ(small.read_answer()->status, 200);

  first.send(body);
  EXPECT_EQ(first.read_answer()->body, "POST 1 " + body);
  first.send(large("Content-Length: 100000\r\n") + body);
  EXPECT_EQ(first.read_answer()->status, 200) << "the place was given back";
  {
    Client gone(server.port());
    gone.send(large("Content-Length: 100000\r\nExpect: 100-continue\r\n"));
    EXPECT_EQ(gone.read_answer()->status, 100);
  }
  // Given back also by who goes away in the middle; the server notices when it reads.
  int status = 503;
  for (int i = 0; i < 1000 && status == 503; ++i) {
    Client next(server.port());
    next.send(large("Content-Length: 100000\r\n") + body);
    status = next.read_answer()->status;
  }
  EXPECT_EQ(status, 200);
}

TEST(HeaderLimit, IsAnsweredBy431) {
  TestServer server(sample(), {});
  Client client(server.port());
  EXPECT_EQ(client.get("/hello", "X-Fill: " + std::string(7'900, 'x') + "\r\n").status, 200);
  const Answer answer = client.get("/hello", "X-Fill: " + std::string(8'200, 'x') + "\r\n");
  EXPECT_EQ(answer.status, 431);
  EXPECT_THAT(answer.body, HasSubstr("\"code\":\"headers_too_large\""));
  EXPECT_TRUE(client.is_closed());
  Client line(server.port());
  EXPECT_EQ(line.get("/" + std::string(20'000, 'a')).status, 431);
}

TEST(Malformed, IsAnsweredBy400AndTheConnectionCloses) {
  TestServer server(sample(), {});
  const std::string start = "POST /items/1 HTTP/1.1\r\n";
  for (const std::string& text : {
           std::string("nonsense\r\n\r\n"),
           std::string("GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET /hello HTTP/1.1\r\n\r\n"),
           std::string("GET /hello HTTP/2.0\r\nHost: a\r\n\r\n"),
           std::string("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
           std::string("GET /hello?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET /hello HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n"),
           std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(32, 'x') + "\r\n\r\n",
           // What a proxy before us could frame in another way.
           start + "Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           start + "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
           start + "Host: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
           start + "Host: a\r\nContent-Length: +3\r\n\r\nabc",
           start + "Host: a\r\nContent-Length: -1\r\n\r\n",
           start + "Host: a\r\nTransfer-Encoding: gzip\r\n\r\nabc",
           start + "Host: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
           start + "Host: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
       }) {
    Client client(server.port());
    client.send(text);
    const auto answer = client.read_answer();
    ASSERT_TRUE(answer) << text;
    EXPECT_EQ(answer->status, 400) << text;
    EXPECT_THAT(answer->body, HasSubstr("\"code\":\"malformed_request\"")) << text;
    EXPECT_TRUE(client.is_closed()) << text;
  }
}

TEST(Timeouts, ASlowHeaderIsAnsweredBy408) {
  TestServer server(sample(), {.header_timeout = milliseconds(40)});
  Client client(server.port());
  client.send("GET /hello HTTP/1.1\r\nHost:");
  const auto answer = client.read_answer();
  EXPECT_EQ(answer->status, 408);
  EXPECT_THAT(answer->body, HasSubstr("\"code\":\"request_timeout\""));
}

TEST(Timeouts, ASlowBodyIsAnsweredBy408) {
  TestServer server(sample(), {.body_timeout = milliseconds(40)});
  Client client(server.port());
  client.send(post("/items/1", "Content-Length: 3\r\n", "a"));
  EXPECT_EQ(client.read_answer()->status, 408);
}

TEST(Timeouts, AnIdleConnectionIsClosed) {
  TestServer server(sample(), {.idle_timeout = milliseconds(40)});
  Client client(server.port());
  EXPECT_EQ(client.get("/hello").status, 200);
  EXPECT_TRUE(client.is_closed());
}

TEST(Timeouts, AConnectionThatSaysNothingIsClosed) {
  TestServer server(sample(), {.header_timeout = milliseconds(40)});
  Client client(server.port());
  EXPECT_TRUE(client.is_closed());
}

TEST(Timeouts, AReaderThatDoesNotReadIsGivenUp) {
  Router router;
  router.add(Method::get, "/large", test::constant(std::string(30'000'000, 'x')));
  std::promise<void> finished;
  Options options;
  options.write_timeout = milliseconds(100);
  options.on_finished = [&](const Finished&) { finished.set_value(); };
  TestServer server(std::move(router), std::move(options));
  Client client(server.port(), 4096);
  client.send("GET /large HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(finished.get_future().wait_for(test::kPatience), std::future_status::ready);
}

TEST(Timeouts, AHandlerThatTakesTooLongIsCancelledAndTheConnectionLivesOn) {
  TestServer server(sample(), {.header_timeout = milliseconds(5000), .write_timeout = milliseconds(100)});
  Client client(server.port());
  const Answer answer = client.get("/slow");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("\"code\":\"unavailable\""));
  EXPECT_EQ(answer.header("Retry-After"), "5");
  EXPECT_EQ(client.get("/hello").body, "hello");
  EXPECT_EQ(client.get("/slow").status, 503);
  EXPECT_EQ(client.get("/hello").body, "hello");
}

TEST(Failure, AnExceptionIsAnsweredWithoutItsText) {
  TestServer server(sample(), {});
  Client client(server.port());
  const Answer answer = client.get("/explode");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("\"code\":\"internal_error\""));
  EXPECT_THAT(answer.body, Not(HasSubstr("users")));
  EXPECT_EQ(client.get("/hello").body, "hello");
}

TEST(Connections, OverTheLimitAreTold503) {
  TestServer server(sample(), {.max_connections = 2});
  Client first(server.port());
  Client second(server.port());
  EXPECT_EQ(first.get("/hello").status, 200);
  EXPECT_EQ(second.get("/hello").status, 200);
  Client third(server.port());
  const Answer answer = third.get("/hello");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "5");
  EXPECT_TRUE(third.is_closed());
  EXPECT_EQ(server.server().connections_refused(), 1U);
  EXPECT_EQ(first.get("/hello").status, 200);
}

TEST(Connections, OneAddressCannotTakeThemAll) {
  TestServer server(sample(), {.max_connections_per_address = 1});
  Client first(server.port());
  EXPECT_EQ(first.get("/hello").status, 200);
  Client second(server.port());
  EXPECT_EQ(second.get("/hello").status, 503);

  TestServer behind_proxy(sample(), {.max_connections_per_address = 1, .trusted_proxies = {"127.0.0.1"}});
  Client a(behind_proxy.port());
  Client b(behind_proxy.port());
  EXPECT_EQ(a.get("/hello").status, 200);
  EXPECT_EQ(b.get("/hello").status, 200);
}

TEST(Proxies, TheirHeadersCountOnlyWhenTrusted) {
  const std::string forwarded =
      "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: https\r\nX-Request-Id: from-the-proxy-1\r\n";
  TestServer open(sample(), {});
  Client stranger(open.port());
  const Answer ignored = stranger.get("/peer", forwarded);
  EXPECT_EQ(ignored.body, "127.0.0.1 http");
  EXPECT_NE(ignored.header("X-Request-Id"), "from-the-proxy-1");

  TestServer behind(sample(), {.trusted_proxies = {"127.0.0.0/8"}});
  Client proxy(behind.port());
  const Answer believed = proxy.get("/peer", forwarded);
  EXPECT_EQ(believed.body, "198.51.100.7 https");
  EXPECT_EQ(believed.header("X-Request-Id"), "from-the-proxy-1");
  EXPECT_EQ(proxy.get("/peer", "X-Request-Id: \"><script>\r\n").header("X-Request-Id").size(), 16U);
}

TEST(OtherOrigins, ReadAnswersOnlyWhereTheyMay) {
  TestServer closed(sample(), {});
  EXPECT_EQ(Client(closed.port()).get("/hello", "Origin: https://a.example\r\n").header("Access-Control-Allow-Origin"),
            "");
  TestServer open(sample(), {.readable_by = "*"});
  EXPECT_EQ(Client(open.port()).get("/hello").header("Access-Control-Allow-Origin"), "*");
  Client browser(open.port());
  browser.send("OPTIONS /items/5 HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n\r\n");
  const auto preflight = browser.read_answer();
  ASSERT_TRUE(preflight);
  EXPECT_EQ(preflight->status, 204);
  EXPECT_EQ(preflight->header("Access-Control-Allow-Origin"), "*");
  EXPECT_THAT(preflight->header("Access-Control-Allow-Methods"), HasSubstr("POST"));
  EXPECT_THAT(preflight->header("Access-Control-Allow-Headers"), HasSubstr("Authorization"));
}

TEST(Pages, LoadFromHereAndFromWhereTheOptionsSay) {
  TestServer alone(sample(), {});
  EXPECT_THAT(Client(alone.port()).get("/hello").header("Content-Security-Policy"), Not(HasSubstr("video.example")));
  TestServer with_video(sample(), {.page_sources = {"https://video.example.com"}});
  const std::string policy = Client(with_video.port()).get("/hello").header("Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("https://video.example.com"));
}

TEST(Finished, TellsRouteStatusAndSize) {
  std::promise<std::string> told;
  Options options;
  options.on_finished = [&](const Finished& done) {
    told.set_value(std::string(name_of(done.request.method)) + " " + std::string(done.route) + " " +
                   std::to_string(done.status) + " " + std::to_string(done.bytes) + " " + done.request.target);
  };
  TestServer server(sample(), std::move(options));
  Client client(server.port());
  EXPECT_EQ(client.get("/items/5?x=1").status, 200);
  EXPECT_EQ(told.get_future().get(), "GET /items/{id} 200 6 /items/5?x=1");
}

TEST(Listen, ATakenPortIsOneClearSentence) {
  TestServer server(sample(), {});
  Runtime runtime(1);
  Server second(runtime, {.port = server.port()}, Router());
  try {
    second.start();
    FAIL() << "the port was free";
  } catch (const std::runtime_error& e) {
    EXPECT_EQ(std::string(e.what()), "port " + std::to_string(server.port()) + " on 127.0.0.1 is taken");
  }
}

TEST(Listen, AnAddressThatIsNoneIsRefused) {
  Runtime runtime(1);
  Server named(runtime, {.address = "localhost"}, Router());
  EXPECT_THROW(named.start(), std::invalid_argument);
  Server foreign(runtime, {.address = "192.0.2.1"}, Router());
  EXPECT_THROW(foreign.start(), std::runtime_error);
}

// A handler that waits until the test lets it go.
struct Gate {
  std::promise<void> entered;
  asio::any_io_executor executor;
  asio::steady_timer* timer = nullptr;  // of the coroutine that waits

  Awaitable<Response> pass(const Request&) {
    executor = co_await asio::this_coro::executor;
    asio::steady_timer waiting(executor, hours(1));
    timer = &waiting;
    entered.set_value();
    error_code ignored;
    co_await waiting.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return Response::text(200, "passed");
  }
  void open() {
    asio::post(executor, [this] { timer->cancel(); });
  }
};

TEST(Stop, LetsTheRequestInFlightFinishAndClosesTheIdleOnes) {
  Gate gate;
  Router router = sample();
  router.add(Method::get, "/gate", [&gate](const Request& request) { return gate.pass(request); });
  TestServer server(std::move(router), {});
  Client busy(server.port());
  Client idle(server.port());
  EXPECT_EQ(idle.get("/hello").status, 200);
  busy.send("GET /gate HTTP/1.1\r\nHost: test\r\n\r\n");
  gate.entered.get_future().wait();

  std::future<void> stopped = server.stop();
  EXPECT_TRUE(idle.is_closed());
  EXPECT_EQ(stopped.wait_for(seconds(0)), std::future_status::timeout);
  EXPECT_THROW(Client(server.port()), std::runtime_error);
  gate.open();
  const auto answer = busy.read_answer();
  EXPECT_EQ(answer->body, "passed");
  EXPECT_EQ(answer->header("Connection"), "close");
  EXPECT_EQ(stopped.wait_for(test::kPatience), std::future_status::ready);
  EXPECT_EQ(server.server().connections(), 0U);
}

TEST(Stop, CutsOffWhatDoesNotFinishByTheDeadline) {
  TestServer server(sample(), {});
  Client client(server.port());
  Client half(server.port());
  EXPECT_EQ(client.get("/hello").status, 200);
  EXPECT_EQ(half.get("/hello").status, 200);
  client.send("GET /forever HTTP/1.1\r\nHost: test\r\n\r\n");
  half.send("GET /hello HT");
  std::future<void> stopped = server.stop(milliseconds(30));
  EXPECT_EQ(stopped.wait_for(test::kPatience), std::future_status::ready);
  EXPECT_FALSE(client.read_answer());
  EXPECT_EQ(server.server().connections(), 0U);
}

TEST(Threads, ManyClientsAreServedAtOnce) {
  TestServer server(sample(), {}, 2);
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&, t] {
        Client client(server.port());
        for (int i = 0; i < 100; ++i) {
          const std::string id = std::to_string(t) + "-" + std::to_string(i);
          good += client.get("/items/" + id).body == "GET " + id + " ";
        }
      });
  }
  EXPECT_EQ(good, 800);
}

}  // namespace
}  // namespace pitview::http
