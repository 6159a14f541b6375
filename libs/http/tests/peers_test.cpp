#include "peers.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace pitview::http {
namespace {

asio::ip::address ip(const char* text) { return asio::ip::make_address(text); }

std::string client(const char* peer, std::vector<std::string> forwarded) {
  const ProxyList proxies({"127.0.0.1", "10.0.0.0/8", "fd00::/8"});
  Request request;
  for (std::string& value : forwarded) request.headers.emplace_back("x-forwarded-for", std::move(value));
  return client_address(ip(peer), request, proxies);
}

TEST(ClientAddress, BelievesOnlyTrustedProxies) {
  EXPECT_EQ(client("203.0.113.9", {"198.51.100.1"}), "203.0.113.9");
  EXPECT_EQ(client("127.0.0.1", {}), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", {"198.51.100.1"}), "198.51.100.1");
  EXPECT_EQ(client("10.1.2.3", {"2001:db8::1"}), "2001:db8::1");
}

TEST(ClientAddress, WhatTheClientMadeUpDoesNotCount) {
  EXPECT_EQ(client("127.0.0.1", {"1.2.3.4, 198.51.100.1"}), "198.51.100.1");
  EXPECT_EQ(client("127.0.0.1", {"1.2.3.4", "198.51.100.1, 10.0.0.7"}), "198.51.100.1");
  EXPECT_EQ(client("127.0.0.1", {"1.2.3.4, <script>"}), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", {"10.0.0.1, 10.0.0.2"}), "10.0.0.1");
}

TEST(ProxyList, NamesTheEntryThatIsNone) {
  EXPECT_THROW(ProxyList({"localhost"}), std::invalid_argument);
  EXPECT_THROW(ProxyList({"10.0.0.0/33"}), std::invalid_argument);
  EXPECT_TRUE(ProxyList({"10.1.2.3/8"}).contains(ip("10.200.0.1")));
  EXPECT_FALSE(ProxyList({"10.0.0.0/8"}).contains(ip("::1")));
}

TEST(RequestId, ASaneOneIsShortAndPlain) {
  EXPECT_TRUE(is_sane_request_id("req-2026.02_A"));
  for (const char* id : {"", "short", "has space in it", "quote\"quote", "new\nline-new"})
    EXPECT_FALSE(is_sane_request_id(id));
  EXPECT_FALSE(is_sane_request_id(std::string(65, 'a')));
}

TEST(Origin, OnlyTheOwnPageAndListedOnes) {
  const auto allowed = [](std::string origin, std::string host) {
    Request request;
    request.headers = {{"Host", std::move(host)}};
    if (!origin.empty()) request.headers.emplace_back("Origin", std::move(origin));
    return origin_allowed(request, {"https://app.example.com"});
  };
  EXPECT_TRUE(allowed("", "pit.example"));
  EXPECT_TRUE(allowed("https://pit.example", "PIT.example"));
  EXPECT_TRUE(allowed("http://127.0.0.1:8080", "127.0.0.1:8080"));
  EXPECT_TRUE(allowed("https://app.example.com", "pit.example"));
  for (const char* origin : {"https://evil.example", "https://pit.example.evil.example", "https://pit.example:444",
                             "null", "http://app.example.com", "https://", "pit.example"})
    EXPECT_FALSE(allowed(origin, "pit.example")) << origin;
}

TEST(AddressCounter, CountsIpv4ByAddressAndIpv6ByNetwork) {
  AddressCounter counter;
  EXPECT_TRUE(counter.enter(ip("192.0.2.1"), 2));
  EXPECT_TRUE(counter.enter(ip("192.0.2.1"), 2));
  EXPECT_FALSE(counter.enter(ip("192.0.2.1"), 2));
  EXPECT_TRUE(counter.enter(ip("192.0.2.2"), 2));
  counter.leave(ip("192.0.2.1"));
  EXPECT_TRUE(counter.enter(ip("192.0.2.1"), 2));
  EXPECT_TRUE(counter.enter(ip("2001:db8::1"), 1));
  EXPECT_FALSE(counter.enter(ip("2001:db8::2"), 1));
  EXPECT_TRUE(counter.enter(ip("2001:db8:0:1::1"), 1));
}

}  // namespace
}  // namespace pitview::http
