// Which records of the ring wait and which of those are sent, in RAM: two bits per record.
//
// A sector is named by its number since ever and lives in slot number % sectors. The map
// covers the newest `sectors` numbers; a record's place is number * 127 + index.
//
// Searches look at 32 records at a time. The oldest and the newest unsent record are
// searched from cursors that remember where the last search ended: nothing unsent is
// before the one or after the other. They move back only when a record becomes unsent
// again, so a call costs a look at one or two words, and at all of them (762 for
// 768 KB) after all records became unsent at most.
//
// Memory is taken in reset(). One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace pitview::fw {

class RecordMap {
 public:
  using Position = std::uint64_t;
  static constexpr std::size_t kRecordsPerSector = 127;

  // What reset() takes.
  static constexpr std::size_t memory_bytes(std::size_t sectors) {
    return 2 * sectors * kWordsPerSector * sizeof(std::uint32_t);
  }
  // Of a ring without records.
  void reset(std::size_t sectors);

  // Numbers [first_sector(), end_sector()) are covered.
  std::uint64_t first_sector() const { return end_ > sectors_ ? end_ - sectors_ : 0; }
  std::uint64_t end_sector() const { return end_; }
  // Moves the end on, never back, and forgets what is no longer covered. How many waited there.
  std::size_t advance(std::uint64_t end);
  // Forgets the records of this sector, which is covered. How many waited.
  std::size_t forget_sector(std::uint64_t number);

  void add(Position position);     // precondition: covered, and does not wait
  void remove(Position position);  // precondition: waits
  // Ignored if it does not wait.
  void mark_sent(Position position, bool sent);
  void mark_all_unsent();

  bool waits(Position position) const;
  std::size_t waiting() const { return waiting_count_; }
  std::optional<Position> next_waiting(Position from) const { return first_from(from, Which::waiting); }
  std::optional<Position> oldest_unsent();
  std::optional<Position> newest_unsent();

 private:
  static constexpr std::size_t kWordBits = 32;
  static constexpr std::size_t kWordsPerSector = 4;
  enum class Which : std::uint8_t { waiting, unsent };

  struct Bit {
    std::size_t word;
    std::uint32_t mask;
  };
  Bit bit_of(Position position) const;
  std::size_t first_word(std::uint64_t number) const { return number % sectors_ * kWordsPerSector; }
  std::uint32_t bits(std::size_t word, Which which) const;
  std::optional<Position> first_from(Position from, Which which) const;
  std::optional<Position> last_unsent_to(Position to) const;
  void becomes_unsent(Position position);

  std::size_t sectors_ = 0;
  std::uint64_t end_ = 0;
  std::vector<std::uint32_t> waiting_;  // kWordsPerSector a slot; the last bit is never set
  std::vector<std::uint32_t> sent_;     // means something only where waiting_ is set
  std::size_t waiting_count_ = 0;
  Position oldest_cursor_ = 0;  // nothing unsent before it
  Position newest_cursor_ = 0;  // nothing unsent after it
};

}  // namespace pitview::fw
