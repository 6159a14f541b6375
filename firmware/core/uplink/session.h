// The device's MQTT session: connects when it may, waits longer after every failure,
// subscribes to its three topics, and hands on what arrives.
//
//   down → (address, pause over) → connecting → (CONNACK) → online → (lost) → down
//
// It decides nothing about the content. One thread, no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/jitter.h"
#include "core/base/text.h"
#include "core/identity/identity.h"
#include "core/ports.h"

namespace pitview::fw {

struct SessionEvent {
  enum class Kind { connected, disconnected, published, command, config, ack };
  Kind kind = Kind::disconnected;
  std::uint32_t publish_id = 0;  // published
  std::string_view payload;      // command, config, ack; until the next call
};

class Session {
 public:
  static constexpr std::uint32_t kConnectTimeoutMs = 30'000;
  static constexpr std::uint32_t kBackoffBaseMs = 1'000;
  static constexpr std::uint32_t kBackoffCapMs = 300'000;
  // A connection that lives this long was a good one: the next failure starts from the base.
  static constexpr std::uint32_t kStableMs = 60'000;

  Session(MqttPort& mqtt, LinkPort& link, RandomPort& random, const Identity& identity)
      : mqtt_(mqtt), link_(link), random_(random), identity_(identity) {}

  // Where the device belongs. A change ends the connection, as the will and the topics
  // are others; an empty workshop means: stay away from the broker.
  void set_place(std::string_view workshop_code, std::uint16_t pit_number);

  void tick(std::uint64_t now_ms);
  // What the broker told, one by one; false: no more for now.
  bool next(SessionEvent& event, std::uint64_t now_ms);
  std::uint64_t next_due_ms() const;

  bool online() const { return state_ == State::online; }
  // Since when there has been no connection; nothing while there is one.
  std::optional<std::uint64_t> down_since_ms() const { return down_since_ms_; }

  // 0: refused by the port; try again later.
  std::uint32_t publish_reading(std::string_view payload) { return mqtt_.publish(sensors_.view(), payload, 1, false); }
  std::uint32_t publish_status(std::string_view payload) { return mqtt_.publish(status_.view(), payload, 1, true); }

 private:
  enum class State { down, connecting, online };
  using Topic = FixedString<160>;

  void connect(std::uint64_t now_ms);
  void lost(std::uint64_t now_ms);

  MqttPort& mqtt_;
  LinkPort& link_;
  RandomPort& random_;
  const Identity& identity_;

  FixedString<64> workshop_;
  std::uint16_t pit_ = 0;
  Topic sensors_, status_, command_, config_, ack_;

  State state_ = State::down;
  Backoff backoff_{kBackoffBaseMs, kBackoffCapMs};
  std::uint64_t since_ms_ = 0;     // of this state
  std::uint64_t retry_at_ms_ = 0;  // in down
  std::optional<std::uint64_t> down_since_ms_ = 0;
};

}  // namespace pitview::fw
