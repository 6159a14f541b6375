#include "core/spool/spool.h"

#include <algorithm>
#include <array>

#include "core/spool/record.h"
#include "core/spool/sector_header.h"

namespace pitview::fw {
namespace {

constexpr std::size_t kReadAtOnce = 512;  // on the stack
constexpr std::size_t kPerRead = kReadAtOnce / kRecordBytes;
static_assert(kHeaderBytes == kRecordBytes, "a sector is 128 pieces of the same size");
static_assert(kHeaderBytes + Spool::kRecordsPerSector * kRecordBytes == FlashPort::kSectorBytes);
static_assert(Spool::kRecordBytes == kRecordBytes);

bool is_blank(const std::uint8_t* bytes, std::size_t size) {
  return std::all_of(bytes, bytes + size, [](std::uint8_t byte) { return byte == 0xFF; });
}

}  // namespace

bool Spool::mount() {
  next_index_ = kRecordsPerSector;
  passed_over_ = header_refusals_ = 0;
  erased_ = false;
  dropped_ = write_errors_ = 0;

  const std::size_t sectors = flash_.size() / FlashPort::kSectorBytes;
  sectors_ = sectors < 2 ? 0 : sectors;
  records_.reset(sectors_);
  bool readable = sectors_ != 0 && find_newest_sector();
  for (std::size_t slot = 0; readable && slot < sectors_; ++slot) readable = load_sector(slot);
  if (readable) return true;
  sectors_ = 0;
  records_.reset(0);
  return false;
}

bool Spool::find_newest_sector() {
  for (std::size_t slot = 0; slot < sectors_; ++slot) {
    HeaderBytes header{};
    if (!flash_.read(sector_offset(slot), {header.data(), header.size()})) return false;
    const auto number = decode_header(header.data(), slot, sectors_);
    if (number && *number >= records_.end_sector()) records_.advance(std::uint64_t{*number} + 1);
  }
  return true;
}

// Sectors of an earlier round, which could not be erased when it was their turn, count as empty.
bool Spool::load_sector(std::size_t slot) {
  std::optional<std::uint32_t> number;
  for (std::size_t first = 0; first <= kRecordsPerSector; first += kPerRead) {
    std::uint8_t pieces[kReadAtOnce] = {};
    if (!flash_.read(sector_offset(slot) + first * kRecordBytes, pieces)) return false;
    if (first == 0) {
      number = decode_header(pieces, slot, sectors_);
      if (!number || *number < records_.first_sector()) return true;
    }
    const bool newest = std::uint64_t{*number} + 1 == records_.end_sector();
    if (first == 0 && newest) next_index_ = 0;
    for (std::size_t i = first == 0 ? 1 : 0; i < kPerRead; ++i) {
      const RecordState state = record_state(pieces + i * kRecordBytes);
      const std::size_t index = first + i - 1;
      if (state == RecordState::waiting) records_.add(Position{*number} * kRecordsPerSector + index);
      if (newest && state != RecordState::blank) next_index_ = index + 1;
    }
  }
  return true;
}

bool Spool::append(const Reading& reading) {
  if (sectors_ == 0) return false;
  const RecordBytes record = encode_record(reading);
  for (std::size_t tries = 0; tries < kRecordTries; ++tries) {
    if (next_index_ == kRecordsPerSector && !open_sector()) return false;
    const Position position = (records_.end_sector() - 1) * kRecordsPerSector + next_index_;
    ++next_index_;
    switch (program(offset_of(position), record)) {
      case Outcome::kept: records_.add(position); return true;
      case Outcome::unknown: return false;  // it may be whole: a second one could be one too many
      case Outcome::untouched:
      case Outcome::spoilt: break;
    }
  }
  return false;
}

std::optional<Reading> Spool::read(Position position) {
  RecordBytes record{};
  if (!records_.waits(position) || !flash_.read(offset_of(position), {record.data(), record.size()})) {
    return std::nullopt;
  }
  return decode_record(record);
}

void Spool::settle(Position position) {
  if (!records_.waits(position)) return;
  records_.remove(position);
  if (!flash_.write(offset_of(position), {&kSettledMark, 1})) ++write_errors_;
}

// The oldest sector becomes the newest one. If it is bad it is passed over, with its
// number, and the next oldest is taken; the search goes on with the next append where this
// one gave up, and after the last sector starts again.
bool Spool::open_sector() {
  const std::size_t candidates = records_.end_sector() == 0 ? sectors_ : sectors_ - 1;  // all but the newest
  for (std::size_t tries = 0; tries < std::min(kSectorTries, candidates); ++tries) {
    const std::uint64_t number = records_.end_sector() + passed_over_;
    erased_ = erased_ || erase(number);
    if (erased_) {
      switch (program(sector_offset(number), encode_header(static_cast<std::uint32_t>(number), sectors_))) {
        case Outcome::kept:
          dropped_ += records_.advance(number + 1);
          next_index_ = 0;
          passed_over_ = header_refusals_ = 0;
          erased_ = false;
          return true;
        // If nothing can be written now, erasing more sectors would only lose what is in them.
        case Outcome::untouched:
          if (++header_refusals_ < kPatience) return false;
          break;
        case Outcome::spoilt:
        case Outcome::unknown: break;
      }
    }
    erased_ = false;
    header_refusals_ = 0;
    passed_over_ = (passed_over_ + 1) % candidates;
  }
  return false;
}

// Its records are forgotten only when they are gone.
bool Spool::erase(std::uint64_t number) {
  const std::size_t offset = sector_offset(number);
  if (!flash_.erase_sector(offset) || !sector_is_blank(offset)) {
    ++write_errors_;
    return false;
  }
  if (number >= sectors_) dropped_ += records_.forget_sector(number - sectors_);
  return true;
}

bool Spool::sector_is_blank(std::size_t offset) {
  for (std::size_t done = 0; done < FlashPort::kSectorBytes; done += kReadAtOnce) {
    std::uint8_t bytes[kReadAtOnce] = {};
    if (!flash_.read(offset + done, bytes) || !is_blank(bytes, sizeof bytes)) return false;
  }
  return true;
}

// What counts is what is there afterwards, not what the flash says.
Spool::Outcome Spool::program(std::size_t offset, const std::array<std::uint8_t, kRecordBytes>& bytes) {
  flash_.write(offset, {bytes.data(), bytes.size()});
  std::array<std::uint8_t, kRecordBytes> there{};
  if (!flash_.read(offset, {there.data(), there.size()})) {
    ++write_errors_;
    return Outcome::unknown;
  }
  if (there == bytes) return Outcome::kept;
  ++write_errors_;
  return is_blank(there.data(), there.size()) ? Outcome::untouched : Outcome::spoilt;
}

}  // namespace pitview::fw
