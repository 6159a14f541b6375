// Air quality index from the gas resistance ("pitview-1" in `iaq_method`), openly:
//
//   g        = ln(ohm) + 0.04 · %RH         moisture lowers the resistance, this takes it out
//   baseline = the 90th percentile of g     what clean air looks like here
//   index    = 100 · log2(e) · (baseline − g), 0 to 500
//
// so that half of the clean air's resistance is 100, a quarter 200. The baseline learns
// fast at first and then slowly: 24 h of nothing but bad air cost it 96 points of the
// index, an hour of solvent 4. It is kept in the settings and comes back after a restart.
//
//   accuracy 0   burn-in: 5 min after every start and every pause of 5 min without a
//                value, while the hot plate settles; no index
//            1   learnt less than 1 h of air
//            2   learnt less than 24 h
//            3   learnt 24 h or more; what was learnt before a restart counts
//
// It is a VOC index, no measure of particulate matter. One thread, no allocation.
#pragma once

#include <cstdint>
#include <optional>

#include "core/ports.h"

namespace pitview::fw {

class IaqEstimator {
 public:
  static constexpr std::uint32_t kBurnInMs = 5 * 60'000;
  static constexpr std::uint32_t kAccuracy2Ms = 3'600'000;
  static constexpr std::uint32_t kAccuracy3Ms = 24 * 3'600'000;
  // The baseline is written at most this often, and once when accuracy 3 is reached.
  static constexpr std::uint32_t kSaveMs = 6 * 3'600'000;
  static constexpr std::uint32_t kSaveRetryMs = 10 * 60'000;
  // A longer pause between two values teaches no more than this.
  static constexpr std::uint32_t kLongestStepMs = 10'000;

  explicit IaqEstimator(KvPort& settings) : kv_(settings) {}

  // The heater starts: burn-in begins. The first call since power-on takes up the kept baseline.
  void start(std::uint64_t now_ms);

  // A valid measurement; humidity as the sensor says it, without offset. The index, or
  // nothing during burn-in or when the numbers are none.
  std::optional<float> update(float gas_ohm, float humidity_rh, std::uint64_t now_ms);

  std::uint8_t accuracy() const;

 private:
  void restore();
  void begin_burn_in(std::uint64_t now_ms);
  std::optional<std::uint32_t> hot_for_ms(std::uint64_t now_ms);
  void learn(float g, std::uint32_t step_ms);
  void save_if_due(std::uint64_t now_ms, bool reached_accuracy_3);

  KvPort& kv_;

  bool restored_ = false;
  bool burnt_in_ = false;
  bool has_baseline_ = false;
  float baseline_ = 0;           // in the unit of g
  std::uint32_t learnt_ms_ = 0;  // no more than the slowest learning needs to know
  std::uint64_t burn_in_since_ms_ = 0;
  std::uint64_t last_ms_ = 0;  // of the last value
  std::uint64_t save_due_ms_ = 0;
};

}  // namespace pitview::fw
