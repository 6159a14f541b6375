// Puts packets of one source back into order. Over TCP they never need it; UDP
// shuffles now and then. A gap is waited for until kWindow later packets have
// come, then it is given up and the next packet says how many are missing.
//
// Memory: at most kWindow packets, which it copies.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "pitview/rtp/packet.h"

namespace pitview::rtp {

class Reorder {
 public:
  static constexpr std::size_t kWindow = 32;

  // `lost`: packets that are missing just before this one.
  using Deliver = std::function<void(const Packet& packet, std::size_t lost)>;

  // Calls `deliver` for every packet that is due. Duplicates and packets that come
  // after they were given up are dropped. A jump of the sequence by more than 1,000
  // is a camera that began anew: it is followed, with one packet counted as lost.
  void push(const Packet& packet, const Deliver& deliver);

  // Packets that came twice or too late, so far.
  std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  struct Held {
    Packet packet;
    std::vector<std::uint8_t> payload;
  };

  void deliver_from(std::uint16_t first, std::size_t lost, const Deliver& deliver);
  void restart(const Packet& packet, const Deliver& deliver);

  std::optional<std::uint16_t> next_;
  std::array<std::optional<Held>, kWindow> held_;
  std::size_t count_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace pitview::rtp
