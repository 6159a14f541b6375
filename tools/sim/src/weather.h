// The air of an imaginary pit: the slow course of a workshop's day in northern
// India, a little noise, and in some pits solvent fumes that come and go.
//
// A pure function of time and seed: no state, so that a restarted simulator goes
// on where it was. Units as in pitview::Air.
#pragma once

#include <cstdint>
#include <string_view>

#include "pitview/base/time.h"
#include "pitview/domain/air.h"

namespace pitview::sim {

class Weather {
 public:
  struct Site {
    std::uint64_t workshop_seed = 0;  // pits of one workshop share their barometer
    std::uint64_t pit_seed = 0;
    bool solvents = false;
  };
  explicit Weather(Site site) : site_(site) {}

  // All values present and inside what the sensor can measure.
  Air at(Timestamp t) const;

 private:
  Site site_;
};

// The site of a pit: its number decides whether work with solvents is done there.
Weather::Site site_of(std::string_view workshop_code, int pit_number);

// Local time of the simulated workshops (IST, no daylight saving).
inline constexpr std::chrono::minutes kLocalOffset{5 * 60 + 30};

}  // namespace pitview::sim
