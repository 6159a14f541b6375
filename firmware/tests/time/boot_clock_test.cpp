#include "core/time/boot_clock.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "testing/fake_ports.h"

namespace pitview::fw {
namespace {

constexpr std::uint32_t kStart = 1'771'626'600;

class Boots : public ::testing::Test {
 protected:
  Boots() { power_cycle(); }
  void power_cycle() {
    clock.uptime = 0;
    clock.knows_time = false;
    boot = std::make_unique<BootClock>(clock, kv, random);
    boot->start();
  }
  void learn_time(std::uint32_t unix_now) {
    clock.epoch_ms = std::int64_t{unix_now} * 1000 - static_cast<std::int64_t>(clock.uptime);
    clock.knows_time = true;
  }
  static Reading reading(std::uint32_t boot_id, std::uint32_t uptime_s) {
    Reading r;
    r.boot_id = boot_id;
    r.uptime_s = uptime_s;
    return r;
  }
  testing::FakeClock clock;
  testing::FakeKv kv;
  testing::FakeRandom random;
  std::unique_ptr<BootClock> boot;
};

TEST_F(Boots, are_counted_through_power_cycles) {
  EXPECT_EQ(boot->boot_id(), 1U);
  power_cycle();
  EXPECT_EQ(boot->boot_id(), 2U);
}

TEST_F(Boots, that_cannot_be_counted_get_a_random_number_far_away) {
  std::set<std::uint32_t> ids;
  kv.refuses = true;
  for (int i = 0; i < 20; ++i) {
    power_cycle();
    EXPECT_GE(boot->boot_id(), 0x40000000U);
    EXPECT_LE(boot->boot_id(), 0x7FFFFFFFU);
    ids.insert(boot->boot_id());
  }
  EXPECT_EQ(ids.size(), 20U);
}

TEST_F(Boots, a_reading_with_its_own_time_keeps_it) {
  Reading r = reading(1, 10);
  r.unix_s = kStart;
  const auto placed = boot->place(r);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->unix_s, kStart);
  EXPECT_EQ(placed->quality, TimeQuality::sntp);
}

TEST_F(Boots, a_reading_from_before_sntp_is_placed_once_and_for_all) {
  clock.advance(60'000);
  EXPECT_FALSE(boot->tick());
  EXPECT_FALSE(boot->place(reading(1, 10)));
  learn_time(kStart + 60);
  EXPECT_TRUE(boot->tick());
  EXPECT_FALSE(boot->tick());
  EXPECT_EQ(boot->place(reading(1, 10))->unix_s, kStart + 10);
  EXPECT_EQ(boot->place(reading(1, 10))->quality, TimeQuality::rebased);

  learn_time(kStart + 75);  // SNTP corrects the clock
  EXPECT_FALSE(boot->tick());
  EXPECT_EQ(boot->place(reading(1, 10))->unix_s, kStart + 10);
  power_cycle();
  EXPECT_EQ(boot->place(reading(1, 10))->unix_s, kStart + 10);
}

TEST_F(Boots, that_never_knew_the_time_end_when_the_next_one_begins) {
  power_cycle();
  power_cycle();  // boot 3
  learn_time(kStart);
  ASSERT_TRUE(boot->tick());
  boot->estimate_boot(2, 500);
  boot->estimate_boot(1, 100);
  EXPECT_EQ(boot->place(reading(2, 500))->unix_s, kStart - 1);
  EXPECT_EQ(boot->place(reading(2, 500))->quality, TimeQuality::estimated);
  EXPECT_EQ(boot->place(reading(1, 100))->unix_s, kStart - 501 - 1);
  boot->estimate_boot(2, 999);
  EXPECT_EQ(boot->place(reading(2, 500))->unix_s, kStart - 1) << "known: not estimated again";
  power_cycle();
  EXPECT_EQ(boot->place(reading(2, 500))->unix_s, kStart - 1) << "kept on flash";
}

TEST_F(Boots, cannot_be_estimated_before_the_time_is_known) {
  boot->estimate_boot(1, 100);
  EXPECT_FALSE(boot->knows_boot(1));
}

TEST_F(Boots, beyond_what_is_kept_are_not_placed) {
  for (std::size_t i = 0; i < BootClock::kBootsKept; ++i) {
    power_cycle();
    learn_time(kStart + static_cast<std::uint32_t>(i));
    ASSERT_TRUE(boot->tick());
  }
  EXPECT_TRUE(boot->knows_boot(2));
  boot->estimate_boot(1, 5);
  EXPECT_FALSE(boot->place(reading(1, 5)));
  power_cycle();
  learn_time(kStart + 100);
  ASSERT_TRUE(boot->tick());
  EXPECT_FALSE(boot->knows_boot(2));
  EXPECT_FALSE(boot->place(reading(0, 5))) << "0 is no boot";
}

TEST_F(Boots, a_clock_that_is_obviously_not_set_is_not_believed) {
  learn_time(86'400);
  EXPECT_FALSE(boot->now_unix());
  EXPECT_FALSE(boot->tick());
  clock.epoch_ms = 4'294'967'296'000;
  EXPECT_FALSE(boot->now_unix());
}

TEST_F(Boots, a_flash_that_refuses_costs_the_memory_not_the_reading) {
  kv.refuses = true;
  learn_time(kStart);
  EXPECT_TRUE(boot->tick());
  EXPECT_TRUE(boot->place(reading(boot->boot_id(), 0)));
  kv.refuses = false;
  const std::uint32_t before = boot->boot_id();
  power_cycle();
  EXPECT_FALSE(boot->place(reading(before, 0)));
}

}  // namespace
}  // namespace pitview::fw
