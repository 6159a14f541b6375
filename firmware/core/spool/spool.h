// Readings that the server has not settled, in a ring on flash that survives
// power loss at any byte.
//
// Layout: sectors of 4096 bytes, each a 32-byte header (sector_header.h) and 127 records of
// 32 bytes (record.h). Sector number n since ever is in slot n % sectors, so the header alone
// tells old from new and all sectors wear alike. A record waits until its first byte is
// programmed to 0x00, which NOR flash allows without an erase; the partition must
// therefore not be encrypted.
//
// Power loss. A record is written in one go at the end of the newest sector: what was cut has
// a wrong CRC, is passed over, and its place is not used again. A settling that was cut
// leaves the record waiting; the server ignores the repetition. A sector is erased when the
// next record needs it: cut there, the header is broken or still the old one, what can
// still be read of the old records waits (a settled one may, if the erase has reached its
// mark first), and the next append erases again. Everything else that was appended before the
// cut is there once, in order; the record being written is there or not.
//
// Full. The sector with the oldest records is erased; what still waited in it is
// counted as dropped.
//
// Faults. What was written is read back. A record that the flash did not keep is written
// again in the next places, a sector that cannot be erased is passed over, and every call
// tries a bounded number of times. A flash that refuses everything loses nothing that is
// on it; one that erases but does not write loses a sector in kPatience appends.
//
// Thread: one. Blocks for as long as the flash does; an append may erase up to kSectorTries
// sectors, and does so once in 127 records on a sound flash. Memory: two bits per record,
// taken in mount(); a buffer of 512 bytes on the stack.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/ports.h"
#include "core/reading.h"
#include "core/spool/record_map.h"

namespace pitview::fw {

class Spool {
 public:
  static constexpr std::size_t kRecordBytes = 32;
  static constexpr std::size_t kRecordsPerSector = RecordMap::kRecordsPerSector;
  static constexpr std::size_t kSectorTries = 4;  // of one append
  static constexpr std::size_t kRecordTries = 3;
  // Appends that a blank sector which takes no header may cost before it is taken for bad.
  static constexpr std::size_t kPatience = 30;

  // A record's place since ever: sector number * 127 + index. Grows with every
  // append and is the same after a restart; one whose sector has been erased is no
  // longer valid.
  using Position = RecordMap::Position;

  explicit Spool(FlashPort& flash) : flash_(flash) {}

  // Reads what is there; all of it waits and is not sent. false: the region cannot be used
  // (a read fails, or it has fewer than 2 sectors); then every append fails and nothing
  // waits. May be called again.
  bool mount();

  // On flash, and read back, when it returns true. false: it may be there after a restart
  // all the same, if the flash has failed to read.
  bool append(const Reading& reading);

  // Nothing when it was settled, its sector erased, or it cannot be read.
  std::optional<Reading> read(Position position);

  // A record is `sent` between mark_sent and the settlement; unknown positions are ignored.
  void mark_sent(Position position, bool sent) { records_.mark_sent(position, sent); }
  void mark_all_unsent() { records_.mark_all_unsent(); }
  // Does not wait any more. If the flash refuses, it waits again after the next restart.
  void settle(Position position);

  // Of those that wait and are not sent. Cheap (record_map.h).
  std::optional<Position> oldest_unsent() { return records_.oldest_unsent(); }
  std::optional<Position> newest_unsent() { return records_.newest_unsent(); }

  // The first one that waits (sent or not) at `from` or after it.
  std::optional<Position> next_waiting(Position from) { return records_.next_waiting(from); }

  std::size_t waiting() const { return records_.waiting(); }  // sent or not
  std::uint64_t dropped() const { return dropped_; }          // since mount()
  // Since mount(): times the flash refused to write or erase, or did not keep what it had taken.
  std::uint64_t write_errors() const { return write_errors_; }

 private:
  enum class Outcome : std::uint8_t {
    kept,
    untouched,  // still blank
    spoilt,     // something else is there now
    unknown,    // cannot be read
  };

  bool find_newest_sector();
  bool load_sector(std::size_t slot);
  bool open_sector();
  bool erase(std::uint64_t number);
  bool sector_is_blank(std::size_t offset);
  Outcome program(std::size_t offset, const std::array<std::uint8_t, kRecordBytes>& bytes);

  std::size_t sector_offset(std::uint64_t number) const { return number % sectors_ * FlashPort::kSectorBytes; }
  std::size_t offset_of(Position position) const {
    return sector_offset(position / kRecordsPerSector) + kRecordBytes * (1 + position % kRecordsPerSector);
  }

  FlashPort& flash_;
  std::size_t sectors_ = 0;  // 0: not mounted
  RecordMap records_;
  // Where the next record goes in the newest sector, which is records_.end_sector() - 1;
  // kRecordsPerSector: into the next sector.
  std::size_t next_index_ = kRecordsPerSector;
  // The search for a next sector: bad ones passed over so far; whether the one in turn has
  // been erased already, and how often it has refused its header.
  std::size_t passed_over_ = 0;
  bool erased_ = false;
  std::size_t header_refusals_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t write_errors_ = 0;
};

}  // namespace pitview::fw
