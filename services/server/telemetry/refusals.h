// Messages of devices that are not taken: counted each, logged at a limited rate; those
// that a device had no right to send are violations (licences/violations.h).
// One thread.
#pragma once

#include <string>

#include "licences/violations.h"
#include "pitview/base/log.h"
#include "pitview/base/time.h"
#include "pitview/mqtt/client.h"
#include "telemetry/ingest_metrics.h"

namespace pitview::telemetry {

struct Refused {
  Refusal reason;
  std::string detail;
  std::string device_id = {};  // as the message said; of a violation only
};

class Refusals {
 public:
  Refusals(IngestMetrics& metrics, licences::Violations& violations, const Clock& clock)
      : metrics_(metrics), violations_(violations), clock_(clock) {}

  void note(const mqtt::Message& message, const Refused& refused);

 private:
  IngestMetrics& metrics_;
  licences::Violations& violations_;
  const Clock& clock_;
  log::RateLimited log_{1};
};

}  // namespace pitview::telemetry
