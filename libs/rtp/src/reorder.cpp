#include "pitview/rtp/reorder.h"

#include <algorithm>

namespace pitview::rtp {
namespace {

constexpr std::int32_t kRestart = 1'000;

}  // namespace

void Reorder::push(const Packet& packet, const Deliver& deliver) {
  if (!next_) return restart(packet, deliver);
  const std::int32_t ahead = sequence_distance(*next_, packet.sequence);
  if (ahead > kRestart || ahead < -kRestart) return restart(packet, deliver);
  if (ahead < 0) {
    ++dropped_;
    return;
  }
  if (ahead == 0) {
    next_ = static_cast<std::uint16_t>(packet.sequence + 1);
    deliver(packet, 0);
    return deliver_from(*next_, 0, deliver);
  }
  if (static_cast<std::size_t>(ahead) >= kWindow) {
    // The gap is older than the window: what is held goes out, oldest first.
    while (count_ > 0) {
      std::uint16_t first = *next_;
      while (!held_[first % kWindow]) ++first;
      deliver_from(first, static_cast<std::uint16_t>(first - *next_), deliver);
      if (sequence_distance(*next_, packet.sequence) < static_cast<std::int32_t>(kWindow)) break;
    }
    const std::int32_t still = sequence_distance(*next_, packet.sequence);
    if (still < 0) {
      ++dropped_;
      return;
    }
    if (still == 0 || static_cast<std::size_t>(still) >= kWindow) {
      next_ = static_cast<std::uint16_t>(packet.sequence + 1);
      deliver(packet, static_cast<std::size_t>(still));
      return deliver_from(*next_, 0, deliver);
    }
  }
  std::optional<Held>& place = held_[packet.sequence % kWindow];
  if (place) {
    ++dropped_;
    return;
  }
  place = Held{packet, {packet.payload.begin(), packet.payload.end()}};
  ++count_;
}

// Delivers the unbroken run that begins at `first`, `lost` missing before it.
void Reorder::deliver_from(std::uint16_t first, std::size_t lost, const Deliver& deliver) {
  while (held_[first % kWindow]) {
    const Held held = std::move(*held_[first % kWindow]);
    held_[first % kWindow].reset();
    --count_;
    Packet packet = held.packet;
    packet.payload = held.payload;
    next_ = ++first;
    deliver(packet, lost);
    lost = 0;
  }
}

void Reorder::restart(const Packet& packet, const Deliver& deliver) {
  const bool first = !next_;
  for (auto& held : held_) held.reset();
  count_ = 0;
  next_ = static_cast<std::uint16_t>(packet.sequence + 1);
  deliver(packet, first ? 0 : 1);
}

}  // namespace pitview::rtp
