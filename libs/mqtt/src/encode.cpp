#include "pitview/mqtt/codec.h"
#include "pitview/mqtt/topic.h"
#include "wire.h"

namespace pitview::mqtt {
namespace {

using wire::Type;

constexpr std::size_t kLongestBinary = 65'535;

void put_u8(std::string& out, unsigned value) { out.push_back(static_cast<char>(value)); }

void put_u16(std::string& out, unsigned value) {
  put_u8(out, value >> 8);
  put_u8(out, value & 0xFF);
}

void put_string(std::string& out, std::string_view text) {
  put_u16(out, static_cast<unsigned>(text.size()));
  out.append(text);
}

void put_header(std::string& out, Type type, unsigned flags, std::size_t remaining) {
  put_u8(out, static_cast<unsigned>(type) << 4 | flags);
  do {
    const unsigned low = remaining & 0x7F;
    remaining >>= 7;
    put_u8(out, low | (remaining > 0 ? 0x80U : 0U));
  } while (remaining > 0);
}

void put_packet_id_only(std::string& out, Type type, std::uint16_t packet_id) {
  put_header(out, type, wire::fixed_flags(type), 2);
  put_u16(out, packet_id);
}

Result<> check_connect(const packet::Connect& connect) {
  if (!valid_utf8_string(connect.client_id)) return {Errc::validation_failed, "The client id is not valid UTF-8."};
  if (connect.client_id.empty() && !connect.clean_session)
    return {Errc::validation_failed, "A persistent session needs a client id."};
  if (connect.username && !valid_utf8_string(*connect.username))
    return {Errc::validation_failed, "The user name is not valid UTF-8."};
  if (connect.password && (!connect.username || connect.password->size() > kLongestBinary))
    return {Errc::validation_failed, "The password is too long or has no user name."};
  if (connect.will && !valid_topic_name(connect.will->topic))
    return {Errc::validation_failed, "The will's topic is not a topic name."};
  if (connect.will && connect.will->payload.size() > kLongestBinary)
    return {Errc::body_too_large, "The will's payload is too long."};
  return Done{};
}

}  // namespace

Result<> encode(const packet::Connect& connect, std::string& out) {
  if (Result<> checked = check_connect(connect); !checked) return checked;
  unsigned flags = connect.clean_session ? wire::kConnectCleanSession : 0U;
  std::size_t remaining = 10 + 2 + connect.client_id.size();
  if (connect.will) {
    flags |= wire::kConnectWill | static_cast<unsigned>(connect.will->qos) << 3;
    if (connect.will->retain) flags |= wire::kConnectWillRetain;
    remaining += 4 + connect.will->topic.size() + connect.will->payload.size();
  }
  if (connect.username) {
    flags |= wire::kConnectUsername;
    remaining += 2 + connect.username->size();
  }
  if (connect.password) {
    flags |= wire::kConnectPassword;
    remaining += 2 + connect.password->size();
  }
  put_header(out, Type::connect, 0, remaining);
  put_string(out, "MQTT");
  put_u8(out, wire::kProtocolLevel);
  put_u8(out, flags);
  put_u16(out, connect.keep_alive_s);
  put_string(out, connect.client_id);
  if (connect.will) {
    put_string(out, connect.will->topic);
    put_string(out, connect.will->payload);
  }
  if (connect.username) put_string(out, *connect.username);
  if (connect.password) put_string(out, *connect.password);
  return Done{};
}

Result<> encode(const packet::Publish& publish, std::string& out) {
  if (!valid_topic_name(publish.topic)) return {Errc::validation_failed, "The topic is not a topic name."};
  const bool numbered = publish.qos == QoS::at_least_once;
  if (numbered != (publish.packet_id != 0) || (publish.duplicate && !numbered))
    return {Errc::validation_failed, "QoS 1 needs a packet id, QoS 0 has none."};
  const std::size_t remaining = 2 + publish.topic.size() + (numbered ? 2 : 0) + publish.payload.size();
  if (remaining > wire::kLongestRemaining) return {Errc::body_too_large, "The message is too long for MQTT."};
  const unsigned flags = (publish.duplicate ? wire::kFlagDuplicate : 0U) | static_cast<unsigned>(publish.qos) << 1 |
                         (publish.retain ? wire::kFlagRetain : 0U);
  put_header(out, Type::publish, flags, remaining);
  put_string(out, publish.topic);
  if (numbered) put_u16(out, publish.packet_id);
  out.append(publish.payload);
  return Done{};
}

Result<> encode(const packet::Subscribe& subscribe, std::string& out) {
  if (subscribe.packet_id == 0 || subscribe.topics.empty())
    return {Errc::validation_failed, "SUBSCRIBE needs a packet id and a topic."};
  std::size_t remaining = 2;
  for (const auto& topic : subscribe.topics) {
    if (!valid_topic_filter(topic.filter)) return {Errc::validation_failed, "The filter is not a topic filter."};
    remaining += 3 + topic.filter.size();
  }
  if (remaining > wire::kLongestRemaining) return {Errc::body_too_large, "Too many topics for one SUBSCRIBE."};
  put_header(out, Type::subscribe, wire::fixed_flags(Type::subscribe), remaining);
  put_u16(out, subscribe.packet_id);
  for (const auto& topic : subscribe.topics) {
    put_string(out, topic.filter);
    put_u8(out, static_cast<unsigned>(topic.qos));
  }
  return Done{};
}

Result<> encode(const packet::Unsubscribe& unsubscribe, std::string& out) {
  if (unsubscribe.packet_id == 0 || unsubscribe.filters.empty())
    return {Errc::validation_failed, "UNSUBSCRIBE needs a packet id and a topic."};
  std::size_t remaining = 2;
  for (const auto filter : unsubscribe.filters) {
    if (!valid_topic_filter(filter)) return {Errc::validation_failed, "The filter is not a topic filter."};
    remaining += 2 + filter.size();
  }
  if (remaining > wire::kLongestRemaining) return {Errc::body_too_large, "Too many topics for one UNSUBSCRIBE."};
  put_header(out, Type::unsubscribe, wire::fixed_flags(Type::unsubscribe), remaining);
  put_u16(out, unsubscribe.packet_id);
  for (const auto filter : unsubscribe.filters) put_string(out, filter);
  return Done{};
}

void encode(packet::Connack connack, std::string& out) {
  put_header(out, Type::connack, 0, 2);
  put_u8(out, connack.session_present ? 1 : 0);
  put_u8(out, connack.return_code);
}

void encode(packet::Puback puback, std::string& out) { put_packet_id_only(out, Type::puback, puback.packet_id); }

void encode(const packet::Suback& suback, std::string& out) {
  put_header(out, Type::suback, 0, 2 + suback.return_codes.size());
  put_u16(out, suback.packet_id);
  for (const std::uint8_t code : suback.return_codes) put_u8(out, code);
}

void encode(packet::Unsuback unsuback, std::string& out) {
  put_packet_id_only(out, Type::unsuback, unsuback.packet_id);
}

void encode(packet::Pingreq, std::string& out) { put_header(out, Type::pingreq, 0, 0); }
void encode(packet::Pingresp, std::string& out) { put_header(out, Type::pingresp, 0, 0); }
void encode(packet::Disconnect, std::string& out) { put_header(out, Type::disconnect, 0, 0); }

}  // namespace pitview::mqtt
