#include "address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace pitview::web_push {
namespace {

bool may(const char* text, Reach reach = Reach::internet) {
  sockaddr_in ip4{};
  ip4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &ip4.sin_addr) == 1) return may_connect(reinterpret_cast<const sockaddr&>(ip4), reach);
  sockaddr_in6 ip6{};
  ip6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, text, &ip6.sin6_addr), 1) << text;
  return may_connect(reinterpret_cast<const sockaddr&>(ip6), reach);
}

TEST(WebPushAddress, TheInternetIsWhatIsLeft) {
  for (const char* address : {"1.1.1.1",          "8.8.8.8",
                              "9.255.255.255",    "11.0.0.0",
                              "100.63.255.255",   "100.128.0.0",
                              "126.255.255.255",  "128.0.0.0",
                              "169.253.255.255",  "169.255.0.0",
                              "172.15.255.255",   "172.32.0.0",
                              "192.0.1.0",        "192.167.255.255",
                              "192.169.0.0",      "198.17.255.255",
                              "198.20.0.0",       "223.255.255.255",
                              "2606:4700::1111",  "2a00:1450:4001::1",
                              "2001:200::1",      "2001:4860:4860::8888",
                              "64:ff9b::8.8.8.8", "2001:db9::1",
                              "3ffe::1"})
    EXPECT_TRUE(may(address)) << address;
}

TEST(WebPushAddress, OurNetworkNobodysAndEverybodysAreNot) {
  for (const char* address : {"0.0.0.0",
                              "0.255.255.255",
                              "10.0.0.0",
                              "10.255.255.255",
                              "100.64.0.0",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.255",
                              "169.254.0.0",
                              "169.254.169.254",
                              "172.16.0.0",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.0.2.1",
                              "192.88.99.1",
                              "192.168.0.0",
                              "192.168.255.255",
                              "198.18.0.0",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "239.255.255.255",
                              "240.0.0.0",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::8.8.8.8",
                              "::ffff:8.8.8.8",
                              "::ffff:127.0.0.1",
                              "64:ff9b::127.0.0.1",
                              "64:ff9b::192.168.0.1",
                              "64:ff9b:1::8.8.8.8",
                              "100::1",
                              "2001::1",
                              "2001:1ff::1",
                              "2001:db8::1",
                              "2002:808:808::1",
                              "3fff::1",
                              "4000::1",
                              "5f00::1",
                              "fc00::1",
                              "fdff::1",
                              "fe80::1",
                              "fec0::1",
                              "ff02::1"}) {
    EXPECT_FALSE(may(address)) << address;
  }
}

TEST(WebPushAddress, LoopbackOnlyWhereItIsAskedFor) {
  EXPECT_TRUE(may("127.0.0.1", Reach::internet_and_loopback));
  EXPECT_TRUE(may("::1", Reach::internet_and_loopback));
  for (const char* address : {"::ffff:127.0.0.1", "0.0.0.0", "::", "10.0.0.1", "169.254.169.254", "fe80::1"})
    EXPECT_FALSE(may(address, Reach::internet_and_loopback)) << address;
}

TEST(WebPushAddress, WhatIsNoIpIsNotConnectedTo) {
  sockaddr_un path{};
  path.sun_family = AF_UNIX;
  EXPECT_FALSE(may_connect(reinterpret_cast<const sockaddr&>(path), Reach::internet_and_loopback));
}

}  // namespace
}  // namespace pitview::web_push
