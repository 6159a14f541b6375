#include "pitview/mqtt/codec.h"
#include "pitview/mqtt/topic.h"
#include "wire.h"

namespace pitview::mqtt {
namespace {

using Bytes = std::span<const std::uint8_t>;
using wire::Type;

Error malformed(const char* what) { return {Errc::validation_failed, what, {}, 0}; }

// Reads a packet's body. Asking for more than there is sets `ok` to false and
// gives zeros, so that each packet is checked once at its end.
class Reader {
 public:
  explicit Reader(Bytes bytes) : rest_(bytes) {}

  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return ok_ && rest_.empty(); }
  bool more() const noexcept { return ok_ && !rest_.empty(); }

  std::uint8_t u8() {
    const Bytes bytes = take(1);
    return bytes.empty() ? std::uint8_t{0} : bytes[0];
  }
  std::uint16_t u16() {
    const Bytes bytes = take(2);
    return bytes.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
  }
  std::string_view binary() { return as_text(take(u16())); }
  std::string_view remainder() { return as_text(take(rest_.size())); }

 private:
  Bytes take(std::size_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const Bytes taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  static std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

  Bytes rest_;
  bool ok_ = true;
};

struct Header {
  Type type{};
  std::uint8_t flags = 0;
  std::size_t remaining = 0;
  std::size_t size = 0;  // of the header itself
};

Result<Header> check_first_byte(std::uint8_t byte) {
  Header header{static_cast<Type>(byte >> 4), static_cast<std::uint8_t>(byte & 0x0F), 0, 0};
  switch (header.type) {
    case Type::publish: {
      const unsigned qos = header.flags >> 1 & 3;
      if (qos == 3) return malformed("A PUBLISH has both QoS bits set.");
      if (qos == 2) return malformed("QoS 2 is not supported.");
      if (qos == 0 && (header.flags & wire::kFlagDuplicate) != 0) return malformed("A QoS 0 PUBLISH has DUP set.");
      return header;
    }
    case Type::pubrec:
    case Type::pubrel:
    case Type::pubcomp: return malformed("QoS 2 is not supported.");
    case Type::connect:
    case Type::connack:
    case Type::puback:
    case Type::subscribe:
    case Type::suback:
    case Type::unsubscribe:
    case Type::unsuback:
    case Type::pingreq:
    case Type::pingresp:
    case Type::disconnect:
      if (header.flags != wire::fixed_flags(header.type)) return malformed("The reserved flags are wrong.");
      return header;
  }
  return malformed("There is no such packet type.");
}

// Such a packet is refused by its header: no need to wait for a body that is wrong.
bool has_possible_length(const Header& header) {
  switch (header.type) {
    case Type::connack:
    case Type::puback:
    case Type::unsuback: return header.remaining == 2;
    case Type::pingreq:
    case Type::pingresp:
    case Type::disconnect: return header.remaining == 0;
    default: return true;
  }
}

// Nothing while the remaining length is not complete.
Result<std::optional<Header>> decode_header(Bytes bytes) {
  if (bytes.empty()) return std::optional<Header>();
  Result<Header> header = check_first_byte(bytes[0]);
  if (!header) return header.error();
  for (std::size_t i = 1; i <= 4; ++i) {
    if (i >= bytes.size()) return std::optional<Header>();
    header->remaining |= static_cast<std::size_t>(bytes[i] & 0x7F) << 7 * (i - 1);
    if ((bytes[i] & 0x80) == 0) {
      header->size = i + 1;
      if (!has_possible_length(*header)) return malformed("The length is wrong for this type of packet.");
      return std::optional<Header>(*header);
    }
  }
  return malformed("The remaining length has more than four bytes.");
}

Result<packet::Connect> decode_connect(Bytes body) {
  Reader in(body);
  const std::string_view protocol = in.binary();
  const std::uint8_t level = in.u8();
  if (!in.ok() || protocol != "MQTT" || level != wire::kProtocolLevel)
    return malformed("The protocol is not MQTT 3.1.1.");
  const std::uint8_t flags = in.u8();
  const bool has_will = (flags & wire::kConnectWill) != 0;
  const unsigned will_qos = flags >> 3 & 3;
  const bool will_retain = (flags & wire::kConnectWillRetain) != 0;
  const bool has_username = (flags & wire::kConnectUsername) != 0;
  const bool has_password = (flags & wire::kConnectPassword) != 0;
  if ((flags & 1) != 0 || will_qos > 1 || (!has_will && (will_qos != 0 || will_retain)) ||
      (has_password && !has_username))
    return malformed("The connect flags are wrong.");
  packet::Connect connect;
  connect.clean_session = (flags & wire::kConnectCleanSession) != 0;
  connect.keep_alive_s = in.u16();
  connect.client_id = in.binary();
  if (has_will) {
    packet::Will will;
    will.topic = in.binary();
    will.payload = in.binary();
    will.qos = static_cast<QoS>(will_qos);
    will.retain = will_retain;
    if (!valid_topic_name(will.topic)) return malformed("The will's topic is not a topic name.");
    connect.will = will;
  }
  if (has_username) connect.username = in.binary();
  if (has_password) connect.password = in.binary();
  if (!in.at_end()) return malformed("CONNECT has the wrong length.");
  if (!valid_utf8_string(connect.client_id) || !valid_utf8_string(connect.username.value_or("")))
    return malformed("CONNECT holds a string that is not valid UTF-8.");
  if (connect.client_id.empty() && !connect.clean_session) return malformed("A persistent session needs a client id.");
  return connect;
}

Result<packet::Connack> decode_connack(Bytes body) {
  Reader in(body);
  const std::uint8_t flags = in.u8();
  const std::uint8_t code = in.u8();
  if (!in.at_end() || flags > 1 || code > 5 || (code != 0 && flags != 0)) return malformed("CONNACK is malformed.");
  return packet::Connack{flags == 1, code};
}

Result<packet::Publish> decode_publish(std::uint8_t flags, Bytes body) {
  Reader in(body);
  packet::Publish publish;
  publish.qos = static_cast<QoS>(flags >> 1 & 3);
  publish.retain = (flags & wire::kFlagRetain) != 0;
  publish.duplicate = (flags & wire::kFlagDuplicate) != 0;
  publish.topic = in.binary();
  if (publish.qos == QoS::at_least_once) {
    publish.packet_id = in.u16();
    if (publish.packet_id == 0) return malformed("A PUBLISH of QoS 1 has no packet id.");
  }
  publish.payload = in.remainder();
  if (!in.ok() || !valid_topic_name(publish.topic)) return malformed("A PUBLISH has no valid topic name.");
  return publish;
}

// A packet of the only form "packet id and nothing else".
template <class PacketType>
Result<PacketType> decode_packet_id(Bytes body) {
  Reader in(body);
  const std::uint16_t packet_id = in.u16();
  if (!in.at_end() || packet_id == 0) return malformed("An acknowledgement is malformed.");
  return PacketType{packet_id};
}

Result<packet::Subscribe> decode_subscribe(Bytes body) {
  Reader in(body);
  packet::Subscribe subscribe;
  subscribe.packet_id = in.u16();
  while (in.more()) {
    packet::TopicRequest topic;
    topic.filter = in.binary();
    const std::uint8_t qos = in.u8();
    if (!in.ok() || qos > 1 || !valid_topic_filter(topic.filter)) return malformed("SUBSCRIBE is malformed.");
    topic.qos = static_cast<QoS>(qos);
    subscribe.topics.push_back(topic);
  }
  if (!in.ok() || subscribe.packet_id == 0 || subscribe.topics.empty()) return malformed("SUBSCRIBE is malformed.");
  return subscribe;
}

Result<packet::Suback> decode_suback(Bytes body) {
  Reader in(body);
  packet::Suback suback;
  suback.packet_id = in.u16();
  while (in.more()) {
    const std::uint8_t code = in.u8();
    if (code > 2 && code != packet::kSubscriptionRefused) return malformed("SUBACK is malformed.");
    suback.return_codes.push_back(code);
  }
  if (!in.ok() || suback.packet_id == 0 || suback.return_codes.empty()) return malformed("SUBACK is malformed.");
  return suback;
}

Result<packet::Unsubscribe> decode_unsubscribe(Bytes body) {
  Reader in(body);
  packet::Unsubscribe unsubscribe;
  unsubscribe.packet_id = in.u16();
  while (in.more()) {
    unsubscribe.filters.push_back(in.binary());
    if (!in.ok() || !valid_topic_filter(unsubscribe.filters.back())) return malformed("UNSUBSCRIBE is malformed.");
  }
  if (!in.ok() || unsubscribe.packet_id == 0 || unsubscribe.filters.empty())
    return malformed("UNSUBSCRIBE is malformed.");
  return unsubscribe;
}

template <class PacketType>
Result<Packet> widen(Result<PacketType> result) {
  if (!result) return std::move(result).error();
  return Packet(std::move(*result));
}

Result<Packet> decode_body(const Header& header, Bytes body) {
  switch (header.type) {
    case Type::connect: return widen(decode_connect(body));
    case Type::connack: return widen(decode_connack(body));
    case Type::publish: return widen(decode_publish(header.flags, body));
    case Type::puback: return widen(decode_packet_id<packet::Puback>(body));
    case Type::subscribe: return widen(decode_subscribe(body));
    case Type::suback: return widen(decode_suback(body));
    case Type::unsubscribe: return widen(decode_unsubscribe(body));
    case Type::unsuback: return widen(decode_packet_id<packet::Unsuback>(body));
    case Type::pingreq: return Packet(packet::Pingreq{});
    case Type::pingresp: return Packet(packet::Pingresp{});
    case Type::disconnect: return Packet(packet::Disconnect{});
    case Type::pubrec:
    case Type::pubrel:
    case Type::pubcomp: break;
  }
  return malformed("QoS 2 is not supported.");
}

// Needs only the beginning of the packet: topic and packet id.
Result<std::optional<Decoded>> decode_oversize_publish(const Header& header, Bytes bytes) {
  const Bytes there = bytes.subspan(header.size);
  if (there.size() < 2) return std::optional<Decoded>();
  const bool numbered = (header.flags >> 1 & 3) != 0;
  const std::size_t needed = 2U + (static_cast<std::size_t>(there[0]) << 8 | there[1]) + (numbered ? 2U : 0U);
  if (needed > header.remaining) return malformed("A PUBLISH has no valid topic name.");
  if (there.size() < needed) return std::optional<Decoded>();
  const Result<packet::Publish> start = decode_publish(header.flags, there.first(needed));
  if (!start) return start.error();
  return std::optional<Decoded>(
      Decoded{packet::OversizePublish{start->topic, start->qos, start->packet_id, header.remaining},
              header.size + header.remaining});
}

}  // namespace

Result<std::optional<Decoded>> decode(Bytes bytes, std::size_t max_packet_bytes) {
  const Result<std::optional<Header>> found = decode_header(bytes);
  if (!found) return found.error();
  const std::optional<Header>& complete = *found;
  if (!complete) return std::optional<Decoded>();
  const Header& header = *complete;
  if (header.remaining > max_packet_bytes) {
    if (header.type == Type::publish) return decode_oversize_publish(header, bytes);
    return Error{Errc::body_too_large, "A packet is longer than the limit.", {}, 0};
  }
  if (bytes.size() - header.size < header.remaining) return std::optional<Decoded>();
  Result<Packet> packet = decode_body(header, bytes.subspan(header.size, header.remaining));
  if (!packet) return std::move(packet).error();
  return std::optional<Decoded>(Decoded{std::move(*packet), header.size + header.remaining});
}

std::string_view refusal(std::uint8_t return_code) noexcept {
  switch (return_code) {
    case 0: return "accepted";
    case 1: return "protocol version not accepted";
    case 2: return "client id rejected";
    case 3: return "server unavailable";
    case 4: return "bad user name or password";
    case 5: return "not authorised";
    default: return "unknown reason";
  }
}

}  // namespace pitview::mqtt
