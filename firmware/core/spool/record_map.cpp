#include "core/spool/record_map.h"

#include <algorithm>

namespace pitview::fw {
namespace {

// `unsigned` has 32 bits on every processor this runs on; std::uint32_t is not always it.
std::size_t lowest_bit(std::uint32_t bits) {
  return static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(bits)));
}
std::size_t highest_bit(std::uint32_t bits) {
  return 31 - static_cast<std::size_t>(__builtin_clz(static_cast<unsigned>(bits)));
}
std::size_t count_bits(std::uint32_t bits) {
  return static_cast<std::size_t>(__builtin_popcount(static_cast<unsigned>(bits)));
}

}  // namespace

void RecordMap::reset(std::size_t sectors) {
  sectors_ = sectors;
  end_ = 0;
  waiting_.assign(sectors * kWordsPerSector, 0);
  sent_.assign(sectors * kWordsPerSector, 0);
  waiting_count_ = 0;
  oldest_cursor_ = newest_cursor_ = 0;
}

std::size_t RecordMap::advance(std::uint64_t end) {
  const std::uint64_t keep_from = end > sectors_ ? end - sectors_ : 0;
  std::size_t forgotten = 0;
  for (std::uint64_t number = first_sector(); number < std::min(keep_from, end_); ++number) {
    forgotten += forget_sector(number);
  }
  end_ = end;
  return forgotten;
}

std::size_t RecordMap::forget_sector(std::uint64_t number) {
  std::size_t waited = 0;
  for (std::size_t word = first_word(number), i = 0; i < kWordsPerSector; ++word, ++i) {
    waited += count_bits(waiting_[word]);
    waiting_[word] = sent_[word] = 0;
  }
  waiting_count_ -= waited;
  return waited;
}

void RecordMap::add(Position position) {
  const Bit bit = bit_of(position);
  waiting_[bit.word] |= bit.mask;
  ++waiting_count_;
  becomes_unsent(position);
}

void RecordMap::remove(Position position) {
  const Bit bit = bit_of(position);
  waiting_[bit.word] &= ~bit.mask;
  --waiting_count_;
}

void RecordMap::mark_sent(Position position, bool sent) {
  if (!waits(position)) return;
  const Bit bit = bit_of(position);
  if (sent) {
    sent_[bit.word] |= bit.mask;
  } else {
    sent_[bit.word] &= ~bit.mask;
    becomes_unsent(position);
  }
}

void RecordMap::mark_all_unsent() {
  std::fill(sent_.begin(), sent_.end(), 0U);
  oldest_cursor_ = 0;
  newest_cursor_ = end_ * kRecordsPerSector;
}

bool RecordMap::waits(Position position) const {
  const std::uint64_t number = position / kRecordsPerSector;
  if (number < first_sector() || number >= end_) return false;
  const Bit bit = bit_of(position);
  return (waiting_[bit.word] & bit.mask) != 0;
}

std::optional<RecordMap::Position> RecordMap::oldest_unsent() {
  const auto found = first_from(oldest_cursor_, Which::unsent);
  oldest_cursor_ = found.value_or(end_ * kRecordsPerSector);
  return found;
}

std::optional<RecordMap::Position> RecordMap::newest_unsent() {
  const auto found = last_unsent_to(newest_cursor_);
  newest_cursor_ = found.value_or(0);
  return found;
}

RecordMap::Bit RecordMap::bit_of(Position position) const {
  const std::size_t index = position % kRecordsPerSector;
  return {first_word(position / kRecordsPerSector) + index / kWordBits, std::uint32_t{1} << (index % kWordBits)};
}

std::uint32_t RecordMap::bits(std::size_t word, Which which) const {
  return which == Which::waiting ? waiting_[word] : waiting_[word] & ~sent_[word];
}

std::optional<RecordMap::Position> RecordMap::first_from(Position from, Which which) const {
  from = std::max<Position>(from, first_sector() * kRecordsPerSector);
  std::size_t index = from % kRecordsPerSector;
  for (std::uint64_t number = from / kRecordsPerSector; number < end_; ++number, index = 0) {
    std::uint32_t mask = UINT32_MAX << (index % kWordBits);
    for (std::size_t i = index / kWordBits; i < kWordsPerSector; ++i, mask = UINT32_MAX) {
      const std::uint32_t found = bits(first_word(number) + i, which) & mask;
      if (found != 0) return number * kRecordsPerSector + i * kWordBits + lowest_bit(found);
    }
  }
  return std::nullopt;
}

std::optional<RecordMap::Position> RecordMap::last_unsent_to(Position to) const {
  if (end_ == 0) return std::nullopt;
  to = std::min<Position>(to, end_ * kRecordsPerSector - 1);
  std::size_t index = to % kRecordsPerSector;
  // Counts down to first_sector(), which may be 0.
  for (std::uint64_t number = to / kRecordsPerSector + 1; number-- > first_sector(); index = kRecordsPerSector - 1) {
    std::uint32_t mask = UINT32_MAX >> (kWordBits - 1 - index % kWordBits);
    for (std::size_t i = index / kWordBits + 1; i-- > 0; mask = UINT32_MAX) {
      const std::uint32_t found = bits(first_word(number) + i, Which::unsent) & mask;
      if (found != 0) return number * kRecordsPerSector + i * kWordBits + highest_bit(found);
    }
  }
  return std::nullopt;
}

void RecordMap::becomes_unsent(Position position) {
  oldest_cursor_ = std::min(oldest_cursor_, position);
  newest_cursor_ = std::max(newest_cursor_, position);
}

}  // namespace pitview::fw
