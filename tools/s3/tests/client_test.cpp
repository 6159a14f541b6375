#include "pitview/s3/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "stand_in.h"

namespace pitview::s3 {
namespace {

class S3Client : public testing::Test {
 protected:
  S3Client() : client_(store_.options()) {}

  StandIn store_{0, "recordings", {"AKIAPITVIEW", "secret/with+signs=", "eu-central-1"}};
  Client client_;
};

TEST_F(S3Client, WhatWasPutIsGot) {
  ASSERT_TRUE(client_.put("shop-1/pit-1/1-2.pvr", "0123456789"));
  EXPECT_EQ(store_.objects().at("shop-1/pit-1/1-2.pvr"), "0123456789");
  const auto middle = client_.get("shop-1/pit-1/1-2.pvr", 3, 4);
  ASSERT_TRUE(middle) << middle.error().detail;
  EXPECT_EQ(middle->bytes, "3456");
  EXPECT_EQ(middle->object_size, 10U);
  EXPECT_EQ(client_.get("shop-1/pit-1/1-2.pvr", 8, 100)->bytes, "89");
}

TEST_F(S3Client, SendsMoreThanFitsIntoOneBlock) {
  std::string large(3'000'001, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 7 / 5);
  ASSERT_TRUE(client_.put("large", large));
  EXPECT_EQ(store_.objects().at("large"), large);
  EXPECT_EQ(client_.get("large", 1'234'567, 1'000'000)->bytes, large.substr(1'234'567, 1'000'000));
}

TEST_F(S3Client, AnEmptyObjectIsOne) {
  ASSERT_TRUE(client_.put("empty", ""));
  EXPECT_EQ(store_.objects().at("empty"), "");
}

TEST_F(S3Client, WhatIsNotThereIsNotFound) {
  const auto got = client_.get("shop-1/none", 0, 10);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Errc::not_found);
  EXPECT_EQ(got.error().detail, "The object store answers 404 NoSuchKey.");
  EXPECT_TRUE(client_.remove("shop-1/none"));
}

TEST_F(S3Client, WhatIsRemovedIsGone) {
  store_.set_object("a", "1");
  ASSERT_TRUE(client_.remove("a"));
  EXPECT_TRUE(store_.objects().empty());
}

TEST_F(S3Client, ListsPageByPage) {
  for (int i = 0; i < 25; ++i) store_.set_object("shop-1/" + std::to_string(1000 + i), std::string(i, 'x'));
  store_.set_object("shop-2/1", "");
  store_.set_page(10);
  std::vector<Object> all;
  std::string from;
  int pages = 0;
  do {
    const auto listing = client_.list("shop-1/", from);
    ASSERT_TRUE(listing) << listing.error().detail;
    all.insert(all.end(), listing->objects.begin(), listing->objects.end());
    from = listing->next;
    ++pages;
  } while (!from.empty());
  EXPECT_EQ(pages, 3);
  ASSERT_EQ(all.size(), 25U);
  EXPECT_EQ(all[24].key, "shop-1/1024");
  EXPECT_EQ(all[24].size, 24U);
  EXPECT_TRUE(client_.list("shop-3/")->objects.empty());
}

TEST_F(S3Client, IsToldWhatIsWrongWithIt) {
  Options options = store_.options();
  options.secret_access_key = "another";
  const auto refused = Client(options).put("a", "1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::forbidden);
  EXPECT_EQ(refused.error().detail, "The object store answers 403 SignatureDoesNotMatch.");
  options = store_.options();
  options.bucket = "another";
  EXPECT_EQ(Client(options).put("a", "1").error().code, Errc::not_found);
  EXPECT_TRUE(store_.objects().empty());
}

TEST_F(S3Client, AStoreThatIsBusyOrAwayIsUnavailable) {
  store_.refuse_all(true);
  const auto busy = client_.get("a", 0, 1);
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code, Errc::unavailable);
  EXPECT_EQ(busy.error().detail, "The object store answers 503 SlowDown.");
  Options options = store_.options();
  options.endpoint = "http://127.0.0.1:1";
  const auto away = Client(options).list("");
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, Errc::unavailable);
  EXPECT_THAT(away.error().detail, testing::StartsWith("The object store does not answer: "));
}

TEST_F(S3Client, WhatCannotBeReadIsNotPut) {
  const Content broken{.size = 1'000'000, .read = [](std::uint64_t offset, std::size_t size) {
                         return offset > 500'000 ? std::string() : std::string(size, 'x');
                       }};
  EXPECT_EQ(client_.put("a", broken).error().code, Errc::internal_error);
  EXPECT_TRUE(store_.requests().empty());
}

TEST_F(S3Client, OnlyKeysThatEverybodySignsAlike) {
  for (const char* key : {"", "/a", "a//b", "../a", "a/../b", "a/./b", "a b", "a%2fb", "a?b", "ä"}) {
    EXPECT_EQ(client_.put(key, "1").error().code, Errc::validation_failed) << key;
    EXPECT_FALSE(client_.get(key, 0, 1)) << key;
    EXPECT_FALSE(client_.remove(key)) << key;
  }
  EXPECT_TRUE(store_.requests().empty());
}

TEST_F(S3Client, ManyThreadsAtOnce) {
  store_.set_object("a", std::string(100'000, 'a'));
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      const std::string key = "t-" + std::to_string(t);
      for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(client_.put(key, key));
        EXPECT_EQ(client_.get("a", 10, 50'000)->bytes.size(), 50'000U);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store_.objects().size(), 9U);
}

TEST(S3Names, EndpointsAndBuckets) {
  for (const char* good : {"https://s3.example.com", "http://127.0.0.1:9000", "http://[::1]:9000"})
    EXPECT_TRUE(is_endpoint(good)) << good;
  for (const char* bad : {"", "s3.example.com", "ftp://a", "https://", "https://a/b", "https://u:p@a", "https://a b"})
    EXPECT_FALSE(is_endpoint(bad)) << bad;
  EXPECT_TRUE(is_bucket("pitview-recordings.1"));
  for (const char* bad : {"", "ab", "Ab1", "a/b", "a_b"}) EXPECT_FALSE(is_bucket(bad)) << bad;
}

}  // namespace
}  // namespace pitview::s3
