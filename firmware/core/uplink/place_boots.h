// Once the time is known: gives a start to those earlier boots that never knew it and
// whose readings still wait.
#pragma once

#include "core/spool/spool.h"
#include "core/time/boot_clock.h"

namespace pitview::fw {

// Reads the waiting records once.
void place_earlier_boots(Spool& spool, BootClock& clock);

}  // namespace pitview::fw
