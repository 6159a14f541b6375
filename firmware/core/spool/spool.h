// Readings that the server has not settled, in a ring on flash that survives
// power loss at any byte.
//
// Layout: sectors of 4096 bytes, each a 32-byte header (magic, number of the
// sector since ever, CRC-32) and 127 records of 32 bytes. A record carries its
// CRC-32; its first byte is 0xFF while it waits and is programmed to 0x00 when
// it is settled, which NOR flash allows without an erase. A record whose write was
// cut has a wrong CRC and is passed over; a settling that was cut leaves the
// record waiting, and the server ignores the repetition.
//
// When the ring is full, the sector with the oldest records is erased; what still
// waited in it is counted as dropped.
//
// Thread: one. Memory: two bits per record, taken in mount().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/ports.h"
#include "core/reading.h"

namespace pitview::fw {

class Spool {
 public:
  static constexpr std::size_t kRecordBytes = 32;
  static constexpr std::size_t kRecordsPerSector = 127;

  // A record's place since ever: sector number * 127 + index. Grows with every
  // append; one whose sector has been erased is no longer valid.
  using Position = std::uint64_t;

  explicit Spool(FlashPort& flash);

  // Reads what is there. false: the region cannot be used (a read fails, or it has
  // fewer than 2 sectors); then every append fails and nothing waits.
  bool mount();

  // On flash when it returns true.
  bool append(const Reading& reading);

  // Nothing when it was settled, its sector erased, or it cannot be read.
  std::optional<Reading> read(Position position);

  // A record is `sent` between mark_sent and the settlement; unknown positions are ignored.
  void mark_sent(Position position, bool sent);
  void mark_all_unsent();
  void settle(Position position);

  // Of those that wait and are not sent.
  std::optional<Position> oldest_unsent();
  std::optional<Position> newest_unsent();

  // The first one that waits (sent or not) at `from` or after it.
  std::optional<Position> next_waiting(Position from);

  std::size_t waiting() const;         // sent or not
  std::uint64_t dropped() const;       // since mount()
  std::uint64_t write_errors() const;  // appends and settlements the flash refused

 private:
};

}  // namespace pitview::fw
