#include "core/sensor/sampler.h"

#include <algorithm>
#include <cmath>

namespace pitview::fw {
namespace {

// The first point of the grid through `due_ms` that is after `now_ms`.
std::uint64_t next_on_grid(std::uint64_t due_ms, std::uint32_t period_ms, std::uint64_t now_ms) {
  return due_ms + ((now_ms - due_ms) / period_ms + 1) * period_ms;
}

}  // namespace

void Sampler::start(std::uint64_t now_ms) {
  running_ = true;
  trusted_ = false;
  failures_ = 0;
  sample_due_ms_ = now_ms;
  publish_due_ms_ = now_ms + publish_ms_;
  interval_ = {};
  iaq_.start(now_ms);
  sensor_.set_up(now_ms);
  note_failure(now_ms);
}

void Sampler::stop() {
  running_ = false;
  sensor_.sleep();
}

void Sampler::set_offsets(float temperature_c, float humidity_rh) {
  temperature_offset_c_ = temperature_c;
  humidity_offset_rh_ = humidity_rh;
}

std::optional<AirValues> Sampler::tick(std::uint64_t now_ms) {
  if (!running_) return std::nullopt;
  drive_sensor(now_ms);
  if (now_ms < publish_due_ms_) return std::nullopt;
  publish_due_ms_ = next_on_grid(publish_due_ms_, publish_ms_, now_ms);
  return close_interval();
}

void Sampler::drive_sensor(std::uint64_t now_ms) {
  if (sensor_.state() == Bme680::State::failed) {
    if (now_ms < retry_at_ms_) return;
    sensor_.set_up(now_ms);
  } else if (const auto sample = sensor_.poll(now_ms)) {
    take(*sample, now_ms);
  }
  if (sensor_.state() == Bme680::State::ready && now_ms >= sample_due_ms_) {
    sample_due_ms_ = next_on_grid(sample_due_ms_, sample_ms_, now_ms);
    sensor_.start(now_ms);
  }
  note_failure(now_ms);
}

void Sampler::note_failure(std::uint64_t now_ms) {
  if (sensor_.state() != Bme680::State::failed) return;
  constexpr std::uint32_t kLongestShift = 6;  // 1 s · 2^6 is beyond the longest pause
  const std::uint32_t pause_ms = std::min(kRetryMs << std::min(failures_, kLongestShift), kLongestRetryMs);
  ++failures_;
  retry_at_ms_ = now_ms + pause_ms;
}

void Sampler::take(const Bme680Sample& sample, std::uint64_t now_ms) {
  failures_ = 0;
  interval_.temperature_c.add(sample.temperature_c);
  interval_.humidity_rh.add(sample.humidity_rh);
  interval_.pressure_hpa.add(sample.pressure_hpa);
  if (!sample.gas_ohm) return;
  interval_.gas_ohm.add(*sample.gas_ohm);
  if (const auto index = iaq_.update(*sample.gas_ohm, sample.humidity_rh, now_ms)) interval_.index.add(*index);
}

AirValues Sampler::close_interval() {
  AirValues air;
  if (const auto mean = interval_.temperature_c.value()) air.temperature_c = *mean + temperature_offset_c_;
  if (const auto mean = interval_.humidity_rh.value()) {
    air.humidity_rh = std::clamp(*mean + humidity_offset_rh_, 0.F, 100.F);
  }
  air.pressure_hpa = interval_.pressure_hpa.value();
  air.gas_ohm = interval_.gas_ohm.value();
  if (const auto mean = interval_.index.value()) {
    air.aqi = static_cast<int>(std::lround(*mean));
    air.iaq_accuracy = iaq_.accuracy();
  }
  trusted_ = air.iaq_accuracy >= kTrustedAccuracy;
  interval_ = {};
  return air;
}

std::uint64_t Sampler::next_due_ms() const {
  if (!running_) return UINT64_MAX;
  std::uint64_t due_ms = sensor_.next_due_ms();
  if (sensor_.state() == Bme680::State::failed) due_ms = retry_at_ms_;
  if (sensor_.state() == Bme680::State::ready) due_ms = sample_due_ms_;
  return std::min(due_ms, publish_due_ms_);
}

SensorState Sampler::state() const {
  if (!running_) return SensorState::idle;
  if (failures_ >= kFaultAfter) return SensorState::fault;
  return trusted_ ? SensorState::ok : SensorState::warmup;
}

}  // namespace pitview::fw
