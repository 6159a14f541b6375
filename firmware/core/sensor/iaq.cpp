#include "core/sensor/iaq.h"

#include <algorithm>
#include <cmath>

#include "core/base/sealed_record.h"

namespace pitview::fw {
namespace {

constexpr float kPerHumidity = 0.04F;          // of ln(ohm) per %RH
constexpr float kPointsPerUnit = 144.269504F;  // 100 / ln 2

// The baseline falls by 1 (of ln) in this time, and rises 9 times as fast: it rests
// where a tenth of the values is above it. The time is as long as has been learnt,
// within these limits.
constexpr std::uint32_t kFastestMs = 3'600'000;
constexpr std::uint32_t kSlowestMs = 36 * 3'600'000;
constexpr float kRise = 9.F;

constexpr char kKey[] = "iaq_baseline";
constexpr std::uint8_t kVersion = 1;

struct KeptBaseline {
  float g = 0;
  std::uint32_t learnt_ms = 0;
};

// From a microohm to a teraohm; also false for NaN.
bool is_sound(float g) { return g > -14.F && g < 32.F; }

}  // namespace

void IaqEstimator::start(std::uint64_t now_ms) {
  if (!restored_) {
    restore();
    restored_ = true;
    save_due_ms_ = now_ms + kSaveMs;
  }
  last_ms_ = now_ms;
  begin_burn_in(now_ms);
}

void IaqEstimator::restore() {
  const auto kept = load_record<KeptBaseline>(kv_, kKey, kVersion);
  if (!kept || !is_sound(kept->g)) return;
  has_baseline_ = true;
  baseline_ = kept->g;
  learnt_ms_ = std::min(kept->learnt_ms, kSlowestMs);
}

std::optional<float> IaqEstimator::update(float gas_ohm, float humidity_rh, std::uint64_t now_ms) {
  const float g = std::log(gas_ohm) + kPerHumidity * humidity_rh;
  if (!is_sound(g)) return std::nullopt;
  const auto step_ms = hot_for_ms(now_ms);
  if (!step_ms) return std::nullopt;
  if (!has_baseline_) {
    has_baseline_ = true;
    baseline_ = g;
  }
  const bool was_settled = accuracy() == 3;
  learn(g, *step_ms);
  save_if_due(now_ms, !was_settled && accuracy() == 3);
  return std::clamp((baseline_ - g) * kPointsPerUnit, 0.F, 500.F);
}

// The time that the plate has been hot since the value before; nothing while it is not.
std::optional<std::uint32_t> IaqEstimator::hot_for_ms(std::uint64_t now_ms) {
  const std::uint64_t pause_ms = now_ms - last_ms_;
  last_ms_ = now_ms;
  if (pause_ms >= kBurnInMs) begin_burn_in(now_ms);
  if (burnt_in_) return static_cast<std::uint32_t>(std::min<std::uint64_t>(pause_ms, kLongestStepMs));
  if (now_ms - burn_in_since_ms_ < kBurnInMs) return std::nullopt;
  burnt_in_ = true;
  return 0;
}

void IaqEstimator::begin_burn_in(std::uint64_t now_ms) {
  burnt_in_ = false;
  burn_in_since_ms_ = now_ms;
}

void IaqEstimator::learn(float g, std::uint32_t step_ms) {
  learnt_ms_ = std::min(learnt_ms_ + step_ms, kSlowestMs);
  const float fall = static_cast<float>(step_ms) / static_cast<float>(std::max(learnt_ms_, kFastestMs));
  // Never past the value itself, so that a long step cannot make it swing.
  baseline_ = g > baseline_ ? std::min(baseline_ + kRise * fall, g) : std::max(baseline_ - fall, g);
}

void IaqEstimator::save_if_due(std::uint64_t now_ms, bool reached_accuracy_3) {
  if (now_ms < save_due_ms_ && !reached_accuracy_3) return;
  const bool saved = save_record(kv_, kKey, kVersion, KeptBaseline{baseline_, learnt_ms_});
  save_due_ms_ = now_ms + (saved ? kSaveMs : kSaveRetryMs);
}

std::uint8_t IaqEstimator::accuracy() const {
  if (!burnt_in_) return 0;
  if (learnt_ms_ < kAccuracy2Ms) return 1;
  return learnt_ms_ < kAccuracy3Ms ? 2 : 3;
}

}  // namespace pitview::fw
