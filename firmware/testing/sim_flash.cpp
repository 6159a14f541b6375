#include "testing/sim_flash.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace pitview::fw::testing {
namespace {

void tear_erase(std::vector<std::uint8_t>& sector, const PowerCut& cut) {
  const auto done = static_cast<std::size_t>(cut.after_bytes);
  switch (cut.torn_erase) {
    case TornErase::front_first: std::fill_n(sector.begin(), done, 0xFF); break;
    case TornErase::back_first: std::fill_n(sector.rbegin(), done, 0xFF); break;
    case TornErase::zeroed: std::fill_n(sector.begin(), done, 0x00); break;
    case TornErase::scattered: {
      std::minstd_rand chance(static_cast<std::minstd_rand::result_type>(done + 1));  // the same tear every time
      for (std::uint8_t& byte : sector) {
        for (int bit = 0; bit < 8; ++bit) {
          if (chance() % FlashPort::kSectorBytes < done) byte |= static_cast<std::uint8_t>(1U << bit);
        }
      }
      break;
    }
  }
}

}  // namespace

SimFlash::SimFlash(std::size_t sectors) : sectors_(sectors), erases_(sectors, 0) {}

bool SimFlash::read(std::size_t offset, MutableBytes into) {
  if (!powered_ || !within(offset, into.size)) return false;
  ++reads_;
  if (faults.refuses_reads || faults.reads_left == 0) return false;
  if (faults.reads_left) --*faults.reads_left;
  for (std::size_t done = 0; done < into.size;) {
    const std::size_t number = (offset + done) / kSectorBytes;
    const std::size_t start = (offset + done) % kSectorBytes;
    const std::size_t count = std::min(into.size - done, kSectorBytes - start);
    if (faults.unreadable.count(number) != 0) return false;
    const Sector& sector = sectors_[number];
    if (sector.empty()) {
      std::memset(into.data + done, 0xFF, count);
    } else {
      std::memcpy(into.data + done, sector.data() + start, count);
    }
    done += count;
  }
  bytes_read_ += into.size;
  return true;
}

bool SimFlash::write(std::size_t offset, ByteView bytes) {
  if (!powered_ || !within(offset, bytes.size) || faults.refuses_writes) return false;
  for (std::size_t i = 0; i < bytes.size; ++i) {
    if (faults.write_stops_after == i || !program(offset + i, bytes.data[i])) return false;
  }
  return true;
}

bool SimFlash::erase_sector(std::size_t offset) {
  if (!powered_) return false;
  if (offset % kSectorBytes != 0) {
    ++violations_;
    return false;
  }
  if (!within(offset, kSectorBytes)) return false;
  const std::size_t number = offset / kSectorBytes;
  if (faults.refuses_erases || faults.unerasable.count(number) != 0) return false;
  ++erases_[number];
  if (cut_ && cut_->after_bytes < kSectorBytes) {
    activity_ += cut_->after_bytes;
    tear_erase(contents(number), *cut_);
    powered_ = false;
    return false;
  }
  activity_ += kSectorBytes;
  if (cut_) cut_->after_bytes -= kSectorBytes;
  if (faults.stuck.count(number) == 0) sectors_[number] = Sector();
  return true;
}

void SimFlash::cut_power(const PowerCut& cut) { cut_ = cut; }

void SimFlash::power_on() {
  powered_ = true;
  cut_.reset();
}

std::uint8_t SimFlash::peek(std::size_t offset) const {
  const Sector& sector = sectors_[offset / kSectorBytes];
  return sector.empty() ? 0xFF : sector[offset % kSectorBytes];
}

void SimFlash::poke(std::size_t offset, std::uint8_t value) {
  contents(offset / kSectorBytes)[offset % kSectorBytes] = value;
}

std::size_t SimFlash::memory_bytes() const {
  std::size_t bytes = sizeof *this + sectors_.capacity() * sizeof(Sector) + erases_.capacity() * sizeof(std::uint32_t);
  for (const Sector& sector : sectors_) bytes += sector.capacity();
  return bytes;
}

bool SimFlash::within(std::size_t offset, std::size_t bytes) {
  if (offset <= size() && bytes <= size() - offset) return true;
  ++violations_;
  return false;
}

bool SimFlash::program(std::size_t offset, std::uint8_t value) {
  const std::uint8_t old = peek(offset);
  if ((value & ~old) != 0) ++violations_;
  std::uint8_t result = old & value;
  if (const auto stays = faults.unprogrammable.find(offset); stays != faults.unprogrammable.end()) {
    result |= old & stays->second;
  }
  const bool cut = cut_ && cut_->after_bytes == 0;
  if (cut) result |= old & static_cast<std::uint8_t>(~cut_->torn_bits);
  if (result != old) poke(offset, result);
  if (cut) {
    powered_ = false;
    return false;
  }
  ++activity_;
  if (cut_) --cut_->after_bytes;
  return true;
}

SimFlash::Sector& SimFlash::contents(std::size_t sector) {
  if (sectors_[sector].empty()) sectors_[sector].assign(kSectorBytes, 0xFF);
  return sectors_[sector];
}

}  // namespace pitview::fw::testing
