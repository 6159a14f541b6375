#include "core/sensor/iaq.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "core/base/sealed_record.h"
#include "testing/fake_ports.h"

namespace pitview::fw {
namespace {

using testing::FakeKv;

constexpr std::uint64_t kSecond = 1'000;
constexpr std::uint64_t kMinute = 60 * kSecond;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr float kCleanOhm = 100'000;
constexpr float kHumidity = 45;

// A room with an estimator that gets a value every 3 s.
class Room {
 public:
  explicit Room(FakeKv& settings) : kv_(settings) { estimator_.start(now_); }

  // `ohm_at(fraction)` over the duration, from 0 to 1. The indices it gave.
  template <typename Ohm>
  std::vector<float> breathe(std::uint64_t duration_ms, Ohm ohm_at) {
    std::vector<float> indices;
    const std::uint64_t begin = now_;
    while (now_ < begin + duration_ms) {
      now_ += 3 * kSecond;
      const float ohm = ohm_at(static_cast<float>(now_ - begin) / static_cast<float>(duration_ms));
      if (const auto index = estimator_.update(ohm, humidity_, now_)) indices.push_back(*index);
    }
    return indices;
  }
  std::vector<float> breathe(std::uint64_t duration_ms, float ohm) {
    return breathe(duration_ms, [ohm](float) { return ohm; });
  }
  float breathe_once(float ohm) {
    const auto indices = breathe(3 * kSecond, ohm);
    return indices.empty() ? std::numeric_limits<float>::quiet_NaN() : indices.back();
  }
  void pass(std::uint64_t ms) { now_ += ms; }
  void set_humidity(float rh) { humidity_ = rh; }
  void restart_heater() { estimator_.start(now_); }

  IaqEstimator& estimator() { return estimator_; }
  std::uint64_t now() const { return now_; }
  FakeKv& kv() { return kv_; }

 private:
  FakeKv& kv_;
  IaqEstimator estimator_{kv_};
  std::uint64_t now_ = 1'000;
  float humidity_ = kHumidity;
};

float highest(const std::vector<float>& values) { return *std::max_element(values.begin(), values.end()); }

class Iaq : public ::testing::Test {
 protected:
  FakeKv kv;
  Room room{kv};

  void settle() { room.breathe(30 * kHour, kCleanOhm); }
};

TEST_F(Iaq, half_of_the_clean_resistance_is_100_and_every_halving_adds_100) {
  settle();
  const struct {
    float part;
    float index;
  } table[] = {{2, 0}, {1, 0}, {0.7071F, 50}, {0.5F, 100}, {0.25F, 200}, {0.125F, 300}, {1 / 32.F, 500}, {1e-4F, 500}};
  for (const auto& [part, index] : table) {
    EXPECT_NEAR(room.breathe_once(kCleanOhm * part), index, 1) << part;
  }
}

TEST_F(Iaq, clean_air_stays_low_with_the_noise_of_a_sensor) {
  std::mt19937 engine(7);
  std::normal_distribution<float> noise(1, 0.01F);
  const auto indices = room.breathe(48 * kHour, [&](float) { return kCleanOhm * noise(engine); });
  EXPECT_LT(highest(indices), 12);
}

TEST_F(Iaq, a_solvent_spike_rises_at_once_and_falls_back) {
  settle();
  EXPECT_GT(room.breathe_once(kCleanOhm / 5), 200);
  const auto spike = room.breathe(kHour, kCleanOhm / 5);
  EXPECT_GT(spike.back(), 220) << "an hour later it is still bad";
  EXPECT_LT(room.breathe_once(kCleanOhm), 1);
}

TEST_F(Iaq, after_a_spike_the_next_one_counts_as_much) {
  settle();
  const float first = room.breathe_once(kCleanOhm / 4);
  room.breathe(kHour, kCleanOhm / 4);
  room.breathe(2 * kHour, kCleanOhm);
  EXPECT_NEAR(room.breathe_once(kCleanOhm / 4), first, 2);
}

TEST_F(Iaq, a_sensor_that_ages_slowly_makes_no_bad_air) {
  settle();
  for (const float aged : {0.6F, 1.5F}) {
    const auto indices = room.breathe(10 * 24 * kHour, [aged](float part) { return kCleanOhm * std::pow(aged, part); });
    EXPECT_LT(highest(indices), 3) << aged;
    room.breathe(48 * kHour, kCleanOhm);
  }
}

TEST_F(Iaq, a_day_of_nothing_but_bad_air_costs_the_baseline_about_100_points) {
  settle();
  room.breathe(24 * kHour, kCleanOhm);
  const float before = room.breathe_once(kCleanOhm / 4);
  room.breathe(24 * kHour, kCleanOhm / 4);
  const float after = room.breathe_once(kCleanOhm / 4);
  EXPECT_LT(before - after, 110);
  EXPECT_GT(before - after, 80);
}

TEST_F(Iaq, bad_air_at_the_first_start_is_forgotten_when_the_air_gets_better) {
  room.breathe(30 * kMinute, kCleanOhm / 8);
  room.breathe(30 * kMinute, kCleanOhm);
  EXPECT_NEAR(room.breathe_once(kCleanOhm / 2), 100, 2);
}

TEST_F(Iaq, more_moisture_alone_is_no_bad_air) {
  settle();
  const float before = room.breathe_once(kCleanOhm);
  room.set_humidity(kHumidity + 30);
  // What 30 %RH more do to the resistance.
  const float damp = kCleanOhm * std::exp(-0.04F * 30);
  EXPECT_NEAR(room.breathe_once(damp), before, 1);
  EXPECT_NEAR(room.breathe_once(damp / 2), 100, 2) << "solvent in damp air counts as in dry air";
}

TEST_F(Iaq, accuracy_grows_with_what_was_learnt) {
  const auto after = [this](std::uint64_t ms) {
    room.breathe(ms, kCleanOhm);
    return static_cast<int>(room.estimator().accuracy());
  };
  EXPECT_EQ(room.estimator().accuracy(), 0);
  EXPECT_EQ(after(5 * kMinute - 3 * kSecond), 0);
  EXPECT_EQ(after(3 * kSecond), 1);
  EXPECT_EQ(after(kHour - 3 * kSecond), 1);
  EXPECT_EQ(after(3 * kSecond), 2);
  EXPECT_EQ(after(23 * kHour - 3 * kSecond), 2);
  EXPECT_EQ(after(3 * kSecond), 3);
  EXPECT_EQ(after(100 * kHour), 3);
}

TEST_F(Iaq, during_burn_in_there_is_no_index_and_nothing_is_learnt) {
  EXPECT_TRUE(room.breathe(5 * kMinute - 3 * kSecond, kCleanOhm * 50).empty());
  room.breathe(2 * kHour, kCleanOhm);
  EXPECT_LT(room.breathe_once(kCleanOhm), 1);
}

TEST_F(Iaq, after_a_restart_it_goes_on_with_the_kept_baseline) {
  settle();
  Room after(kv);
  EXPECT_TRUE(after.breathe(5 * kMinute - 3 * kSecond, kCleanOhm / 2).empty()) << "the plate has to get hot again";
  EXPECT_NEAR(after.breathe_once(kCleanOhm / 2), 100, 2);
  EXPECT_EQ(after.estimator().accuracy(), 3);
}

TEST_F(Iaq, a_restart_before_anything_was_kept_starts_from_nothing) {
  room.breathe(5 * kHour, kCleanOhm);
  EXPECT_EQ(kv.writes, 0);
  Room after(kv);
  after.breathe(10 * kMinute, kCleanOhm / 2);
  EXPECT_EQ(after.estimator().accuracy(), 1);
  EXPECT_LT(after.breathe_once(kCleanOhm / 2), 1);
}

TEST_F(Iaq, switched_off_and_on_it_keeps_what_it_learnt_since_the_last_save) {
  room.breathe(24 * kHour - kMinute, kCleanOhm);  // saved after 18 hours
  room.restart_heater();
  EXPECT_EQ(room.estimator().accuracy(), 0);
  room.breathe(15 * kMinute, kCleanOhm);
  EXPECT_EQ(room.estimator().accuracy(), 3);
  EXPECT_NEAR(room.breathe_once(kCleanOhm / 2), 100, 2);
}

TEST_F(Iaq, a_pause_of_5_minutes_cools_the_plate) {
  settle();
  room.pass(4 * kMinute);
  EXPECT_EQ(room.breathe(3 * kSecond, kCleanOhm).size(), 1U);
  room.pass(5 * kMinute);
  EXPECT_TRUE(room.breathe(5 * kMinute, kCleanOhm).empty());
  EXPECT_EQ(room.estimator().accuracy(), 0);
  EXPECT_NEAR(room.breathe_once(kCleanOhm / 2), 100, 2);
  EXPECT_EQ(room.estimator().accuracy(), 3);
}

TEST_F(Iaq, a_pause_during_burn_in_starts_it_again) {
  room.breathe(4 * kMinute, kCleanOhm);
  room.pass(5 * kMinute);
  EXPECT_TRUE(room.breathe(5 * kMinute, kCleanOhm).empty());
  EXPECT_FALSE(room.breathe(3 * kSecond, kCleanOhm).empty());
}

TEST_F(Iaq, time_without_values_teaches_nothing) {
  room.breathe(5 * kMinute, kCleanOhm);
  for (int i = 0; i < 20; ++i) {
    room.pass(4 * kMinute);
    room.breathe(3 * kSecond, kCleanOhm);
  }
  EXPECT_EQ(room.estimator().accuracy(), 1);
}

TEST_F(Iaq, numbers_that_are_none_give_no_index_and_do_no_harm) {
  settle();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  const struct {
    float ohm;
    float humidity;
  } bad[] = {{0, 45}, {-1, 45}, {kNan, 45}, {kInfinite, 45}, {kCleanOhm, kNan}, {kCleanOhm, kInfinite}};
  for (const auto& [ohm, humidity] : bad) {
    EXPECT_FALSE(room.estimator().update(ohm, humidity, room.now()));
  }
  EXPECT_NEAR(room.breathe_once(kCleanOhm / 2), 100, 1);
}

TEST_F(Iaq, is_saved_every_6_hours_and_when_it_becomes_accurate) {
  std::vector<std::uint64_t> saves;
  const std::uint64_t begin = room.now();
  int seen = 0;
  while (room.now() < begin + 72 * kHour) {
    room.breathe_once(kCleanOhm);
    if (kv.writes != seen) saves.push_back(room.now() - begin);
    seen = kv.writes;
  }
  const std::uint64_t accurate = 24 * kHour + 5 * kMinute;
  const std::vector<std::uint64_t> expected{6 * kHour,
                                            12 * kHour,
                                            18 * kHour,
                                            24 * kHour,
                                            accurate,
                                            accurate + 6 * kHour,
                                            accurate + 12 * kHour,
                                            accurate + 18 * kHour,
                                            accurate + 24 * kHour,
                                            accurate + 30 * kHour,
                                            accurate + 36 * kHour,
                                            accurate + 42 * kHour};
  EXPECT_EQ(saves, expected);
}

// Settings that refuse, and count how often they were asked.
class FullKv : public FakeKv {
 public:
  bool set(std::string_view key, ByteView value) override {
    ++attempts;
    return FakeKv::set(key, value);
  }
  int attempts = 0;
};

TEST(IaqSettings, a_refused_save_is_tried_again_10_minutes_later) {
  FullKv kv;
  kv.refuses = true;
  Room room(kv);
  room.breathe(6 * kHour, kCleanOhm);
  EXPECT_EQ(kv.attempts, 1);
  room.breathe(30 * kMinute, kCleanOhm);
  EXPECT_EQ(kv.attempts, 4);
  kv.refuses = false;
  room.breathe(10 * kMinute, kCleanOhm);
  EXPECT_EQ(kv.writes, 1);
  room.breathe(5 * kHour, kCleanOhm);
  EXPECT_EQ(kv.attempts, 5);
}

// Accuracy after burn-in: 3 when what was kept has been taken up, 1 when not.
int accuracy_with(FakeKv& kv) {
  Room room(kv);
  room.breathe(6 * kMinute, kCleanOhm);
  return room.estimator().accuracy();
}

TEST_F(Iaq, a_kept_baseline_with_any_byte_wrong_or_missing_is_ignored) {
  settle();
  ASSERT_EQ(kv.values.size(), 1U);
  const auto good = *kv.values.begin();
  ASSERT_EQ(accuracy_with(kv), 3);
  for (std::size_t i = 0; i < good.second.size(); ++i) {
    kv.values[good.first] = good.second;
    kv.values[good.first][i] ^= 0x10;
    EXPECT_EQ(accuracy_with(kv), 1) << "byte " << i;
    kv.values[good.first] = good.second.substr(0, i);
    EXPECT_EQ(accuracy_with(kv), 1) << "cut to " << i;
  }
  kv.values[good.first] = good.second + '\0';
  EXPECT_EQ(accuracy_with(kv), 1);
}

TEST_F(Iaq, a_kept_baseline_that_cannot_be_is_ignored) {
  struct Kept {
    float g;
    std::uint32_t learnt_ms;
  };
  constexpr std::uint32_t kDay = 86'400'000;
  for (const float g : {std::numeric_limits<float>::quiet_NaN(), 1e9F, -1e9F}) {
    ASSERT_TRUE(save_record(kv, "iaq_baseline", 1, Kept{g, kDay}));
    EXPECT_EQ(accuracy_with(kv), 1) << g;
  }
  ASSERT_TRUE(save_record(kv, "iaq_baseline", 2, Kept{13, kDay}));
  EXPECT_EQ(accuracy_with(kv), 1) << "of another version";
  ASSERT_TRUE(save_record(kv, "iaq_baseline", 1, Kept{13, UINT32_MAX}));
  EXPECT_EQ(accuracy_with(kv), 3) << "learnt for longer than it counts";
}

}  // namespace
}  // namespace pitview::fw
