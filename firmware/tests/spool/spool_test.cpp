#include "core/spool/spool.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "spool_bench.h"

namespace pitview::fw {
namespace {

using testing::contents;
using testing::sample_reading;
using testing::SimFlash;

constexpr std::size_t kPerSector = Spool::kRecordsPerSector;

class TheSpool : public ::testing::Test {
 protected:
  explicit TheSpool(std::size_t sectors = 4) : flash(sectors) { EXPECT_TRUE(spool.mount()); }
  ~TheSpool() override { EXPECT_EQ(flash.violations(), 0U); }

  void append(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(spool.append(sample_reading(next_seq++)));
  }
  void restart() { ASSERT_TRUE(spool.mount()); }
  std::vector<std::uint32_t> waiting_seqs() {
    std::vector<std::uint32_t> seqs;
    for (const auto& kept : contents(spool)) seqs.push_back(kept.seq);
    return seqs;
  }
  std::uint32_t seq_at(std::optional<Spool::Position> position) {
    const auto reading = spool.read(position.value_or(UINT64_MAX));
    return reading ? reading->seq : UINT32_MAX;
  }

  SimFlash flash;
  Spool spool{flash};
  std::uint32_t next_seq = 0;
};

TEST_F(TheSpool, on_new_flash_is_empty_and_has_erased_nothing) {
  EXPECT_EQ(spool.waiting(), 0U);
  EXPECT_FALSE(spool.oldest_unsent());
  EXPECT_FALSE(spool.newest_unsent());
  EXPECT_FALSE(spool.next_waiting(0));
  EXPECT_FALSE(spool.read(0));
  EXPECT_EQ(flash.activity(), 0U);
}

TEST_F(TheSpool, gives_back_what_was_appended_in_order_also_after_a_restart) {
  append(300);
  const auto before = contents(spool);
  EXPECT_EQ(before.size(), 300U);
  for (std::uint32_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].seq, i);
  restart();
  EXPECT_EQ(contents(spool), before) << "the same positions too";
  append(1);
  EXPECT_EQ(waiting_seqs().back(), 300U);
}

TEST_F(TheSpool, forgets_what_is_settled_for_good) {
  append(5);
  const auto all = contents(spool);
  spool.settle(all[1].position);
  spool.settle(all[3].position);
  EXPECT_EQ(waiting_seqs(), (std::vector<std::uint32_t>{0, 2, 4}));
  EXPECT_FALSE(spool.read(all[1].position));
  restart();
  EXPECT_EQ(waiting_seqs(), (std::vector<std::uint32_t>{0, 2, 4}));
  const auto activity = flash.activity();
  spool.settle(all[1].position);
  EXPECT_EQ(flash.activity(), activity) << "settled already: nothing to write";
}

TEST_F(TheSpool, settled_to_the_last_record_goes_on_behind_it) {
  append(kPerSector);
  for (const auto& kept : contents(spool)) spool.settle(kept.position);
  restart();
  EXPECT_EQ(spool.waiting(), 0U);
  EXPECT_FALSE(spool.oldest_unsent());
  append(1);
  EXPECT_EQ(spool.newest_unsent(), kPerSector);
}

TEST_F(TheSpool, that_lost_power_before_the_first_record_of_a_sector_goes_on_in_that_sector) {
  flash.cut_power({FlashPort::kSectorBytes + 32, 0, testing::TornErase::front_first});
  EXPECT_FALSE(spool.append(sample_reading(0)));
  flash.power_on();
  restart();
  append(1);
  EXPECT_EQ(spool.newest_unsent(), 0U);
  EXPECT_EQ(flash.erases(0) + flash.erases(1), 1U);
}

TEST_F(TheSpool, finds_the_oldest_and_the_newest_that_is_not_sent) {
  append(2 * kPerSector);
  EXPECT_EQ(seq_at(spool.oldest_unsent()), 0U);
  EXPECT_EQ(seq_at(spool.newest_unsent()), 253U);
  const auto all = contents(spool);
  for (std::size_t i = 0; i < 200; ++i) spool.mark_sent(all[i].position, true);
  for (std::size_t i = 250; i < 254; ++i) spool.mark_sent(all[i].position, true);
  EXPECT_EQ(seq_at(spool.oldest_unsent()), 200U);
  EXPECT_EQ(seq_at(spool.newest_unsent()), 249U);
  EXPECT_EQ(spool.waiting(), 254U) << "sent is not settled";
  EXPECT_EQ(spool.next_waiting(0), all[0].position);

  spool.mark_sent(all[17].position, false);
  spool.mark_sent(all[252].position, false);
  EXPECT_EQ(seq_at(spool.oldest_unsent()), 17U);
  EXPECT_EQ(seq_at(spool.newest_unsent()), 252U);
  spool.settle(all[17].position);
  spool.settle(all[252].position);
  EXPECT_EQ(seq_at(spool.oldest_unsent()), 200U);
  EXPECT_EQ(seq_at(spool.newest_unsent()), 249U);

  spool.mark_all_unsent();
  EXPECT_EQ(seq_at(spool.oldest_unsent()), 0U);
  EXPECT_EQ(seq_at(spool.newest_unsent()), 253U);
}

TEST_F(TheSpool, when_everything_is_sent_finds_what_is_appended_next) {
  append(3);
  for (const auto& kept : contents(spool)) spool.mark_sent(kept.position, true);
  EXPECT_FALSE(spool.oldest_unsent());
  EXPECT_FALSE(spool.newest_unsent());
  append(2);
  EXPECT_EQ(seq_at(spool.oldest_unsent()), 3U);
  EXPECT_EQ(seq_at(spool.newest_unsent()), 4U);
}

TEST_F(TheSpool, after_a_restart_has_sent_nothing) {
  append(3);
  for (const auto& kept : contents(spool)) spool.mark_sent(kept.position, true);
  restart();
  EXPECT_EQ(seq_at(spool.oldest_unsent()), 0U);
}

TEST_F(TheSpool, ignores_positions_that_it_does_not_know) {
  append(2);
  for (const Spool::Position nowhere : {Spool::Position{2}, Spool::Position{4 * kPerSector}, UINT64_MAX}) {
    spool.mark_sent(nowhere, true);
    spool.mark_sent(nowhere, false);
    spool.settle(nowhere);
    EXPECT_FALSE(spool.read(nowhere));
    EXPECT_FALSE(spool.next_waiting(nowhere));
  }
  EXPECT_EQ(waiting_seqs(), (std::vector<std::uint32_t>{0, 1}));
}

TEST_F(TheSpool, when_full_drops_the_oldest_sector_and_counts_what_waited_there) {
  append(4 * kPerSector);
  EXPECT_EQ(spool.dropped(), 0U);
  const auto all = contents(spool);
  spool.settle(all[5].position);
  spool.mark_sent(all[6].position, true);
  append(1);
  EXPECT_EQ(spool.dropped(), kPerSector - 1) << "one was settled";
  EXPECT_EQ(spool.waiting(), 3 * kPerSector + 1);
  EXPECT_EQ(seq_at(spool.oldest_unsent()), kPerSector);
  EXPECT_EQ(seq_at(spool.next_waiting(0)), kPerSector);
  EXPECT_FALSE(spool.read(all[6].position)) << "another record is in its place by now";
  spool.settle(all[6].position);
  EXPECT_EQ(spool.waiting(), 3 * kPerSector + 1);
  restart();
  EXPECT_EQ(spool.dropped(), 0U) << "since the mount";
  EXPECT_EQ(spool.waiting(), 3 * kPerSector + 1);
}

TEST_F(TheSpool, wears_all_sectors_alike) {
  for (int round = 0; round < 40; ++round) {
    append(100);
    if (round % 3 == 0) restart();
    std::uint32_t least = UINT32_MAX;
    std::uint32_t most = 0;
    for (std::size_t sector = 0; sector < 4; ++sector) {
      least = std::min(least, flash.erases(sector));
      most = std::max(most, flash.erases(sector));
    }
    EXPECT_LE(most - least, 1U);
  }
  EXPECT_EQ(flash.erases(0), 8U) << "4,000 records are 32 sectors";
}

class TwoSectors : public TheSpool {
 protected:
  TwoSectors() : TheSpool(2) {}
};

TEST_F(TwoSectors, are_a_ring_too) {
  for (int i = 0; i < 1000; ++i) {
    append(1);
    EXPECT_EQ(seq_at(spool.newest_unsent()), next_seq - 1);
  }
  EXPECT_EQ(spool.waiting() + spool.dropped(), 1000U);
  const auto before = contents(spool);
  restart();
  EXPECT_EQ(contents(spool), before);
}

class TheRealSize : public TheSpool {
 protected:
  TheRealSize() : TheSpool(std::size_t{768} * 1024 / FlashPort::kSectorBytes) {}
};

TEST_F(TheRealSize, holds_24000_readings_at_any_time) {
  append(192 * kPerSector);
  EXPECT_EQ(spool.waiting(), 192 * kPerSector);
  append(1);
  EXPECT_GE(spool.waiting(), 24'000U) << "even when a sector has just been erased";

  const auto reads = flash.reads();
  const auto bytes = flash.bytes_read();
  restart();
  EXPECT_GE(spool.waiting(), 24'000U);
  std::printf("768 KB: %zu to %zu records; RAM %zu bytes of maps and %zu of Spool; mount %llu reads, %llu bytes\n",
              191 * kPerSector + 1, 192 * kPerSector, RecordMap::memory_bytes(192), sizeof(Spool),
              static_cast<unsigned long long>(flash.reads() - reads),
              static_cast<unsigned long long>(flash.bytes_read() - bytes));
}

}  // namespace
}  // namespace pitview::fw
