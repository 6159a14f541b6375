#include "pitview/http/client.h"

#include <gtest/gtest.h>

#include <future>

#include "pitview/async/deadline.h"
#include "support.h"

namespace pitview::http {
namespace {

using std::chrono::milliseconds;
using test::TestServer;

Awaitable<Response> show(const Request& request) {
  co_return Response::text(200, std::string(name_of(request.method)) + " " +
                                    std::string(request.header("Authorization")) + " " + request.body);
}
Awaitable<Response> refuse(const Request& request) {
  co_return problem({Errc::forbidden, "Not you.", {}, 0}, request.request_id);
}
Awaitable<Response> ask_who(const Request&) {
  Response response = Response::text(401, "");
  response.with("WWW-Authenticate", "Digest realm=\"a\"").with("WWW-Authenticate", "Basic realm=\"a\"");
  co_return response;
}
Awaitable<Response> never(const Request&) {
  co_await sleep_for(std::chrono::hours(1));
  co_return Response{};
}

// Another server than that on the port before, at the same port: how a restart looks.
std::unique_ptr<TestServer> new_server(std::uint16_t port = 0) {
  Router router;
  router.add(Method::get, "/show", show);
  router.add(Method::put, "/show", show);
  router.add(Method::get, "/refuse", refuse);
  router.add(Method::get, "/who", ask_who);
  router.add(Method::get, "/never", never, {.timeout = milliseconds(400)});
  return std::make_unique<TestServer>(std::move(router), Options{.port = port});
}

class HttpClient : public testing::Test {
 protected:
  ClientOptions options() const {
    ClientOptions options = client_options_of("http://127.0.0.1:" + std::to_string(server_->port()));
    options.authorization = "Bearer secret";
    options.timeout = milliseconds(5000);
    return options;
  }
  Result<ClientAnswer> send(Client& client, Method method, const std::string& target, const std::string& body = {}) {
    return send(client, {.method = method, .target = target, .body = body});
  }
  Result<ClientAnswer> send(Client& client, ClientRequest request) {
    std::promise<Result<ClientAnswer>> answered;
    auto answer = answered.get_future();
    asio::co_spawn(runtime_.context(0), pass_on(client, std::move(request), answered), asio::detached);
    EXPECT_EQ(answer.wait_for(test::kPatience), std::future_status::ready);
    return answer.get();
  }
  static Awaitable<> pass_on(Client& client, ClientRequest request, std::promise<Result<ClientAnswer>>& answered) {
    answered.set_value(co_await client.send(std::move(request)));
  }
  asio::any_io_executor executor() { return runtime_.context(0).get_executor(); }

  void SetUp() override {
    thread_ = std::thread([this] { runtime_.run(); });
  }
  void TearDown() override {
    runtime_.stop();
    thread_.join();
  }

  std::unique_ptr<TestServer> server_ = new_server();
  Runtime runtime_{1};
  std::thread thread_;
};

TEST_F(HttpClient, SaysWhatItIsToldAndBringsTheAnswer) {
  Client client(executor(), options());
  const auto got = send(client, Method::get, "/show");
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "GET Bearer secret ");
  const auto put = send(client, Method::put, "/show", R"({"a":1})");
  ASSERT_TRUE(put) << put.error().detail;
  EXPECT_EQ(put->body, R"(PUT Bearer secret {"a":1})");
}

TEST_F(HttpClient, ARefusalIsAnAnswer) {
  Client client(executor(), options());
  const auto refused = send(client, Method::get, "/refuse");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
}

TEST_F(HttpClient, ConnectsAnewToAServerThatWasRestarted) {
  Client client(executor(), options());
  ASSERT_TRUE(send(client, Method::get, "/show"));
  const std::uint16_t port = server_->port();
  server_.reset();
  const auto away = send(client, Method::get, "/show");
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, Errc::unavailable);
  EXPECT_EQ(client.fault(), ClientFault::unreachable);
  server_ = new_server(port);
  EXPECT_TRUE(send(client, Method::get, "/show"));
}

TEST_F(HttpClient, ARequestMayHaveAnAuthorizationOfItsOwn) {
  Client client(executor(), options());
  const auto own =
      send(client, {.method = Method::put, .target = "/show", .body = "<a/>", .authorization = "Digest x"});
  ASSERT_TRUE(own) << own.error().detail;
  EXPECT_EQ(own->body, "PUT Digest x <a/>");
}

TEST_F(HttpClient, BringsEveryChallenge) {
  Client client(executor(), options());
  const auto refused = send(client, Method::get, "/who");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->challenges, (std::vector<std::string>{"Digest realm=\"a\"", "Basic realm=\"a\""}));
  EXPECT_TRUE(send(client, Method::get, "/show")->challenges.empty());
}

TEST_F(HttpClient, AKeptConnectionThatWasClosedIsNoFailure) {
  Client client(executor(), options());
  ASSERT_TRUE(send(client, Method::get, "/show"));
  const std::uint16_t port = server_->port();
  server_.reset();
  server_ = new_server(port);
  const auto answer = send(client, Method::get, "/show");
  EXPECT_TRUE(answer) << answer.error().detail;
}

TEST_F(HttpClient, GivesUpInTime) {
  ClientOptions hasty = options();
  hasty.timeout = milliseconds(50);
  Client client(executor(), hasty);
  const auto answer = send(client, Method::get, "/never");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().detail, "no answer in time");
  EXPECT_EQ(client.fault(), ClientFault::late);
  EXPECT_TRUE(send(client, Method::get, "/show")) << "the next one is not answered with the last one's answer";
}

TEST_F(HttpClient, AnAnswerThatIsTooLongIsNone) {
  ClientOptions narrow = options();
  narrow.body_limit = 4;
  Client client(executor(), narrow);
  EXPECT_FALSE(send(client, Method::get, "/show"));
  EXPECT_EQ(client.fault(), ClientFault::too_long);
}

// Anything that listens and is no web server: a mail server greets whoever comes.
TEST_F(HttpClient, SaysOfWhatIsNoWebServerThatItIsNone) {
  asio::ip::tcp::acceptor listening(runtime_.context(0), {asio::ip::address_v4::loopback(), 0});
  ClientOptions elsewhere = options();
  elsewhere.port = listening.local_endpoint().port();
  asio::ip::tcp::socket peer(runtime_.context(0));
  listening.async_accept(peer,
                         [&peer](error_code) { asio::write(peer, asio::buffer(std::string_view("220 hello\r\n"))); });
  Client client(executor(), elsewhere);
  EXPECT_FALSE(send(client, Method::get, "/show"));
  EXPECT_EQ(client.fault(), ClientFault::no_http);
}

TEST(ClientOptionsOf, TakesAnAddressWithAPort) {
  EXPECT_EQ(client_options_of("http://127.0.0.1:18889").port, 18889);
  EXPECT_EQ(client_options_of("http://[::1]:80").host, "::1");
  for (const char* wrong : {"", "https://127.0.0.1:1", "http://127.0.0.1", "http://:80", "http://a:0", "http://a:65536",
                            "http://a:80/", "127.0.0.1:80"})
    EXPECT_THROW(client_options_of(wrong), std::invalid_argument) << wrong;
}

}  // namespace
}  // namespace pitview::http
