#include "weather.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace pitview::sim {
namespace {

using std::chrono::seconds;

Timestamp morning() { return *parse_iso8601("2026-11-24T04:00:00Z"); }

TEST(Weather, EveryReadingOfADayIsComplete) {
  for (int pit = 1; pit <= 6; ++pit) {
    const Weather weather(site_of("workshop_001", pit));
    for (int i = 0; i < 8'640; ++i) {
      const Air air = weather.at(morning() + seconds(10) * i);
      ASSERT_FALSE(fault_of(air)) << *fault_of(air);
      ASSERT_TRUE(air.temperature_c && air.humidity_rh && air.pressure_hpa && air.aqi && air.gas_ohm);
    }
  }
}

TEST(Weather, StaysWhereAWorkshopIs) {
  const Weather weather(site_of("workshop_001", 1));
  for (int i = 0; i < 8'640; ++i) {
    const Air air = weather.at(morning() + seconds(10) * i);
    EXPECT_GT(*air.temperature_c, 20);
    EXPECT_LT(*air.temperature_c, 29);
    EXPECT_GT(*air.humidity_rh, 40);
    EXPECT_LT(*air.humidity_rh, 68);
    EXPECT_LE(*air.aqi, 50) << "good air where nobody works with solvents";
  }
}

TEST(Weather, ChangesSlowlyFromOneReadingToTheNext) {
  const Weather weather(site_of("workshop_001", 3));
  Air last = weather.at(morning());
  for (int i = 1; i < 2'000; ++i) {
    const Air air = weather.at(morning() + seconds(10) * i);
    EXPECT_LT(std::abs(*air.temperature_c - *last.temperature_c), 0.15);
    EXPECT_LT(std::abs(*air.humidity_rh - *last.humidity_rh), 0.6);
    EXPECT_LT(std::abs(*air.pressure_hpa - *last.pressure_hpa), 0.2);
    last = air;
  }
}

TEST(Weather, IsWarmerInTheAfternoonThanAtNight) {
  const Weather weather(site_of("workshop_001", 1));
  const auto mean_of_an_hour = [&weather](std::string_view from) {
    double sum = 0;
    for (int i = 0; i < 360; ++i) sum += *weather.at(*parse_iso8601(from) + seconds(10) * i).temperature_c;
    return sum / 360;
  };
  EXPECT_GT(mean_of_an_hour("2026-11-24T09:30:00Z"), mean_of_an_hour("2026-11-24T21:30:00Z") + 1);  // 15:00, 03:00 IST
}

TEST(Weather, SolventsRaiseTheIndexInOnePitAndItComesDownAgain) {
  const Weather weather(site_of("workshop_001", 2));
  int highest = 0;
  int lowest = 500;
  for (int i = 0; i < 240; ++i) {  // 40 minutes
    const Air air = weather.at(morning() + seconds(10) * i);
    highest = std::max(highest, *air.aqi);
    lowest = std::min(lowest, *air.aqi);
  }
  EXPECT_GE(highest, 60);
  EXPECT_LE(highest, 100) << "a demonstration raises no alarm";
  EXPECT_LE(lowest, 55);
}

TEST(Weather, PitsDifferAndShareOneBarometer) {
  const Air one = Weather(site_of("workshop_001", 1)).at(morning());
  const Air three = Weather(site_of("workshop_001", 3)).at(morning());
  EXPECT_NE(one.temperature_c, three.temperature_c);
  EXPECT_NEAR(*one.pressure_hpa, *three.pressure_hpa, 0.2);
}

TEST(Weather, GoesOnWhereItWasAfterARestart) {
  const Air before = Weather(site_of("workshop_001", 1)).at(morning());
  const Air after = Weather(site_of("workshop_001", 1)).at(morning());
  EXPECT_EQ(before.temperature_c, after.temperature_c);
  EXPECT_EQ(before.gas_ohm, after.gas_ohm);
}

}  // namespace
}  // namespace pitview::sim
