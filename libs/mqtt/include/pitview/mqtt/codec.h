// The packets of MQTT 3.1.1 (OASIS standard of 29 October 2014) that QoS 0 and 1
// need, to bytes and back. Sans-I/O: no socket, no clock, no state.
//
// Decoded packets are views into the bytes they came from. Both directions of
// each packet exist, so that a test can be the broker. Anything the standard
// forbids is an error (validation_failed), and so is QoS 2, which PitView does
// not use; after an error the connection is to be closed (standard, 4.8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::mqtt {

enum class QoS : std::uint8_t { at_most_once = 0, at_least_once = 1 };

// Packets longer than this (the standard's "remaining length") are not taken in.
inline constexpr std::size_t kDefaultMaxPacketBytes = 65'536;

namespace packet {

struct Will {
  std::string_view topic;
  std::string_view payload;
  QoS qos = QoS::at_most_once;
  bool retain = false;
};

struct Connect {
  std::string_view client_id;
  std::optional<std::string_view> username;
  std::optional<std::string_view> password;  // only together with a user name
  bool clean_session = true;
  std::uint16_t keep_alive_s = 0;
  std::optional<Will> will;
};

struct Connack {
  bool session_present = false;
  std::uint8_t return_code = 0;  // 0 accepted; see refusal()
};

struct Publish {
  std::string_view topic;
  std::string_view payload;
  QoS qos = QoS::at_most_once;
  bool retain = false;
  bool duplicate = false;
  std::uint16_t packet_id = 0;  // only with QoS 1
};

// A PUBLISH beyond the limit: known well enough to be acknowledged and skipped,
// so that one such message cannot block a persistent session for good.
struct OversizePublish {
  std::string_view topic;
  QoS qos = QoS::at_most_once;
  std::uint16_t packet_id = 0;
  std::size_t remaining_length = 0;
};

struct Puback {
  std::uint16_t packet_id = 0;
};

struct TopicRequest {
  std::string_view filter;
  QoS qos = QoS::at_most_once;
};

struct Subscribe {
  std::uint16_t packet_id = 0;
  std::vector<TopicRequest> topics;
};

inline constexpr std::uint8_t kSubscriptionRefused = 0x80;

struct Suback {
  std::uint16_t packet_id = 0;
  std::vector<std::uint8_t> return_codes;  // granted QoS or kSubscriptionRefused, one per topic
};

struct Unsubscribe {
  std::uint16_t packet_id = 0;
  std::vector<std::string_view> filters;
};

struct Unsuback {
  std::uint16_t packet_id = 0;
};

struct Pingreq {};
struct Pingresp {};
struct Disconnect {};

}  // namespace packet

using Packet = std::variant<packet::Connect, packet::Connack, packet::Publish, packet::OversizePublish, packet::Puback,
                            packet::Subscribe, packet::Suback, packet::Unsubscribe, packet::Unsuback, packet::Pingreq,
                            packet::Pingresp, packet::Disconnect>;

struct Decoded {
  Packet packet;
  // How many bytes the packet takes. With OversizePublish it may be more than
  // there are: what is missing is to be thrown away as it arrives.
  std::size_t consumed = 0;
};

// The first packet of `bytes`, or nothing while more bytes are needed. Garbage is
// refused at the first byte that shows it.
Result<std::optional<Decoded>> decode(std::span<const std::uint8_t> bytes,
                                      std::size_t max_packet_bytes = kDefaultMaxPacketBytes);

// Append the packet to `out`. What takes strings of the caller checks them first
// and then leaves `out` as it was: validation_failed, or body_too_large when the
// packet is longer than the standard can express.
Result<> encode(const packet::Connect& connect, std::string& out);
Result<> encode(const packet::Publish& publish, std::string& out);
Result<> encode(const packet::Subscribe& subscribe, std::string& out);
Result<> encode(const packet::Unsubscribe& unsubscribe, std::string& out);
void encode(packet::Connack connack, std::string& out);
void encode(packet::Puback puback, std::string& out);
void encode(const packet::Suback& suback, std::string& out);
void encode(packet::Unsuback unsuback, std::string& out);
void encode(packet::Pingreq ping, std::string& out);
void encode(packet::Pingresp ping, std::string& out);
void encode(packet::Disconnect disconnect, std::string& out);

// What a CONNACK's return code says, in words (standard, table 3.1).
std::string_view refusal(std::uint8_t return_code) noexcept;

}  // namespace pitview::mqtt
