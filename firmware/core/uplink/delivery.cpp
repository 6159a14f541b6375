#include "core/uplink/delivery.h"

namespace pitview::fw {

void Delivery::tick(std::uint64_t now_ms) {
  send_again(now_ms);
  while (in_flight() < kInFlight && (send_newest(now_ms) || send_oldest(now_ms))) {
  }
}

// A live reading always finds room: if need be in the place of the one that was sent
// first, which then waits with the backlog. So a server that settles nothing for a
// while does not stop the live view.
bool Delivery::send_newest(std::uint64_t now_ms) {
  const auto position = spool_.newest_unsent();
  if (!position) return false;
  const auto reading = spool_.read(*position);
  if (!reading || !is_live(*reading)) return false;
  const std::uint32_t id = publish(*reading);
  if (id == 0) return false;
  if (sent_count_ == kUnsettled) {
    spool_.mark_sent(sent_.front().position, false);
    remove(0);
  }
  remember(*position, *reading, id, now_ms);
  return true;
}

bool Delivery::send_oldest(std::uint64_t now_ms) {
  while (sent_count_ < kUnsettled - kForLive) {
    const auto position = spool_.oldest_unsent();
    if (!position) return false;
    const auto reading = spool_.read(*position);
    if (!reading) {
      spool_.settle(*position);  // unreadable: nothing to deliver, and the next one waits behind it
      continue;
    }
    if (!clock_.place(*reading)) {
      if (!clock_.knows_boot(clock_.boot_id())) return false;  // the time will come
      ++unplaceable_;
      spool_.settle(*position);
      continue;
    }
    const std::uint32_t id = publish(*reading);
    if (id == 0) return false;
    remember(*position, *reading, id, now_ms);
    return true;
  }
  return false;
}

void Delivery::send_again(std::uint64_t now_ms) {
  for (std::size_t i = 0; i < sent_count_;) {
    Sent& sent = sent_[i];
    if (now_ms - sent.at_ms < kResendMs) {
      ++i;
      continue;
    }
    const auto reading = spool_.read(sent.position);
    if (!reading) {  // its sector was needed for newer readings; the spool has counted it as dropped
      remove(i);
      continue;
    }
    sent.publish_id = 0;  // it no longer waits for a PUBACK that has not come for a minute
    if (in_flight() >= kInFlight) return;
    const std::uint32_t id = publish(*reading);
    if (id == 0) return;
    sent.publish_id = id;
    sent.at_ms = now_ms;
    ++i;
  }
}

std::uint32_t Delivery::publish(const Reading& reading) {
  const auto time = clock_.place(reading);
  if (!time) return 0;
  encode_reading(payload_, identity_, firmware_version_, reading, *time, !is_live(reading));
  const std::uint32_t id = session_.publish_reading(payload_.view());
  if (id != 0) ++published_;
  return id;
}

void Delivery::remember(Spool::Position position, const Reading& reading, std::uint32_t publish_id,
                        std::uint64_t now_ms) {
  spool_.mark_sent(position, true);
  sent_[sent_count_++] = {position, reading.boot_id, reading.seq, publish_id, now_ms};
}

void Delivery::remove(std::size_t index) {
  for (std::size_t i = index + 1; i < sent_count_; ++i) sent_[i - 1] = sent_[i];
  --sent_count_;
}

void Delivery::forget_sent() {
  sent_count_ = 0;
  spool_.mark_all_unsent();
}

void Delivery::on_published(std::uint32_t publish_id) {
  for (std::size_t i = 0; i < sent_count_; ++i) {
    if (sent_[i].publish_id == publish_id) sent_[i].publish_id = 0;
  }
}

void Delivery::on_settled(const Settlement& settlement) {
  for (std::size_t i = 0; i < sent_count_;) {
    if (sent_[i].boot_id == settlement.boot_id && settlement.covers(sent_[i].seq)) {
      spool_.settle(sent_[i].position);
      ++settled_;
      remove(i);
    } else {
      ++i;
    }
  }
}

// Of this boot and just measured. Judged by the uptime, which no SNTP correction moves.
bool Delivery::is_live(const Reading& reading) const {
  return reading.boot_id == clock_.boot_id() && clock_.uptime_s() - reading.uptime_s <= kLiveSeconds;
}

std::size_t Delivery::in_flight() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < sent_count_; ++i) {
    if (sent_[i].publish_id != 0) ++count;
  }
  return count;
}

std::uint64_t Delivery::next_due_ms() const {
  std::uint64_t due = UINT64_MAX;
  for (std::size_t i = 0; i < sent_count_; ++i) {
    if (sent_[i].at_ms + kResendMs < due) due = sent_[i].at_ms + kResendMs;
  }
  return due;
}

}  // namespace pitview::fw
