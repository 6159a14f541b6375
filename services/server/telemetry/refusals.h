// Messages of devices that are not taken: counted each, logged at a limited rate.
// One thread.
#pragma once

#include <string>

#include "pitview/base/log.h"
#include "pitview/base/time.h"
#include "pitview/mqtt/client.h"
#include "telemetry/ingest_metrics.h"

namespace pitview::telemetry {

struct Refused {
  Refusal reason;
  std::string detail;
};

class Refusals {
 public:
  Refusals(IngestMetrics& metrics, const Clock& clock) : metrics_(metrics), clock_(clock) {}

  void note(const mqtt::Message& message, const Refused& refused);

 private:
  IngestMetrics& metrics_;
  const Clock& clock_;
  log::RateLimited log_{1};
};

}  // namespace pitview::telemetry
