// The air at a device: the weather of its pit, and what a scenario does to it.
#pragma once

#include <optional>

#include "pitview/base/time.h"
#include "pitview/domain/air.h"
#include "weather.h"

namespace pitview::sim {

class AirScript {
 public:
  explicit AirScript(Weather::Site site) : weather_(site) {}

  // All values present.
  Air at(Timestamp t) const;

  // Somebody opens a can: the air quality index rises by `index` and falls back, both
  // with the time constants of a ventilated bay.
  void solvent_spike(Timestamp from, std::chrono::seconds length, double index = 160);
  // The gate stands open: the air goes towards `outside_c` and `outside_rh`.
  void door_open(Timestamp from, std::chrono::seconds length, double outside_c, double outside_rh);

 private:
  struct Spike {
    Timestamp from;
    std::chrono::seconds length;
    double index;
  };
  struct Door {
    Timestamp from;
    std::chrono::seconds length;
    double outside_c;
    double outside_rh;
  };
  Weather weather_;
  std::optional<Spike> spike_;
  std::optional<Door> door_;
};

}  // namespace pitview::sim
