// The service as tests in another language use it, and what it does not take: over HTTP, byte by byte.
#include "stand_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "pitview/json/document.h"
#include "pitview/web_push/encrypt.h"
#include "pitview/web_push/vapid.h"

namespace pitview::web_push {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class PushService : public testing::Test {
 protected:
  using Headers = std::map<std::string, std::string>;

  // The whole answer.
  std::string send(const std::string& method, const std::string& target, const Headers& headers,
                   const std::string& body) {
    asio::io_context context;
    asio::ip::tcp::socket socket(context);
    socket.connect({asio::ip::address_v4::loopback(), service_.port()});
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
    for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    asio::write(socket, asio::buffer(text));
    std::string answer;
    boost::system::error_code ended;
    asio::read(socket, asio::dynamic_buffer(answer), ended);
    return answer;
  }
  std::string control(const std::string& method, const std::string& what, const std::string& json = {}) {
    return send(method, "/control/" + what, {{"Content-Type", "application/json"}}, json);
  }

  Headers right_headers() const {
    return {{"Authorization", vapid_.authorization(service_.origin(), SystemClock().now())},
            {"Content-Encoding", "aes128gcm"},
            {"TTL", "60"}};
  }
  std::string push(const Headers& headers, const std::string& body) {
    return send("POST", text_.endpoint.substr(service_.origin().size()), headers, body);
  }
  std::string body(const std::string& payload = "x") const {
    return *encrypt(Subscription::read(text_, Reach::internet_and_loopback)->receiver(), payload);
  }

  StandIn service_;
  Vapid vapid_ = *Vapid::make(KeyPair::generate(), "mailto:push@pitview.example");
  SubscriptionText text_ = service_.subscribe(vapid_.public_key());
};

TEST_F(PushService, TakesWhatIsRight) {
  EXPECT_THAT(push(right_headers(), body()), StartsWith("HTTP/1.1 201"));
  ASSERT_EQ(service_.messages().size(), 1U);
  EXPECT_EQ(service_.messages().front().urgency, "");
}

TEST_F(PushService, TakesNothingThatIsNotSigned) {
  Headers headers = right_headers();
  headers.erase("Authorization");
  EXPECT_THAT(push(headers, body()), StartsWith("HTTP/1.1 401"));
  headers["Authorization"] = vapid_.authorization("https://push.example.net", SystemClock().now());
  EXPECT_THAT(push(headers, body()), testing::AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("audience")));
  headers["Authorization"] = vapid_.authorization(service_.origin(), SystemClock().now() - std::chrono::hours(13));
  EXPECT_THAT(push(headers, body()), testing::AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("expired")));
  EXPECT_TRUE(service_.messages().empty());
}

TEST_F(PushService, TakesNothingWithoutTtlOrOfAnotherCoding) {
  const std::pair<const char*, const char*> wrong[] = {
      {"TTL", "soon"},         {"TTL", "-1"},    {"TTL", ""},
      {"Urgency", "extreme"},  {"Topic", "a.b"}, {"Content-Encoding", "aesgcm"},
      {"Content-Encoding", ""}};
  for (const auto& [name, value] : wrong) {
    Headers headers = right_headers();
    headers[name] = value;
    EXPECT_THAT(push(headers, body()), StartsWith("HTTP/1.1 400")) << name << ": " << value;
  }
  EXPECT_TRUE(service_.messages().empty());
}

TEST_F(PushService, TakesNothingThatWasAlteredOnItsWay) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{20}, std::size_t{30}, std::size_t{86}, std::size_t{100}}) {
    std::string altered = body("The car is ready");
    altered[at] = static_cast<char>(altered[at] ^ 0x40);
    EXPECT_THAT(push(right_headers(), altered), testing::AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("ciphertext")))
        << at;
  }
  EXPECT_THAT(push(right_headers(), std::string(4'096, 'x')), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(push(right_headers(), std::string(4'097, 'x')), StartsWith("HTTP/1.1 413"));
  EXPECT_TRUE(service_.messages().empty());
}

TEST_F(PushService, IsControlledOverHttp) {
  const std::string made =
      control("POST", "subscriptions", R"({"application_server_key":")" + vapid_.public_key() + "\"}");
  ASSERT_THAT(made, StartsWith("HTTP/1.1 201"));
  const auto document = json::Document::parse(made.substr(made.find("\r\n\r\n") + 4));
  ASSERT_TRUE(document);
  const json::View keys = *document->root().find("keys");
  text_ = {.endpoint = std::string(document->root().find("endpoint")->as_string()),
           .p256dh = std::string(keys.find("p256dh")->as_string()),
           .auth = std::string(keys.find("auth")->as_string())};
  EXPECT_THAT(push(right_headers(), body("Готово")), StartsWith("HTTP/1.1 201"));
  EXPECT_THAT(control("GET", "messages"), HasSubstr(R"("payload":"Готово","ttl_s":60)"));
  EXPECT_THAT(control("DELETE", "messages"), StartsWith("HTTP/1.1 204"));
  EXPECT_TRUE(service_.messages().empty());

  EXPECT_THAT(control("PUT", "behaviour", R"({"fault":"rate_limited","times":1,"retry_after_s":7})"),
              StartsWith("HTTP/1.1 204"));
  EXPECT_THAT(push(right_headers(), body()), testing::AllOf(StartsWith("HTTP/1.1 429"), HasSubstr("Retry-After: 7")));
  EXPECT_THAT(push(right_headers(), body()), StartsWith("HTTP/1.1 201"));
  EXPECT_THAT(control("PUT", "behaviour", R"({"fault":"moody"})"), StartsWith("HTTP/1.1 422"));

  const std::string id = text_.endpoint.substr(text_.endpoint.rfind('/') + 1);
  EXPECT_THAT(control("DELETE", "subscriptions/" + id), StartsWith("HTTP/1.1 204"));
  EXPECT_THAT(push(right_headers(), body()), StartsWith("HTTP/1.1 410"));
  EXPECT_THAT(control("DELETE", "subscriptions/none"), StartsWith("HTTP/1.1 404"));
}

}  // namespace
}  // namespace pitview::web_push
