// The server's own counters, as Prometheus would read them.
#pragma once

#include "pitview/base/result.h"
#include "stack.h"

namespace pitview::bench {

struct IngestCounters {
  std::int64_t stored = 0;   // readings committed for the first time
  std::int64_t ignored = 0;  // committed, but known already or without a place
  std::int64_t batches = 0;  // commits
  std::int64_t refused = 0;  // messages that were not stored, whatever the reason
};

Result<IngestCounters> ingest_counters(const Address& server);

}  // namespace pitview::bench
