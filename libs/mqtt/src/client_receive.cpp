#include <algorithm>
#include <chrono>
#include <utility>

#include "outgoing.h"

namespace pitview::mqtt {
namespace {

constexpr std::size_t kMostPacketIds = 65'535;
// PUBLISH takes the ids up to max_in_flight; SUBSCRIBE has one of its own.
constexpr std::uint16_t kSubscribeId = 65'535;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

Error protocol_error(std::string what) { return {Errc::validation_failed, std::move(what), {}, 0}; }

}  // namespace

Result<> Client::consume() {
  for (;;) {
    // Between stop() and the broker's close what arrives is thrown away.
    if (stopping_) input_begin_ = input_end_;
    const std::size_t skipped = std::min(skip_bytes_, input_end_ - input_begin_);
    skip_bytes_ -= skipped;
    input_begin_ += skipped;
    Result<std::optional<Decoded>> decoded =
        decode(std::span(input_).subspan(input_begin_, input_end_ - input_begin_), options_.max_packet_bytes);
    if (!decoded) return std::move(decoded).error();
    std::optional<Decoded>& next = *decoded;
    if (!next) return Done{};
    Result<> handled = handle(next->packet);
    if (!handled || stopping_) return handled;
    const std::size_t taken = std::min(next->consumed, input_end_ - input_begin_);
    input_begin_ += taken;
    skip_bytes_ = next->consumed - taken;
  }
}

Result<> Client::handle(Packet& packet) {
  if (phase_ == Phase::awaiting_connack && !std::holds_alternative<packet::Connack>(packet))
    return protocol_error("the broker's first packet is not CONNACK");
  return std::visit(
      Overloaded{
          [this](const packet::Connack& connack) { return on_connack(connack); },
          [this](const packet::Suback& suback) { return on_suback(suback); },
          [this](const packet::Publish& publish) { return on_publish(publish); },
          [this](const packet::OversizePublish& publish) { return on_oversize(publish); },
          [this](const packet::Puback& puback) { return on_puback(puback); },
          [](const packet::Pingresp&) -> Result<> { return Done{}; },
          [](const auto&) -> Result<> { return protocol_error("the broker sent a packet only clients may send"); },
      },
      packet);
}

Result<> Client::on_connack(const packet::Connack& connack) {
  if (phase_ != Phase::awaiting_connack) return protocol_error("the broker sent a second CONNACK");
  if (connack.return_code != 0)
    return Error{Errc::unauthenticated, "refused: " + std::string(refusal(connack.return_code)), {}, 0};
  session_present_ = connack.session_present;
  if (options_.subscriptions.empty()) {
    become_ready();
    return Done{};
  }
  phase_ = Phase::awaiting_suback;
  packet::Subscribe subscribe;
  subscribe.packet_id = kSubscribeId;
  for (const auto& subscription : options_.subscriptions)
    subscribe.topics.push_back({subscription.filter, subscription.qos});
  Result<> encoded = encode(subscribe, output_);
  if (encoded) wake_writer();
  return encoded;
}

Result<> Client::on_suback(const packet::Suback& suback) {
  if (phase_ != Phase::awaiting_suback || suback.packet_id != kSubscribeId ||
      suback.return_codes.size() != options_.subscriptions.size())
    return protocol_error("the broker sent a SUBACK that answers nothing");
  // A receiver without its topics would look healthy and receive nothing; one that is
  // granted less would lose what it has not committed.
  for (std::size_t i = 0; i < suback.return_codes.size(); ++i) {
    const Subscription& wanted = options_.subscriptions[i];
    if (suback.return_codes[i] == packet::kSubscriptionRefused)
      return Error{Errc::forbidden, "the broker refused the subscription " + wanted.filter, {}, 0};
    if (suback.return_codes[i] < static_cast<std::uint8_t>(wanted.qos))
      return Error{Errc::forbidden, "the broker granted the subscription " + wanted.filter + " QoS 0 only", {}, 0};
  }
  become_ready();
  return Done{};
}

void Client::become_ready() {
  phase_ = Phase::ready;
  ++counters_.connections;
  watch_timer_.cancel();
  log::info("mqtt_connected", {{"host", options_.host},
                               {"port", options_.port},
                               {"client_id", options_.client_id},
                               {"session_present", session_present_}});
  if (handlers_.on_connected) handlers_.on_connected(session_present_);
}

Result<> Client::on_publish(const packet::Publish& publish) {
  AckToken token;
  if (publish.qos == QoS::at_least_once) {
    Result<AckToken> remembered = remember(publish.packet_id);
    if (!remembered) return std::move(remembered).error();
    token = *remembered;
  }
  ++counters_.received;
  if (handlers_.on_message)
    handlers_.on_message(Message{std::string(publish.topic), std::string(publish.payload), publish.qos, publish.retain,
                                 publish.duplicate, token});
  return Done{};
}

Result<> Client::on_oversize(const packet::OversizePublish& publish) {
  ++counters_.oversize;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  std::int64_t held_back = 0;
  if (oversize_log_.allow(std::chrono::duration_cast<std::chrono::seconds>(now).count(), held_back))
    log::warning("mqtt_message_too_large", {{"client_id", options_.client_id},
                                            {"topic", publish.topic.substr(0, 200)},
                                            {"bytes", publish.remaining_length},
                                            {"held_back", held_back}});
  if (publish.qos == QoS::at_least_once) {
    Result<AckToken> remembered = remember(publish.packet_id);
    if (!remembered) return std::move(remembered).error();
    acknowledge(*remembered);
  }
  return Done{};
}

Result<AckToken> Client::remember(std::uint16_t packet_id) {
  // More than there are ids: the broker does not wait for PUBACKs.
  if (received_.size() >= kMostPacketIds) return protocol_error("the broker reuses packet ids that are in use");
  received_.emplace_hint(received_.end(), next_received_, Received{packet_id, false});
  return AckToken{connection_, next_received_++};
}

void Client::acknowledge(AckToken token, AckOrder order) {
  if (phase_ == Phase::offline || stopping_ || token.connection != connection_) return;
  const auto received = received_.find(token.sequence);
  if (received == received_.end()) return;
  if (!std::exchange(received->second.acknowledged, true)) ++acknowledged_waiting_;
  if (order == AckOrder::at_once && acknowledged_waiting_ == 1) {
    send_puback(received);
  } else if (order == AckOrder::at_once) {
    // Those that were to wait for their turn need not wait either.
    for (auto next = received_.begin(); next != received_.end() && acknowledged_waiting_ > 0;)
      if (const auto each = next++; each->second.acknowledged) send_puback(each);
  } else {
    while (!received_.empty() && received_.begin()->second.acknowledged) send_puback(received_.begin());
  }
  wake_writer();
}

void Client::send_puback(std::map<std::uint64_t, Received>::iterator received) {
  encode(packet::Puback{received->second.packet_id}, output_);
  received_.erase(received);
  --acknowledged_waiting_;
  ++counters_.acknowledged;
}

Result<> Client::on_puback(packet::Puback puback) {
  if (puback.packet_id >= in_flight_.size() || !in_flight_[puback.packet_id].taken)
    return protocol_error("the broker confirmed what was never sent");
  if (Outgoing* outgoing = in_flight_[puback.packet_id].outgoing) {
    ++counters_.published;
    outgoing->finish(Done{});
  }
  // Nobody waits for it any more, whether it was in time or not.
  --given_up_;
  in_flight_[puback.packet_id].taken = false;
  free_ids_.push_back(puback.packet_id);
  return Done{};
}

}  // namespace pitview::mqtt
