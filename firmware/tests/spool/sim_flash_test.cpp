// The flash that the spool is tried on must be as strict as a real one.
#include "testing/sim_flash.h"

#include <gtest/gtest.h>

#include <numeric>

namespace pitview::fw::testing {
namespace {

constexpr std::size_t kSector = FlashPort::kSectorBytes;

bool write_byte(SimFlash& flash, std::size_t offset, std::uint8_t value) { return flash.write(offset, {&value, 1}); }

bool fill_with_zeroes(SimFlash& flash, std::size_t offset) {
  const std::vector<std::uint8_t> zeroes(kSector, 0);
  return flash.write(offset, {zeroes.data(), zeroes.size()});
}

std::size_t count_of(const SimFlash& flash, std::uint8_t value) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < kSector; ++i) count += flash.peek(i) == value ? 1 : 0;
  return count;
}

TEST(SimFlash, clears_bits_and_sets_them_only_by_erasing) {
  SimFlash flash(2);
  ASSERT_TRUE(write_byte(flash, 5, 0xF0));
  ASSERT_TRUE(write_byte(flash, 5, 0x30));
  EXPECT_EQ(flash.peek(5), 0x30);
  EXPECT_EQ(flash.violations(), 0U);
  ASSERT_TRUE(write_byte(flash, 5, 0x0F));
  EXPECT_EQ(flash.peek(5), 0x00);
  EXPECT_EQ(flash.violations(), 1U);
  ASSERT_TRUE(flash.erase_sector(0));
  EXPECT_EQ(flash.peek(5), 0xFF);
}

TEST(SimFlash, reads_what_is_there_across_sectors) {
  SimFlash flash(3);
  ASSERT_TRUE(write_byte(flash, kSector - 1, 1));
  ASSERT_TRUE(write_byte(flash, 2 * kSector, 3));
  std::vector<std::uint8_t> bytes(kSector + 2);
  ASSERT_TRUE(flash.read(kSector - 1, {bytes.data(), bytes.size()}));
  EXPECT_EQ(bytes.front(), 1);
  EXPECT_EQ(bytes[1], 0xFF);
  EXPECT_EQ(bytes.back(), 3);
  EXPECT_EQ(flash.reads(), 1U);
  EXPECT_EQ(flash.bytes_read(), kSector + 2);
}

TEST(SimFlash, refuses_what_is_out_of_place) {
  SimFlash flash(2);
  std::uint8_t byte[2] = {0, 0};
  EXPECT_FALSE(flash.read(2 * kSector - 1, byte));
  EXPECT_FALSE(flash.write(2 * kSector - 1, byte));
  EXPECT_FALSE(flash.write(SIZE_MAX, byte));
  EXPECT_FALSE(flash.erase_sector(2 * kSector));
  EXPECT_FALSE(flash.erase_sector(1));
  EXPECT_EQ(flash.violations(), 5U);
  EXPECT_EQ(flash.peek(2 * kSector - 1), 0xFF);
}

TEST(SimFlash, costs_memory_only_for_sectors_that_hold_something) {
  SimFlash flash(192);
  const std::size_t empty = flash.memory_bytes();
  EXPECT_LT(empty, 8 * 1024U);
  ASSERT_TRUE(write_byte(flash, 7, 0xFF));
  EXPECT_EQ(flash.memory_bytes(), empty);
  ASSERT_TRUE(write_byte(flash, 7, 0xFE));
  EXPECT_EQ(flash.memory_bytes(), empty + kSector);
  ASSERT_TRUE(flash.erase_sector(0));
  EXPECT_EQ(flash.memory_bytes(), empty);
}

TEST(SimFlash, without_power_does_nothing_until_it_is_back) {
  SimFlash flash(2);
  flash.cut_power({3, 0x0F, TornErase::front_first});
  const std::uint8_t zeroes[6] = {};
  EXPECT_FALSE(flash.write(0, zeroes));
  EXPECT_FALSE(flash.powered());
  EXPECT_EQ(flash.peek(2), 0x00);
  EXPECT_EQ(flash.peek(3), 0xF0) << "the bits that got their value";
  EXPECT_EQ(flash.peek(4), 0xFF);
  EXPECT_EQ(flash.activity(), 3U);

  std::uint8_t byte[1];
  EXPECT_FALSE(flash.read(0, byte));
  EXPECT_FALSE(flash.write(10, byte));
  EXPECT_FALSE(flash.erase_sector(0));
  flash.power_on();
  EXPECT_TRUE(flash.read(0, byte));
  EXPECT_TRUE(flash.write(10, zeroes));
}

TEST(SimFlash, counts_an_erase_as_all_its_bytes) {
  SimFlash flash(2);
  flash.cut_power({kSector, 0, TornErase::front_first});
  EXPECT_TRUE(flash.erase_sector(0));
  EXPECT_TRUE(flash.powered());
  EXPECT_FALSE(flash.erase_sector(0));
  EXPECT_FALSE(flash.powered());
  EXPECT_EQ(flash.activity(), kSector);
  EXPECT_EQ(flash.erases(0), 2U) << "a cut erase wears too";
}

TEST(SimFlash, leaves_a_sector_half_erased_in_the_way_that_was_asked_for) {
  SimFlash fresh(2);
  ASSERT_TRUE(fill_with_zeroes(fresh, 0));
  const auto torn = [&](TornErase how, std::uint64_t done) {
    SimFlash flash = fresh;
    flash.cut_power({done, 0, how});
    EXPECT_FALSE(flash.erase_sector(0));
    return flash;
  };
  const SimFlash front = torn(TornErase::front_first, 100);
  EXPECT_EQ(front.peek(99), 0xFF);
  EXPECT_EQ(front.peek(100), 0x00);
  const SimFlash back = torn(TornErase::back_first, 100);
  EXPECT_EQ(back.peek(kSector - 100), 0xFF);
  EXPECT_EQ(back.peek(kSector - 101), 0x00);

  EXPECT_EQ(count_of(torn(TornErase::scattered, 0), 0x00), kSector);
  const std::size_t early = count_of(torn(TornErase::scattered, 500), 0x00);
  const std::size_t late = count_of(torn(TornErase::scattered, 3500), 0x00);
  EXPECT_LT(early, kSector);
  EXPECT_LT(late, early);

  SimFlash flash(2);
  flash.cut_power({100, 0, TornErase::zeroed});
  EXPECT_FALSE(flash.erase_sector(0));
  EXPECT_EQ(flash.peek(99), 0x00);
  EXPECT_EQ(flash.peek(100), 0xFF);
}

TEST(SimFlash, fails_as_it_is_told) {
  SimFlash flash(3);
  std::uint8_t bytes[4] = {};
  flash.faults.refuses_reads = flash.faults.refuses_writes = flash.faults.refuses_erases = true;
  EXPECT_FALSE(flash.read(0, bytes));
  EXPECT_FALSE(flash.write(0, bytes));
  EXPECT_FALSE(flash.erase_sector(0));
  EXPECT_EQ(flash.erases(0), 0U);

  flash.faults = {};
  flash.faults.write_stops_after = 2;
  EXPECT_FALSE(flash.write(0, bytes));
  EXPECT_EQ(flash.peek(1), 0x00);
  EXPECT_EQ(flash.peek(2), 0xFF);

  flash.faults = {};
  flash.faults.unerasable = {0};
  EXPECT_FALSE(flash.erase_sector(0));
  flash.faults.unerasable = {};
  flash.faults.stuck = {0};
  EXPECT_TRUE(flash.erase_sector(0));
  EXPECT_EQ(flash.peek(1), 0x00);

  flash.faults = {};
  flash.faults.unprogrammable[10] = 0x81;
  EXPECT_TRUE(write_byte(flash, 10, 0x00));
  EXPECT_EQ(flash.peek(10), 0x81);

  flash.faults.unreadable = {1};
  EXPECT_TRUE(flash.read(kSector - 4, bytes));
  EXPECT_FALSE(flash.read(kSector - 2, bytes)) << "reaches into it";
}

}  // namespace
}  // namespace pitview::fw::testing
