// What the tests of the spool share: readings that are all different, and a model
// of what must be in the ring.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <ostream>
#include <vector>

#include "core/spool/record.h"
#include "core/spool/spool.h"
#include "testing/sim_flash.h"

namespace pitview::fw::testing {

constexpr std::uint32_t kMaxSamples = 100'000;

// The reading number `seq`, and no other.
inline Reading sample_reading(std::uint32_t seq) {
  Reading reading;
  reading.boot_id = 7 + seq / 1000;
  reading.seq = seq;
  reading.uptime_s = seq * 10;
  if (seq % 4 != 0) reading.unix_s = 1'771'626'600 + seq * 10;
  reading.air.temperature_c = 20 + static_cast<float>(seq % 100) / 10;
  if (seq % 3 != 0) reading.air.humidity_rh = 40 + static_cast<float>(seq % 50);
  reading.air.pressure_hpa = 1000 + static_cast<float>(seq % 30);
  reading.air.gas_ohm = 1000.0F * static_cast<float>(1 + seq % 500);
  if (seq % 5 != 0) reading.air.aqi = static_cast<int>(seq % 501);
  reading.air.iaq_accuracy = seq % 4;
  return reading;
}

// What comes back of it: the same within the resolution of a record (record_test.cpp).
inline const Reading& stored_sample(std::uint32_t seq) {
  static std::vector<Reading> stored;  // computed once: the tests compare millions of them
  while (stored.size() <= seq) {
    const auto next = static_cast<std::uint32_t>(stored.size());
    stored.push_back(*decode_record(encode_record(sample_reading(next))));
  }
  return stored[seq];
}

inline bool same(const Reading& a, const Reading& b) {
  return a.boot_id == b.boot_id && a.seq == b.seq && a.uptime_s == b.uptime_s && a.unix_s == b.unix_s &&
         a.air.temperature_c == b.air.temperature_c && a.air.humidity_rh == b.air.humidity_rh &&
         a.air.pressure_hpa == b.air.pressure_hpa && a.air.gas_ohm == b.air.gas_ohm && a.air.aqi == b.air.aqi &&
         a.air.iaq_accuracy == b.air.iaq_accuracy;
}

struct Kept {
  Spool::Position position = 0;
  std::uint32_t seq = 0;
  bool may_be_gone = false;

  bool operator==(const Kept& other) const { return position == other.position && seq == other.seq; }
};

inline std::ostream& operator<<(std::ostream& out, const Kept& kept) {
  return out << kept.seq << " at " << kept.position;
}

// What waits, oldest first; each one is checked to be the whole reading.
inline std::vector<Kept> contents(Spool& spool) {
  std::vector<Kept> found;
  for (auto at = spool.next_waiting(0); at; at = spool.next_waiting(*at + 1)) {
    const auto reading = spool.read(*at);
    const bool whole = reading && reading->seq < kMaxSamples && same(*reading, stored_sample(reading->seq));
    EXPECT_TRUE(whole) << "record at " << *at;
    found.push_back({*at, reading ? reading->seq : 0, false});
  }
  EXPECT_EQ(spool.waiting(), found.size());
  return found;
}

// What must be in the ring, told by what was done to it.
class SpoolModel {
 public:
  explicit SpoolModel(std::size_t sectors) : sectors_(sectors) {}

  const std::vector<Kept>& kept() const { return kept_; }

  // An append that was told to be on flash. A new sector leaves no room for the oldest one.
  void appended(Spool::Position position, std::uint32_t seq) {
    if (position / Spool::kRecordsPerSector >= next_sector_) open(position / Spool::kRecordsPerSector);
    kept_.push_back({position, seq, false});
  }
  void settled(Spool::Position position) {
    const auto at = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) { return k.position == position; });
    if (at == kept_.end()) return;
    settled_.push_back(*at);
    kept_.erase(at);
  }
  // An operation was cut: these may be there or not.
  void doubt(Spool::Position position) {
    for (Kept& k : kept_) k.may_be_gone |= k.position == position;
  }
  // … and those of the sector that makes room for the next one. Its settled records may wait
  // again: an erase may have reached their marks first.
  void doubt_oldest_sector() {
    const auto oldest = [this](const Kept& k) { return sector_of(k) + sectors_ == next_sector_; };
    std::copy_if(settled_.begin(), settled_.end(), std::back_inserter(kept_), oldest);
    std::sort(kept_.begin(), kept_.end(), [](const Kept& a, const Kept& b) { return a.position < b.position; });
    for (Kept& k : kept_) k.may_be_gone |= oldest(k);
  }
  std::uint64_t dropped() const { return dropped_; }

  // Everything certain is in `found`, once and in order, and nothing else but what was in
  // doubt, and at the end `cut_seq` if its append was cut. From then on that is what is kept.
  ::testing::AssertionResult agrees(const std::vector<Kept>& found, std::optional<std::uint32_t> cut_seq = {}) {
    auto expected = kept_.begin();
    for (std::size_t i = 0; i < found.size(); ++i) {
      for (; expected != kept_.end() && expected->position < found[i].position; ++expected) {
        if (!expected->may_be_gone) return ::testing::AssertionFailure() << *expected << " is lost";
      }
      if (expected != kept_.end() && *expected == found[i]) {
        ++expected;
      } else if (i + 1 != found.size() || cut_seq != found[i].seq || expected != kept_.end()) {
        return ::testing::AssertionFailure() << found[i] << " should not be there";
      }
    }
    for (; expected != kept_.end(); ++expected) {
      if (!expected->may_be_gone) return ::testing::AssertionFailure() << *expected << " is lost";
    }
    kept_ = found;
    return ::testing::AssertionSuccess();
  }

 private:
  void open(std::uint64_t sector) {
    next_sector_ = sector + 1;
    const auto overwritten = [this](const Kept& k) { return sector_of(k) + sectors_ < next_sector_; };
    const auto gone = std::remove_if(kept_.begin(), kept_.end(), overwritten);
    dropped_ += static_cast<std::uint64_t>(kept_.end() - gone);
    kept_.erase(gone, kept_.end());
    settled_.erase(std::remove_if(settled_.begin(), settled_.end(), overwritten), settled_.end());
  }
  static std::uint64_t sector_of(const Kept& kept) { return kept.position / Spool::kRecordsPerSector; }

  std::size_t sectors_;
  std::vector<Kept> kept_;         // by position
  std::vector<Kept> settled_;      // those that an erase may bring back
  std::uint64_t next_sector_ = 0;  // after the newest one
  std::uint64_t dropped_ = 0;
};

}  // namespace pitview::fw::testing
