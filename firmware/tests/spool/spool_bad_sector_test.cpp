// Sectors that are worn out: passed over, in bounded time, and tried again when the ring comes
// round.
#include <gtest/gtest.h>

#include "faulty_flash.h"

namespace pitview::fw {
namespace {

using testing::contents;

class BadSector : public testing::FaultyFlash {};

TEST_F(BadSector, that_refuses_to_be_erased_is_passed_over) {
  append(6 * kPerSector);
  flash.faults.unerasable = {0, 1};
  append(1);
  EXPECT_EQ(sector_of_newest(), 2U);
  EXPECT_EQ(spool.write_errors(), 2U);
  EXPECT_EQ(spool.dropped(), 3 * kPerSector) << "they are too old for the ring now";
  expect_the_same_after_a_restart();

  append(20 * kPerSector);
  EXPECT_EQ(spool.waiting(), 3 * kPerSector + 1) << "four good sectors, one of them just begun";
  expect_the_same_after_a_restart();
  EXPECT_EQ(flash.violations(), 0U);
}

TEST_F(BadSector, that_only_says_it_was_erased_is_passed_over) {
  append(6 * kPerSector);
  flash.faults.stuck = {0};
  append(kPerSector);
  EXPECT_EQ(sector_of_newest(), 1U);
  expect_the_same_after_a_restart();
  EXPECT_EQ(flash.violations(), 0U);
}

TEST_F(BadSector, whose_header_comes_out_wrong_is_passed_over) {
  flash.faults.unprogrammable[1] = 0x01;  // a bit that the header clears
  append(1);
  EXPECT_EQ(sector_of_newest(), 1U);
  EXPECT_EQ(spool.write_errors(), 1U);
  expect_the_same_after_a_restart();
}

TEST_F(BadSector, that_is_blank_and_takes_no_header_is_given_up_after_a_while) {
  append(6 * kPerSector);
  for (std::size_t byte = 0; byte < 32; ++byte) flash.faults.unprogrammable[byte] = 0xFF;
  expect_refusals(Spool::kPatience - 1);
  EXPECT_EQ(flash.erases(0), 2U) << "erased once for all these tries";
  EXPECT_EQ(spool.dropped(), kPerSector);
  append(1);
  EXPECT_EQ(sector_of_newest(), 1U);
  EXPECT_EQ(spool.dropped(), 2 * kPerSector);
  expect_the_same_after_a_restart();
}

TEST_F(BadSector, has_its_own_while_each) {
  append(6 * kPerSector);
  for (const std::size_t sector : {0, 1}) {
    for (std::size_t byte = 0; byte < 32; ++byte) {
      flash.faults.unprogrammable[sector * FlashPort::kSectorBytes + byte] = 0xFF;
    }
  }
  expect_refusals(2 * (Spool::kPatience - 1));
  append(1);
  EXPECT_EQ(sector_of_newest(), 2U);
}

TEST_F(BadSector, everywhere_does_not_cost_the_newest_readings) {
  append(6 * kPerSector);
  flash.faults.unerasable = {0, 1, 2, 3, 4};  // the newest one could be erased
  const auto before = contents(spool);
  expect_refusals(20);
  EXPECT_EQ(contents(spool), before);
}

TEST_F(BadSector, whose_header_cannot_be_checked_is_passed_over_too) {
  flash.faults.reads_left = 8;  // the sector is found blank; its header is not read back
  EXPECT_FALSE(append_one());
  flash.faults = {};
  append(3);
  EXPECT_EQ(spool.waiting(), 3U);
  expect_the_same_after_a_restart();
}

TEST_F(BadSector, after_bad_sector_the_search_goes_on_with_every_append) {
  append(6 * kPerSector);
  flash.faults.unerasable = {0, 1, 2, 3};
  EXPECT_FALSE(append_one()) << "no more tries at once";
  append(1);
  EXPECT_EQ(sector_of_newest(), 4U);

  flash.faults.unerasable = {0, 1, 2, 3, 4, 5};
  append(kPerSector - 1);
  expect_refusals(10);
  flash.faults.unerasable = {0, 2, 3, 4, 5};
  ASSERT_TRUE(append_one() || append_one());
  EXPECT_EQ(sector_of_newest(), 1U);
  expect_the_same_after_a_restart();
}

}  // namespace
}  // namespace pitview::fw
