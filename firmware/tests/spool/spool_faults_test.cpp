// A flash that refuses, lies or loses bits: counted, bounded, and the spool goes on.
#include <gtest/gtest.h>

#include "faulty_flash.h"

namespace pitview::fw {
namespace {

using testing::contents;
using testing::FaultyFlash;
using testing::sample_reading;
using testing::SimFlash;

TEST_F(FaultyFlash, too_small_cannot_be_used) {
  for (const std::size_t sectors : {0, 1}) {
    SimFlash small(sectors);
    Spool none(small);
    EXPECT_FALSE(none.mount());
    EXPECT_FALSE(none.append(sample_reading(0)));
    EXPECT_EQ(none.waiting(), 0U);
  }
}

TEST_F(FaultyFlash, before_it_is_mounted_takes_nothing) {
  Spool unmounted(flash);
  EXPECT_FALSE(unmounted.append(sample_reading(0)));
  EXPECT_FALSE(unmounted.oldest_unsent());
  EXPECT_FALSE(unmounted.newest_unsent());
  EXPECT_FALSE(unmounted.next_waiting(0));
  EXPECT_FALSE(unmounted.read(0));
  unmounted.settle(0);
  unmounted.mark_sent(0, true);
  unmounted.mark_all_unsent();
}

TEST_F(FaultyFlash, that_cannot_be_read_cannot_be_used_until_it_can) {
  append(3 * kPerSector);
  flash.faults.refuses_reads = true;
  EXPECT_FALSE(spool.mount());
  EXPECT_EQ(spool.waiting(), 0U);
  EXPECT_FALSE(append_one());
  flash.faults.refuses_reads = false;
  EXPECT_TRUE(spool.mount());
  EXPECT_EQ(spool.waiting(), 3 * kPerSector);
}

TEST_F(FaultyFlash, that_stops_being_readable_in_the_middle_of_a_mount_cannot_be_used) {
  append(3 * kPerSector);
  const auto before = flash.reads();
  ASSERT_TRUE(spool.mount());
  const auto whole = flash.reads() - before;
  for (std::uint64_t good = 0; good < whole; ++good) {
    flash.faults.reads_left = good;
    EXPECT_FALSE(spool.mount()) << "after " << good << " reads";
    EXPECT_EQ(spool.waiting(), 0U);
    EXPECT_FALSE(spool.newest_unsent());
  }
}

TEST_F(FaultyFlash, a_record_that_cannot_be_read_still_waits) {
  append(3);
  flash.faults.refuses_reads = true;
  EXPECT_FALSE(spool.read(*spool.oldest_unsent()));
  EXPECT_EQ(spool.waiting(), 3U);
  flash.faults.refuses_reads = false;
  EXPECT_TRUE(spool.read(*spool.oldest_unsent()));
}

TEST_F(FaultyFlash, a_record_that_lost_a_bit_is_not_given_out_and_can_be_settled) {
  append(3);
  flash.poke(32 * 2 + 20, static_cast<std::uint8_t>(flash.peek(32 * 2 + 20) ^ 0x10));
  EXPECT_FALSE(spool.read(1));
  spool.settle(1);
  EXPECT_EQ(spool.waiting(), 2U);
  expect_the_same_after_a_restart();
}

TEST_F(FaultyFlash, that_refuses_writes_costs_a_sector_at_most) {
  append(6 * kPerSector - 5);
  flash.faults.refuses_writes = true;
  expect_refusals(Spool::kPatience);
  EXPECT_GE(spool.write_errors(), Spool::kPatience);
  EXPECT_EQ(spool.dropped(), kPerSector) << "the one erased for what could not be written";
  flash.faults.refuses_writes = false;
  append(1);
  EXPECT_EQ(contents(spool).back().seq, next_seq - 1);
  expect_the_same_after_a_restart();
  EXPECT_EQ(flash.violations(), 0U);
}

TEST_F(FaultyFlash, that_refuses_everything_loses_nothing_of_what_it_has) {
  append(6 * kPerSector);
  const auto before = contents(spool);
  flash.faults.refuses_writes = flash.faults.refuses_erases = true;
  expect_refusals(100);
  EXPECT_EQ(spool.write_errors(), 100 * Spool::kSectorTries);
  EXPECT_EQ(contents(spool), before);
  flash.faults = {};
  append(1);
  EXPECT_EQ(contents(spool).back().seq, next_seq - 1);
}

TEST_F(FaultyFlash, that_refuses_a_settlement_shows_the_record_again_after_a_restart) {
  append(3);
  flash.faults.refuses_writes = true;
  spool.settle(1);
  EXPECT_EQ(spool.waiting(), 2U) << "the server has said so: not sent again";
  EXPECT_EQ(spool.write_errors(), 1U);
  ASSERT_TRUE(spool.mount());
  EXPECT_EQ(spool.waiting(), 3U);
  EXPECT_EQ(spool.write_errors(), 0U) << "since the mount";
}

TEST_F(FaultyFlash, a_write_that_stops_half_way_spoils_its_place_only) {
  append(10);
  flash.faults.write_stops_after = 12;
  EXPECT_FALSE(append_one());
  EXPECT_EQ(spool.write_errors(), Spool::kRecordTries);
  flash.faults = {};
  append(1);
  EXPECT_EQ(spool.newest_unsent(), 10 + Spool::kRecordTries);
  EXPECT_EQ(spool.waiting(), 11U);
  expect_the_same_after_a_restart();
  EXPECT_EQ(flash.violations(), 0U);
}

TEST_F(FaultyFlash, a_bad_place_is_passed_over_within_the_append) {
  append(10);
  flash.faults.unprogrammable[32 * 11 + 6] = 0xFF;  // of record 10
  append(10);
  EXPECT_EQ(spool.waiting(), 20U);
  EXPECT_EQ(spool.write_errors(), 1U);
  EXPECT_FALSE(spool.read(10));
  expect_the_same_after_a_restart();
}

TEST_F(FaultyFlash, a_place_that_takes_nothing_is_passed_over) {
  append(10);
  for (std::size_t byte = 0; byte < 2 * 32; ++byte) flash.faults.unprogrammable[32 * 11 + byte] = 0xFF;
  append(10);
  EXPECT_EQ(spool.waiting(), 20U);
  expect_the_same_after_a_restart();
}

TEST_F(FaultyFlash, a_write_that_cannot_be_checked_is_no_success_and_no_repetition) {
  append(10);
  flash.faults.refuses_reads = true;
  EXPECT_FALSE(append_one());
  EXPECT_EQ(spool.write_errors(), 1U);
  flash.faults.refuses_reads = false;
  append(1);
  EXPECT_EQ(spool.waiting(), 11U);
  ASSERT_TRUE(spool.mount());
  EXPECT_EQ(contents(spool).size(), 12U) << "it was on flash after all, once";
}

TEST_F(FaultyFlash, that_loses_power_for_good_is_refused_calmly) {
  append(2 * kPerSector);
  flash.cut_power({40, 0, testing::TornErase::front_first});
  for (int i = 0; i < 300; ++i) append_one();
  spool.settle(3);
  EXPECT_FALSE(spool.read(4));
  EXPECT_FALSE(append_one());
  EXPECT_FALSE(spool.mount());
}

}  // namespace
}  // namespace pitview::fw
