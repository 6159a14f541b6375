#include "weather.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pitview::sim {
namespace {

using std::chrono::seconds;

constexpr double kDaySeconds = 86'400;

// SplitMix64's finaliser: neighbouring inputs give unrelated outputs.
std::uint64_t scramble(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

// -1 to 1 from any two numbers.
double random_at(std::uint64_t seed, std::int64_t step) {
  return static_cast<double>(scramble(seed ^ scramble(static_cast<std::uint64_t>(step))) >> 11) * 0x1p-52 - 1.0;
}

// -1 to 1, wandering smoothly: new values every `period_s`, eased in between.
double drift(std::uint64_t seed, double t_s, double period_s) {
  const double position = t_s / period_s;
  const double step = std::floor(position);
  const double x = position - step;
  const double eased = x * x * (3 - 2 * x);
  const auto index = static_cast<std::int64_t>(step);
  return std::lerp(random_at(seed, index), random_at(seed, index + 1), eased);
}

double day_wave(double local_s, double peak_hour, double waves_a_day) {
  return std::cos(2 * std::numbers::pi * waves_a_day * (local_s - peak_hour * 3'600) / kDaySeconds);
}

// 0 to 1: fumes rise within three minutes when work begins, and the extraction
// clears them within ten when it ends. One such job every 20 minutes.
double solvent_level(double t_s) {
  constexpr double kEverySeconds = 1'200;
  constexpr double kWorkSeconds = 540;
  constexpr double kRiseSeconds = 70;
  constexpr double kClearSeconds = 140;
  const double phase = std::fmod(t_s, kEverySeconds);
  const double risen = 1 - std::exp(-std::min(phase, kWorkSeconds) / kRiseSeconds);
  return phase < kWorkSeconds ? risen : risen * std::exp(-(phase - kWorkSeconds) / kClearSeconds);
}

// Divided in the end, not multiplied by 0.01: 51.91 and not 51.910000000000004.
double to_hundredths(double value) { return std::round(value * 100) / 100; }

}  // namespace

Air Weather::at(Timestamp t) const {
  const double t_s = std::chrono::duration<double>(t.time_since_epoch()).count();
  const double local_s = t_s + std::chrono::duration<double>(kLocalOffset).count();
  const std::uint64_t pit = site_.pit_seed;
  const auto instant = static_cast<std::int64_t>(t_s);

  const double temperature = 24.6 + 0.7 * random_at(pit, 1) + 1.5 * day_wave(local_s, 15.5, 1) +
                             0.45 * drift(pit ^ 2, t_s, 1'500) + 0.08 * drift(pit ^ 3, t_s, 90) +
                             0.02 * random_at(pit ^ 4, instant);
  const double humidity = 54 + 2.5 * random_at(pit, 5) - 2.2 * (temperature - 24.6) + 2.0 * drift(pit ^ 6, t_s, 2'400) +
                          0.4 * drift(pit ^ 7, t_s, 120) + 0.05 * random_at(pit ^ 8, instant);
  const double pressure = 1'006 + 1.1 * day_wave(local_s, 10, 2) + 3.0 * drift(site_.workshop_seed ^ 9, t_s, 40'000) +
                          0.03 * random_at(pit ^ 10, instant);
  double index = 36 + 5 * random_at(pit, 11) + 6 * drift(pit ^ 12, t_s, 1'100) + 2 * drift(pit ^ 13, t_s, 60);
  if (site_.solvents) index += solvent_level(t_s) * (42 + 6 * drift(pit ^ 14, t_s, 300));

  Air air;
  air.temperature_c = to_hundredths(std::clamp(temperature, -40.0, 85.0));
  air.humidity_rh = to_hundredths(std::clamp(humidity, 0.0, 100.0));
  air.pressure_hpa = to_hundredths(std::clamp(pressure, 300.0, 1'100.0));
  air.aqi = static_cast<int>(std::lround(std::clamp(index, 0.0, 500.0)));
  air.iaq_accuracy = 3;
  // The estimator's own relation backwards: half the clean-air resistance is index 100.
  air.gas_ohm = std::round(150'000 * std::exp2(-index / 100));
  return air;
}

Weather::Site site_of(std::string_view workshop_code, int pit_number) {
  std::uint64_t seed = 14'695'981'039'346'656'037ULL;  // FNV-1a
  for (const char c : workshop_code) seed = (seed ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
  const auto number = static_cast<std::uint64_t>(pit_number);
  return {seed, scramble(seed + number), number % 3 == 2};
}

}  // namespace pitview::sim
