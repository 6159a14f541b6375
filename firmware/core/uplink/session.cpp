#include "core/uplink/session.h"

namespace pitview::fw {
namespace {

constexpr std::string_view kLastWill = R"({"status":"offline"})";

}  // namespace

void Session::set_place(std::string_view workshop_code, std::uint16_t pit_number) {
  if (workshop_.view() == workshop_code && pit_ == pit_number) return;
  if (!workshop_.assign(workshop_code)) return;
  pit_ = pit_number;

  Text<160> topic;
  topic << "workshop/" << workshop_code << "/pit/";
  topic.number(pit_number) << "/sensors";
  sensors_.assign(topic.view());
  const auto device_topic = [&](Topic& into, std::string_view leaf) {
    topic.clear();
    topic << "workshop/" << workshop_code << "/device/" << identity_.device_id.view() << '/' << leaf;
    into.assign(topic.view());
  };
  device_topic(status_, "status");
  device_topic(command_, "command");
  device_topic(config_, "config");
  device_topic(ack_, "ack");
  if (state_ != State::down) mqtt_.disconnect();
}

void Session::tick(std::uint64_t now_ms) {
  switch (state_) {
    case State::down:
      if (!workshop_.empty() && now_ms >= retry_at_ms_ && !link_.ip().empty()) connect(now_ms);
      return;
    case State::connecting:
      // The adapter has a time-out of its own; this one is for an adapter that hangs.
      if (now_ms - since_ms_ >= kConnectTimeoutMs) {
        mqtt_.disconnect();
        since_ms_ = now_ms;
      }
      return;
    case State::online:
      if (now_ms - since_ms_ >= kStableMs) backoff_.reset();
      return;
  }
}

void Session::connect(std::uint64_t now_ms) {
  MqttSession session;
  session.host = identity_.mqtt_host.view();
  session.port = identity_.mqtt_port;
  session.tls = identity_.mqtt_tls;
  session.client_id = identity_.device_id.view();
  session.username = identity_.mqtt_user.view();
  session.password = identity_.mqtt_password.view();
  session.will_topic = status_.view();
  session.will_payload = kLastWill;
  session.subscriptions = {command_.view(), config_.view(), ack_.view()};
  if (!mqtt_.connect(session)) return lost(now_ms);
  state_ = State::connecting;
  since_ms_ = now_ms;
}

void Session::lost(std::uint64_t now_ms) {
  state_ = State::down;
  since_ms_ = now_ms;
  retry_at_ms_ = now_ms + backoff_.next_ms(random_);
  if (!down_since_ms_) down_since_ms_ = now_ms;
}

bool Session::next(SessionEvent& event, std::uint64_t now_ms) {
  MqttEvent raw;
  while (mqtt_.next(raw)) {
    switch (raw.kind) {
      case MqttEvent::Kind::connected:
        if (state_ != State::connecting) continue;
        state_ = State::online;
        since_ms_ = now_ms;
        down_since_ms_.reset();
        event.kind = SessionEvent::Kind::connected;
        return true;
      case MqttEvent::Kind::disconnected:
        if (state_ == State::down) continue;
        lost(now_ms);
        event.kind = SessionEvent::Kind::disconnected;
        return true;
      case MqttEvent::Kind::published:
        event.kind = SessionEvent::Kind::published;
        event.publish_id = raw.id;
        return true;
      case MqttEvent::Kind::message:
        if (raw.topic == command_.view()) {
          event.kind = SessionEvent::Kind::command;
        } else if (raw.topic == config_.view()) {
          event.kind = SessionEvent::Kind::config;
        } else if (raw.topic == ack_.view()) {
          event.kind = SessionEvent::Kind::ack;
        } else {
          continue;
        }
        event.payload = raw.payload;
        return true;
    }
  }
  return false;
}

std::uint64_t Session::next_due_ms() const {
  switch (state_) {
    case State::down: return workshop_.empty() || link_.ip().empty() ? UINT64_MAX : retry_at_ms_;
    case State::connecting: return since_ms_ + kConnectTimeoutMs;
    case State::online: return UINT64_MAX;
  }
  return UINT64_MAX;
}

}  // namespace pitview::fw
