#include <gtest/gtest.h>

#include "core/base/http_client.h"
#include "core/base/jitter.h"
#include "core/base/json_request.h"
#include "core/base/sealed_record.h"
#include "testing/fake_ports.h"

namespace pitview::fw {
namespace {

using testing::FakeHttp;
using testing::FakeKv;
using testing::FakeRandom;

HttpRequest get(std::string_view url) {
  HttpRequest request;
  request.url = url;
  return request;
}

TEST(HttpClient, who_has_the_connection_keeps_it_until_the_end) {
  FakeHttp port;
  HttpClient http(port);
  const int one = 1;
  const int other = 2;
  ASSERT_TRUE(http.start(&one, get("a")));
  EXPECT_TRUE(http.busy());
  EXPECT_FALSE(http.start(&other, get("b")));
  port.reply(200, "x");
  HttpEvent event;
  EXPECT_FALSE(http.next(&other, event));
  EXPECT_FALSE(http.next(nullptr, event));
  while (http.next(&one, event)) {
  }
  EXPECT_FALSE(http.busy());
  EXPECT_TRUE(http.start(&other, get("b")));
}

TEST(HttpClient, only_the_owner_can_cancel) {
  FakeHttp port;
  HttpClient http(port);
  const int one = 1;
  const int other = 2;
  ASSERT_TRUE(http.start(&one, get("a")));
  http.cancel(&other);
  EXPECT_EQ(port.cancels, 0);
  http.cancel(&one);
  EXPECT_EQ(port.cancels, 1);
  EXPECT_FALSE(http.busy());
}

TEST(HttpClient, a_refusing_port_leaves_it_free) {
  FakeHttp port;
  port.refuses = true;
  HttpClient http(port);
  const int one = 1;
  EXPECT_FALSE(http.start(&one, get("a")));
  EXPECT_FALSE(http.busy());
}

TEST(JsonRequest, collects_the_answer) {
  FakeHttp port;
  HttpClient http(port);
  JsonRequest request(http);
  ASSERT_TRUE(request.start(get("a")));
  EXPECT_FALSE(request.start(get("a")));
  EXPECT_FALSE(request.poll());
  port.head(200);
  port.body("{\"a\"");
  EXPECT_FALSE(request.poll());
  port.body(":1}");
  port.done();
  const auto answer = request.poll();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{\"a\":1}");
  EXPECT_FALSE(request.under_way());
  EXPECT_FALSE(request.poll());
}

TEST(JsonRequest, a_lost_or_overlong_answer_is_none) {
  FakeHttp port;
  HttpClient http(port);
  JsonRequest request(http);
  ASSERT_TRUE(request.start(get("a")));
  port.head(200);
  port.fail();
  EXPECT_EQ(request.poll()->status, 0);
  ASSERT_TRUE(request.start(get("a")));
  port.reply(200, std::string(JsonRequest::kMaxAnswer + 1, 'x'));
  EXPECT_EQ(request.poll()->status, 0);
}

TEST(SealedRecord, comes_back_and_nothing_else_does) {
  FakeKv kv;
  EXPECT_FALSE(load_record<std::uint32_t>(kv, "n", 1));
  ASSERT_TRUE(save_record<std::uint32_t>(kv, "n", 1, 42));
  EXPECT_EQ(load_record<std::uint32_t>(kv, "n", 1), 42U);
  EXPECT_FALSE(load_record<std::uint32_t>(kv, "n", 2)) << "of another version";
  EXPECT_FALSE(load_record<std::uint64_t>(kv, "n", 1)) << "of another size";
  kv.values["n"][2] ^= 1;
  EXPECT_FALSE(load_record<std::uint32_t>(kv, "n", 1)) << "a flipped bit";
}

TEST(Jitter, stays_within_its_bounds_and_reaches_them) {
  FakeRandom random;
  random.fixed = 0;
  EXPECT_EQ(random_up_to(random, 100), 0U);
  EXPECT_EQ(jittered(random, 1000, 10), 900U);
  random.fixed = UINT32_MAX;
  EXPECT_EQ(random_up_to(random, 100), 100U);
  EXPECT_EQ(random_up_to(random, UINT32_MAX), UINT32_MAX);
  EXPECT_EQ(jittered(random, 1000, 10), 1100U);
}

TEST(Backoff, doubles_up_to_its_cap_and_begins_anew) {
  FakeRandom random;
  random.fixed = UINT32_MAX;
  Backoff backoff(1'000, 300'000);
  for (std::uint32_t expected :
       {1'000U, 2'000U, 4'000U, 8'000U, 16'000U, 32'000U, 64'000U, 128'000U, 256'000U, 300'000U, 300'000U}) {
    EXPECT_EQ(backoff.next_ms(random), expected);
  }
  backoff.reset();
  EXPECT_EQ(backoff.next_ms(random), 1'000U);
}

}  // namespace
}  // namespace pitview::fw
