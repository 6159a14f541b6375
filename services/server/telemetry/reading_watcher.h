// Who wants to know what is shown live. Called on the ingest's thread; must not block.
#pragma once

#include "telemetry/reading.h"

namespace pitview::telemetry {

class ReadingWatcher {
 public:
  virtual ~ReadingWatcher() = default;
  // It is not replayed, and the newest of its pit.
  virtual void shown(const Reading& reading) = 0;
};

}  // namespace pitview::telemetry
