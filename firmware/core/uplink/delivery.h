// Brings what the spool holds to the server: the newest reading first, so that the live
// view is right at once, then the backlog, oldest first.
//
// A record leaves the spool only when the server has settled it. What is not settled
// within a minute is sent again; after a lost connection everything is. The broker's
// PUBACK only makes room for the next message.
//
// One thread; no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/identity/identity.h"
#include "core/spool/spool.h"
#include "core/time/boot_clock.h"
#include "core/uplink/payload.h"
#include "core/uplink/session.h"
#include "core/uplink/settlement.h"

namespace pitview::fw {

class Delivery {
 public:
  static constexpr std::size_t kInFlight = 8;    // waiting for a PUBACK
  static constexpr std::size_t kUnsettled = 64;  // sent, waiting for the server
  static constexpr std::size_t kForLive = 8;     // of these, kept free of backlog
  static constexpr std::uint32_t kResendMs = 60'000;
  static constexpr std::uint32_t kLiveSeconds = 30;  // older readings are marked `replay`

  Delivery(Spool& spool, Session& session, const BootClock& clock, const Identity& identity,
           std::string_view firmware_version)
      : spool_(spool), session_(session), clock_(clock), identity_(identity), firmware_version_(firmware_version) {}

  // After every loss of the connection, and when sending begins anew.
  void forget_sent();
  void on_published(std::uint32_t publish_id);
  void on_settled(const Settlement& settlement);

  // Sends what may be sent now. Precondition: the session is online, the licence enabled.
  void tick(std::uint64_t now_ms);
  // Only what becomes due by itself: a repetition.
  std::uint64_t next_due_ms() const;

  std::uint64_t published() const { return published_; }
  std::uint64_t settled() const { return settled_; }
  std::uint64_t unplaceable() const { return unplaceable_; }  // forgotten: no time could be given to them

 private:
  struct Sent {
    Spool::Position position = 0;
    std::uint32_t boot_id = 0;
    std::uint32_t seq = 0;
    std::uint32_t publish_id = 0;  // 0: PUBACK has come
    std::uint64_t at_ms = 0;
  };

  bool send_newest(std::uint64_t now_ms);
  bool send_oldest(std::uint64_t now_ms);
  void send_again(std::uint64_t now_ms);
  std::uint32_t publish(const Reading& reading);  // 0: not sent
  void remember(Spool::Position position, const Reading& reading, std::uint32_t publish_id, std::uint64_t now_ms);
  void remove(std::size_t index);
  bool is_live(const Reading& reading) const;
  std::size_t in_flight() const;

  Spool& spool_;
  Session& session_;
  const BootClock& clock_;
  const Identity& identity_;
  std::string_view firmware_version_;

  std::array<Sent, kUnsettled> sent_;  // in the order of sending
  std::size_t sent_count_ = 0;
  ReadingPayload payload_;
  std::uint64_t published_ = 0;
  std::uint64_t settled_ = 0;
  std::uint64_t unplaceable_ = 0;
};

}  // namespace pitview::fw
