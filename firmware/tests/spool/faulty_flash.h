// A spool on a small flash that a test lets fail.
#pragma once

#include <gtest/gtest.h>

#include "spool_bench.h"

namespace pitview::fw::testing {

class FaultyFlash : public ::testing::Test {
 protected:
  static constexpr std::size_t kSectors = 6;
  static constexpr std::size_t kPerSector = Spool::kRecordsPerSector;

  FaultyFlash() { EXPECT_TRUE(spool.mount()); }

  bool append_one() { return spool.append(sample_reading(next_seq++)); }
  void append(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(append_one());
  }
  void expect_refusals(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) EXPECT_FALSE(append_one());
  }
  void expect_the_same_after_a_restart() {
    const auto before = contents(spool);
    Spool again(flash);
    ASSERT_TRUE(again.mount());
    EXPECT_EQ(contents(again), before);
  }
  std::size_t sector_of_newest() { return *spool.newest_unsent() / kPerSector % kSectors; }

  SimFlash flash{kSectors};
  Spool spool{flash};
  std::uint32_t next_seq = 0;
};

}  // namespace pitview::fw::testing
