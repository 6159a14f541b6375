// NOR flash for tests and the simulator: a write only clears bits, an erase sets a sector
// to 0xFF, power may fail at any byte of either, and it can be made to fail in other ways.
//
//   SimFlash flash(192);                          // 768 KB
//   flash.cut_power({.after_bytes = 40});         // 40 more bytes are programmed or erased …
//   …                                             // … then every call fails …
//   flash.power_on();                             // … until here
//
// What it holds survives everything. Copying it copies the chip with its contents, as a
// test needs it to try many endings of one story.
//
// A sector takes memory only after something but 0xFF was written to it. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/ports.h"

namespace pitview::fw::testing {

// What a sector looks like of which `done` of 4096 bytes were erased when power failed.
enum class TornErase : std::uint8_t {
  front_first,  // the first bytes are 0xFF, the rest is as before
  back_first,   // the last ones are
  scattered,    // bits everywhere are 1 already, the more the longer it took
  zeroed,       // chips set everything to 0 before they erase: the first bytes are 0x00
};

struct PowerCut {
  // An erase counts as 4096 bytes.
  std::uint64_t after_bytes = 0;
  // Of the byte that was being programmed, the bits that got their value; 0: none.
  std::uint8_t torn_bits = 0;
  TornErase torn_erase = TornErase::front_first;
};

struct FlashFaults {
  bool refuses_reads = false;
  std::optional<std::uint64_t> reads_left;  // that many reads, then none
  bool refuses_writes = false;
  bool refuses_erases = false;
  std::set<std::size_t> unreadable;                    // sectors, from 0
  std::set<std::size_t> unerasable;                    // refuse, and stay as they are
  std::set<std::size_t> stuck;                         // say that they are erased, and stay as they are
  std::optional<std::size_t> write_stops_after;        // that many bytes of a write, then it fails
  std::map<std::size_t, std::uint8_t> unprogrammable;  // offset → bits that stay 1
};

class SimFlash : public FlashPort {
 public:
  explicit SimFlash(std::size_t sectors);

  std::size_t size() override { return sectors_.size() * kSectorBytes; }
  bool read(std::size_t offset, MutableBytes into) override;
  bool write(std::size_t offset, ByteView bytes) override;
  bool erase_sector(std::size_t offset) override;

  void cut_power(const PowerCut& cut);
  void power_on();
  bool powered() const { return powered_; }

  FlashFaults faults;

  // What is on the chip, past every rule and fault.
  std::uint8_t peek(std::size_t offset) const;
  void poke(std::size_t offset, std::uint8_t value);

  // Counted since the chip was made.
  std::uint64_t activity() const { return activity_; }  // bytes programmed and erased, as PowerCut counts them
  std::uint64_t reads() const { return reads_; }
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint32_t erases(std::size_t sector) const { return erases_[sector]; }  // wear, cut ones too
  // Calls that no driver may make: a 1 written over a 0, beyond the end, an erase that does
  // not start at a sector. They are refused, but for the first, which leaves the 0.
  std::uint64_t violations() const { return violations_; }
  std::size_t memory_bytes() const;

 private:
  using Sector = std::vector<std::uint8_t>;  // empty: erased

  bool within(std::size_t offset, std::size_t size);
  bool program(std::size_t offset, std::uint8_t value);
  Sector& contents(std::size_t sector);

  std::vector<Sector> sectors_;
  std::vector<std::uint32_t> erases_;
  bool powered_ = true;
  std::optional<PowerCut> cut_;  // after_bytes counts down
  std::uint64_t activity_ = 0;
  std::uint64_t reads_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t violations_ = 0;
};

}  // namespace pitview::fw::testing
