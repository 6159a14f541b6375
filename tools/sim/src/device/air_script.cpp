#include "device/air_script.h"

#include <algorithm>
#include <cmath>

namespace pitview::sim {
namespace {

constexpr double kRiseSeconds = 45;
constexpr double kFallSeconds = 180;

// 0 to 1: approaches 1 while it lasts, decays afterwards.
double level(Timestamp t, Timestamp from, std::chrono::seconds length) {
  const double since = std::chrono::duration<double>(t - from).count();
  if (since <= 0) return 0;
  const double lasting = std::min(since, static_cast<double>(length.count()));
  const double risen = 1 - std::exp(-lasting / kRiseSeconds);
  return risen * std::exp(-(since - lasting) / kFallSeconds);
}

}  // namespace

Air AirScript::at(Timestamp t) const {
  Air air = weather_.at(t);
  if (door_) {
    const double open = 0.8 * level(t, door_->from, door_->length);
    air.temperature_c = std::lerp(*air.temperature_c, door_->outside_c, open);
    air.humidity_rh = std::lerp(*air.humidity_rh, door_->outside_rh, open);
  }
  if (spike_) {
    const double added = spike_->index * level(t, spike_->from, spike_->length);
    air.gas_ohm = *air.gas_ohm * std::exp2(-added / 100);
    air.aqi = std::min(500, *air.aqi + static_cast<int>(added));
  }
  return air;
}

void AirScript::solvent_spike(Timestamp from, std::chrono::seconds length, double index) {
  spike_ = Spike{from, length, index};
}

void AirScript::door_open(Timestamp from, std::chrono::seconds length, double outside_c, double outside_rh) {
  door_ = Door{from, length, outside_c, outside_rh};
}

}  // namespace pitview::sim
