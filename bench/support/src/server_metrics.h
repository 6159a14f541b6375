// The server's own counters, as Prometheus would read them.
#pragma once

#include "pitview/base/result.h"
#include "stack.h"

namespace pitview::bench {

struct IngestCounters {
  std::int64_t stored = 0;      // readings committed for the first time
  std::int64_t duplicates = 0;  // had been stored before
  std::int64_t set_aside = 0;   // kept with a reason, because they cannot be stored
  std::int64_t batches = 0;     // commits
  std::int64_t refused = 0;     // messages that were not stored, whatever the reason

  std::int64_t superseded = 0;  // not shown live, because a newer one of the pit was there already

  // Settled: nothing more will become of them.
  std::int64_t done() const { return stored + duplicates + set_aside + refused; }
};

Result<IngestCounters> ingest_counters(const Address& server);

}  // namespace pitview::bench
