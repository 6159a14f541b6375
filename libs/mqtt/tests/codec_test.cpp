#include "pitview/mqtt/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace pitview::mqtt {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string operator""_bytes(const char* text, std::size_t size) { return {text, size}; }

// The one packet in `text`, which must be whole and alone.
template <class PacketType>
PacketType decode_one(std::string_view text) {
  Result<std::optional<Decoded>> decoded = decode(bytes_of(text));
  if (!decoded) throw std::runtime_error(decoded.error().detail);
  EXPECT_EQ((*decoded)->consumed, text.size());
  return std::get<PacketType>((*decoded)->packet);
}

std::string reason_refused(std::string_view text, std::size_t limit = kDefaultMaxPacketBytes) {
  const auto decoded = decode(bytes_of(text), limit);
  return decoded ? "accepted" : decoded.error().detail;
}

packet::Publish publish_of(std::string_view topic, std::string_view payload, QoS qos, std::uint16_t id) {
  packet::Publish publish;
  publish.topic = topic;
  publish.payload = payload;
  publish.qos = qos;
  publish.packet_id = id;
  return publish;
}

TEST(Codec, ConnectHasTheBytesOfTheStandard) {
  packet::Connect connect;
  connect.client_id = "id";
  connect.username = "user";
  connect.password = "pw";
  connect.clean_session = false;
  connect.keep_alive_s = 300;
  connect.will = packet::Will{"w/t", "bye", QoS::at_least_once, true};
  std::string out;
  ASSERT_TRUE(encode(connect, out));
  EXPECT_EQ(out,
            "\x10\x22\x00\x04MQTT\x04\xEC\x01\x2C\x00\x02id\x00\x03w/t\x00\x03"
            "bye\x00\x04user\x00\x02pw"_bytes);
}

TEST(Codec, ConnectSurvivesARoundTrip) {
  packet::Connect connect;
  connect.client_id = "pitview-ingest";
  connect.username = "server";
  connect.password = std::string_view("\x00\xFF secret", 9);  // binary, not UTF-8
  connect.keep_alive_s = 30;
  std::string out;
  ASSERT_TRUE(encode(connect, out));
  const auto read = decode_one<packet::Connect>(out);
  EXPECT_EQ(read.client_id, connect.client_id);
  EXPECT_EQ(read.username, connect.username);
  EXPECT_EQ(read.password, connect.password);
  EXPECT_TRUE(read.clean_session);
  EXPECT_EQ(read.keep_alive_s, 30);
  EXPECT_FALSE(read.will);
}

TEST(Codec, EncodingRefusesWhatTheStandardForbidsAndWritesNothing) {
  std::string out = "before";
  packet::Connect connect;
  connect.clean_session = false;
  EXPECT_FALSE(encode(connect, out));  // persistent without id
  connect.client_id = "\xFF";
  EXPECT_FALSE(encode(connect, out));
  connect.client_id = "id";
  connect.password = "pw";
  EXPECT_FALSE(encode(connect, out));  // password without user name
  connect.password.reset();
  connect.will = packet::Will{"a/#", "", QoS::at_most_once, false};
  EXPECT_FALSE(encode(connect, out));
  const std::string long_payload(65'536, 'x');
  connect.will = packet::Will{"a", long_payload, QoS::at_most_once, false};
  EXPECT_FALSE(encode(connect, out));
  EXPECT_FALSE(encode(publish_of("a/+", "x", QoS::at_most_once, 0), out));
  EXPECT_FALSE(encode(publish_of("a", "x", QoS::at_least_once, 0), out));
  EXPECT_FALSE(encode(publish_of("a", "x", QoS::at_most_once, 7), out));
  EXPECT_FALSE(encode(packet::Subscribe{1, {}}, out));
  EXPECT_FALSE(encode(packet::Subscribe{0, {{"a", QoS::at_most_once}}}, out));
  EXPECT_FALSE(encode(packet::Subscribe{1, {{"a#", QoS::at_most_once}}}, out));
  EXPECT_FALSE(encode(packet::Unsubscribe{1, {}}, out));
  EXPECT_EQ(out, "before");
}

TEST(Codec, PublishKeepsItsFlagsAndBytes) {
  auto publish = publish_of("a/b", std::string_view("\x00{}", 3), QoS::at_least_once, 0x1234);
  publish.retain = true;
  publish.duplicate = true;
  std::string out;
  ASSERT_TRUE(encode(publish, out));
  EXPECT_EQ(out,
            "\x3B\x0A\x00\x03"
            "a/b\x12\x34\x00{}"_bytes);
  const auto read = decode_one<packet::Publish>(out);
  EXPECT_EQ(read.topic, "a/b");
  EXPECT_EQ(read.payload, publish.payload);
  EXPECT_EQ(read.qos, QoS::at_least_once);
  EXPECT_TRUE(read.retain);
  EXPECT_TRUE(read.duplicate);
  EXPECT_EQ(read.packet_id, 0x1234);

  out.clear();
  ASSERT_TRUE(encode(publish_of("t", "", QoS::at_most_once, 0), out));
  EXPECT_EQ(decode_one<packet::Publish>(out).payload, "");
}

TEST(Codec, RemainingLengthUsesOneToThreeBytesAtTheirBorders) {
  for (const unsigned remaining : {127U, 128U, 16'383U, 16'384U, 65'536U}) {
    const std::string payload(remaining - 3, 'x');
    std::string out;
    ASSERT_TRUE(encode(publish_of("t", payload, QoS::at_most_once, 0), out));
    EXPECT_EQ(decode_one<packet::Publish>(out).payload.size(), payload.size()) << remaining;
  }
}

TEST(Codec, TheOtherPacketsSurviveARoundTrip) {
  std::string out;
  encode(packet::Connack{true, 0}, out);
  EXPECT_TRUE(decode_one<packet::Connack>(out).session_present);
  out.clear();
  encode(packet::Connack{false, 5}, out);
  EXPECT_EQ(decode_one<packet::Connack>(out).return_code, 5);
  out.clear();
  encode(packet::Puback{65'535}, out);
  EXPECT_EQ(out, "\x40\x02\xFF\xFF"_bytes);
  EXPECT_EQ(decode_one<packet::Puback>(out).packet_id, 65'535);
  out.clear();
  ASSERT_TRUE(encode(packet::Subscribe{10, {{"a/b", QoS::at_least_once}, {"c/#", QoS::at_most_once}}}, out));
  EXPECT_EQ(out,
            "\x82\x0E\x00\x0A\x00\x03"
            "a/b\x01\x00\x03"
            "c/#\x00"_bytes);
  const auto subscribe = decode_one<packet::Subscribe>(out);
  ASSERT_EQ(subscribe.topics.size(), 2U);
  EXPECT_EQ(subscribe.topics[1].filter, "c/#");
  out.clear();
  encode(packet::Suback{10, {1, 0, packet::kSubscriptionRefused}}, out);
  EXPECT_THAT(decode_one<packet::Suback>(out).return_codes, testing::ElementsAre(1, 0, 0x80));
  out.clear();
  ASSERT_TRUE(encode(packet::Unsubscribe{11, {"a/b", "c/#"}}, out));
  EXPECT_THAT(decode_one<packet::Unsubscribe>(out).filters, testing::ElementsAre("a/b", "c/#"));
  out.clear();
  encode(packet::Unsuback{11}, out);
  EXPECT_EQ(decode_one<packet::Unsuback>(out).packet_id, 11);
  out.clear();
  encode(packet::Pingreq{}, out);
  encode(packet::Pingresp{}, out);
  encode(packet::Disconnect{}, out);
  EXPECT_EQ(out, "\xC0\x00\xD0\x00\xE0\x00"_bytes);
}

// Every kind of packet one after the other.
std::string conversation() {
  std::string out;
  packet::Connect connect;
  connect.client_id = "device";
  connect.username = "u";
  connect.password = "p";
  connect.will = packet::Will{"s", "offline", QoS::at_least_once, true};
  EXPECT_TRUE(encode(connect, out));
  encode(packet::Connack{}, out);
  EXPECT_TRUE(encode(packet::Subscribe{1, {{"a/#", QoS::at_least_once}}}, out));
  encode(packet::Suback{1, {1}}, out);
  const std::string long_payload(200, 'x');
  EXPECT_TRUE(encode(publish_of("a/b", long_payload, QoS::at_least_once, 2), out));
  encode(packet::Puback{2}, out);
  EXPECT_TRUE(encode(publish_of("a/c", "y", QoS::at_most_once, 0), out));
  EXPECT_TRUE(encode(packet::Unsubscribe{3, {"a/#"}}, out));
  encode(packet::Unsuback{3}, out);
  encode(packet::Pingreq{}, out);
  encode(packet::Pingresp{}, out);
  encode(packet::Disconnect{}, out);
  return out;
}

std::vector<std::size_t> kinds_in(std::string_view stream, std::size_t& left) {
  std::vector<std::size_t> kinds;
  for (;;) {
    const auto decoded = decode(bytes_of(stream));
    if (!decoded) throw std::runtime_error(decoded.error().detail);
    left = stream.size();
    if (!*decoded) return kinds;
    kinds.push_back((*decoded)->packet.index());
    stream.remove_prefix((*decoded)->consumed);
  }
}

TEST(Codec, EverySplitOfTheStreamGivesTheSamePackets) {
  const std::string stream = conversation();
  std::size_t left = 0;
  const auto whole = kinds_in(stream, left);
  ASSERT_EQ(whole.size(), 12U);
  ASSERT_EQ(left, 0U);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    auto kinds = kinds_in(std::string_view(stream).substr(0, cut), left);
    const auto rest = kinds_in(std::string_view(stream).substr(cut - left), left);
    kinds.insert(kinds.end(), rest.begin(), rest.end());
    EXPECT_EQ(kinds, whole) << "cut at " << cut;
  }
}

TEST(Codec, GarbageIsRefusedAtItsFirstByte) {
  EXPECT_EQ(reason_refused("\x00"_bytes), "There is no such packet type.");
  EXPECT_EQ(reason_refused("\xF0"), "There is no such packet type.");
  EXPECT_EQ(reason_refused("\x36"), "A PUBLISH has both QoS bits set.");
  EXPECT_EQ(reason_refused("\x34"), "QoS 2 is not supported.");
  EXPECT_EQ(reason_refused("\x38"), "A QoS 0 PUBLISH has DUP set.");
  EXPECT_EQ(reason_refused("\x50"), "QoS 2 is not supported.");
  EXPECT_EQ(reason_refused("\x62"), "QoS 2 is not supported.");
  EXPECT_EQ(reason_refused("\x80"), "The reserved flags are wrong.");
  EXPECT_EQ(reason_refused("\x21"), "The reserved flags are wrong.");
  EXPECT_EQ(reason_refused("GET / HTTP/1.1\r\n"), "The reserved flags are wrong.");
}

TEST(Codec, MalformedBodiesAreRefused) {
  for (const std::string& bad : {
           "\x30\xFF\xFF\xFF\xFF\x01"_bytes,                       // remaining length of five bytes
           "\x30\x01\x00"_bytes,                                   // PUBLISH too short for a topic
           "\x30\x02\x00\x00"_bytes,                               // empty topic
           "\x30\x03\x00\x05t"_bytes,                              // topic longer than the packet
           "\x30\x03\x00\x01#"_bytes,                              // wildcard in a name
           "\x30\x03\x00\x01\xFF"_bytes,                           // not UTF-8
           "\x32\x05\x00\x01t\x00\x00"_bytes,                      // packet id 0
           "\x32\x04\x00\x01t\x00"_bytes,                          // half a packet id
           "\x20\x02\x02\x00"_bytes,                               // CONNACK: reserved flag
           "\x20\x02\x01\x05"_bytes,                               // refused, yet a session
           "\x20\x02\x00\x06"_bytes,                               // unknown code
           "\x20\x03\x00\x00\x00"_bytes,                           // too long
           "\x40\x02\x00\x00"_bytes,                               // PUBACK: id 0
           "\x40\x01\x01"_bytes,                                   // too short
           "\x82\x02\x00\x01"_bytes,                               // SUBSCRIBE to nothing
           "\x82\x06\x00\x01\x00\x01t\x03"_bytes,                  // QoS 3
           "\x82\x05\x00\x01\x00\x01t"_bytes,                      // QoS missing
           "\x90\x03\x00\x01\x03"_bytes,                           // SUBACK: unknown code
           "\x90\x02\x00\x01"_bytes,                               // answers nothing
           "\xA2\x02\x00\x01"_bytes,                               // UNSUBSCRIBE from nothing
           "\xC0\x01\x00"_bytes,                                   // PINGREQ with a body
           "\x10\x0C\x00\x04MQTT\x03\x02\x00\x00\x00\x00"_bytes,   // MQTT 3.1
           "\x10\x0C\x00\x04MQTT\x04\x03\x00\x00\x00\x00"_bytes,   // reserved connect flag
           "\x10\x0C\x00\x04MQTT\x04\x42\x00\x00\x00\x00"_bytes,   // password without user name
           "\x10\x0C\x00\x04MQTT\x04\x0A\x00\x00\x00\x00"_bytes,   // will QoS without a will
           "\x10\x0C\x00\x04MQTT\x04\x00\x00\x00\x00\x00"_bytes,   // persistent without an id
           "\x10\x0D\x00\x04MQTT\x04\x02\x00\x00\x00\x00x"_bytes,  // bytes left over
       })
    EXPECT_NE(reason_refused(bad), "accepted") << testing::PrintToString(bad);
}

TEST(Codec, TheLimitIsExact) {
  const std::string payload(97, 'x');
  std::string out;
  ASSERT_TRUE(encode(publish_of("t", payload, QoS::at_most_once, 0), out));
  const auto within = decode(bytes_of(out), 100);
  ASSERT_TRUE(within && *within);
  EXPECT_TRUE(std::holds_alternative<packet::Publish>((*within)->packet));
  const auto beyond = decode(bytes_of(out), 99);
  ASSERT_TRUE(beyond && *beyond);
  EXPECT_TRUE(std::holds_alternative<packet::OversizePublish>((*beyond)->packet));
}

TEST(Codec, AnOversizePublishIsKnownFromItsBeginning) {
  const std::string payload(1'000, 'x');
  std::string out;
  ASSERT_TRUE(encode(publish_of("topic", payload, QoS::at_least_once, 9), out));
  const std::size_t enough = 3 + 2 + 5 + 2;
  const auto early = decode(bytes_of(out).first(enough - 1), 100);
  ASSERT_TRUE(early);
  EXPECT_FALSE(*early);
  const auto known = decode(bytes_of(out).first(enough), 100);
  ASSERT_TRUE(known && *known);
  const auto& oversize = std::get<packet::OversizePublish>((*known)->packet);
  EXPECT_EQ(oversize.topic, "topic");
  EXPECT_EQ(oversize.packet_id, 9);
  EXPECT_EQ(oversize.qos, QoS::at_least_once);
  EXPECT_EQ((*known)->consumed, out.size());
}

TEST(Codec, AnyOtherOversizePacketIsAnErrorBeforeItsBodyArrives) {
  EXPECT_EQ(reason_refused("\x90\xFF\x7F"_bytes, 100), "A packet is longer than the limit.");
}

TEST(Codec, AWrongLengthIsRefusedBeforeTheBodyArrives) {
  for (const char type : {'\x20', '\x40', '\xB0', '\xC0', '\xD0', '\xE0'})
    EXPECT_EQ(reason_refused(std::string(1, type) + "\xE0\xD4\x03"), "The length is wrong for this type of packet.");
}

TEST(Codec, RandomBytesNeverReadBeyondTheirEnd) {
  // AddressSanitizer is the judge; the fuzz twin of the decoder goes further.
  std::minstd_rand random(20'261'124);  // fixed: a failure can be repeated
  const std::string stream = conversation();
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = stream.substr(0, 1 + random() % stream.size());
    for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    const std::vector<std::uint8_t> exact(damaged.begin(), damaged.end());
    std::span<const std::uint8_t> rest(exact);
    for (;;) {
      const auto decoded = decode(rest, 150);
      if (!decoded || !*decoded) break;
      ASSERT_GT((*decoded)->consumed, 0U);
      rest = rest.subspan(std::min((*decoded)->consumed, rest.size()));
    }
  }
}

}  // namespace
}  // namespace pitview::mqtt
