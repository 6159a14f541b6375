// Whatever is in the region: a mount neither crashes nor gives out what is no reading, and
// the spool works from then on.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "core/spool/sector_header.h"
#include "spool_bench.h"

namespace pitview::fw {
namespace {

using testing::contents;
using testing::sample_reading;
using testing::SimFlash;

constexpr std::size_t kPerSector = Spool::kRecordsPerSector;
constexpr std::size_t kSector = FlashPort::kSectorBytes;

void fill(SimFlash& flash, const std::function<std::uint8_t()>& next) {
  for (std::size_t i = 0; i < flash.size(); ++i) flash.poke(i, next());
}

// From here on it is a ring like any other: one round and more, with a restart.
void expect_it_works(SimFlash& flash, Spool& spool, std::size_t sectors) {
  for (std::uint32_t seq = 50'000; seq < 50'000 + (sectors + 1) * kPerSector; ++seq) {
    ASSERT_TRUE(spool.append(sample_reading(seq)));
  }
  const auto before = contents(spool);
  EXPECT_GT(before.size(), (sectors - 1) * kPerSector);
  Spool again(flash);
  ASSERT_TRUE(again.mount());
  EXPECT_EQ(contents(again), before);
  EXPECT_EQ(flash.violations(), 0U);
}

TEST(SpoolOnGarbage, starts_empty) {
  std::mt19937 chance(3);
  const std::function<std::uint8_t()> garbage[] = {
      [&] { return static_cast<std::uint8_t>(chance()); },
      [] { return std::uint8_t{0x00}; },
      [] { return std::uint8_t{0xFF}; },
      [] { return std::uint8_t{0x55}; },
  };
  for (const auto& next : garbage) {
    SimFlash flash(4);
    fill(flash, next);
    Spool spool(flash);
    ASSERT_TRUE(spool.mount());
    EXPECT_EQ(spool.waiting(), 0U);
    expect_it_works(flash, spool, 4);
  }
}

TEST(SpoolOnGarbage, a_ring_of_another_size_is_not_ours) {
  for (const std::size_t old_sectors : {3, 5, 8}) {
    SimFlash old_flash(old_sectors);
    Spool old_spool(old_flash);
    ASSERT_TRUE(old_spool.mount());
    for (std::uint32_t seq = 0; seq < 10 * kPerSector; ++seq) ASSERT_TRUE(old_spool.append(sample_reading(seq)));

    SimFlash flash(4);
    for (std::size_t i = 0; i < std::min(flash.size(), old_flash.size()); ++i) flash.poke(i, old_flash.peek(i));
    Spool spool(flash);
    ASSERT_TRUE(spool.mount());
    EXPECT_EQ(spool.waiting(), 0U);
    expect_it_works(flash, spool, 4);
  }
}

TEST(SpoolOnGarbage, a_sector_in_the_place_of_another_is_not_ours) {
  SimFlash flash(4);
  Spool spool(flash);
  ASSERT_TRUE(spool.mount());
  for (std::uint32_t seq = 0; seq < 10; ++seq) ASSERT_TRUE(spool.append(sample_reading(seq)));
  for (std::size_t i = 0; i < kSector; ++i) flash.poke(2 * kSector + i, flash.peek(i));
  const auto before = contents(spool);
  ASSERT_TRUE(spool.mount());
  EXPECT_EQ(contents(spool), before);
}

TEST(SpoolOnGarbage, a_header_with_any_bit_wrong_is_not_ours) {
  const HeaderBytes whole = encode_header(9, 4);
  ASSERT_EQ(decode_header(whole.data(), 1, 4), 9U);
  for (std::size_t bit = 0; bit < 8 * kHeaderBytes; ++bit) {
    HeaderBytes header = whole;
    header[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(decode_header(header.data(), 1, 4)) << "bit " << bit;
  }
}

TEST(SpoolOnGarbage, numbers_that_no_flash_lives_to_see_are_not_ours) {
  const auto waiting_under = [](std::uint32_t number) {
    SimFlash flash(4);
    const HeaderBytes header = encode_header(number, 4);
    const RecordBytes record = encode_record(sample_reading(1));
    EXPECT_TRUE(flash.write(number % 4 * kSector, {header.data(), header.size()}));
    EXPECT_TRUE(flash.write(number % 4 * kSector + 32, {record.data(), record.size()}));
    Spool spool(flash);
    EXPECT_TRUE(spool.mount());
    return contents(spool).size();
  };
  EXPECT_EQ(waiting_under(kLastSectorNumber), 1U);
  EXPECT_EQ(waiting_under(kLastSectorNumber + 1), 0U);
  EXPECT_EQ(waiting_under(UINT32_MAX), 0U);
}

// Rings that were in use, with all kinds of damage: what is given out is always a whole
// reading that was appended (contents() looks at each), in order and never twice.
TEST(SpoolOnGarbage, a_damaged_ring_gives_out_whole_readings_only) {
  constexpr std::size_t kSectors = 3;
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 chance(seed);
    const auto below = [&](std::size_t end) { return static_cast<std::size_t>(chance() % end); };
    SimFlash flash(kSectors);
    Spool spool(flash);
    ASSERT_TRUE(spool.mount());
    const std::size_t count = below(5 * kPerSector);
    for (std::uint32_t seq = 0; seq < count; ++seq) ASSERT_TRUE(spool.append(sample_reading(seq)));
    for (std::size_t i = below(50); i > 0 && spool.waiting() > 0; --i) spool.settle(*spool.oldest_unsent());

    for (std::size_t i = below(60); i > 0; --i) {  // bits that flipped
      const std::size_t at = below(flash.size());
      flash.poke(at, static_cast<std::uint8_t>(flash.peek(at) ^ (1U << below(8))));
    }
    for (std::size_t i = below(4); i > 0; --i) {  // stretches of anything
      const std::size_t at = below(flash.size() - 600);
      const std::uint8_t pattern = below(2) == 0 ? 0x00 : 0xFF;
      const bool random = below(2) == 0;
      for (std::size_t byte = 0; byte < below(600); ++byte) {
        flash.poke(at + byte, random ? static_cast<std::uint8_t>(chance()) : pattern);
      }
    }
    for (std::size_t i = below(3); i > 0; --i) {  // headers that are right, of any number
      const std::size_t slot = below(kSectors);
      const auto number = static_cast<std::uint32_t>(slot + kSectors * below(10));
      const HeaderBytes header = encode_header(number, kSectors);
      for (std::size_t byte = 0; byte < header.size(); ++byte) flash.poke(slot * kSector + byte, header[byte]);
    }

    ASSERT_TRUE(spool.mount());
    const auto found = contents(spool);
    for (std::size_t i = 1; i < found.size(); ++i) ASSERT_LT(found[i - 1].position, found[i].position);
    expect_it_works(flash, spool, kSectors);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace pitview::fw
