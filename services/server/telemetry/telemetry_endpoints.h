#pragma once

#include "api/endpoint.h"
#include "pits/pits_repository.h"
#include "telemetry/history_repository.h"
#include "telemetry/readings_repository.h"

namespace pitview::telemetry {

struct TelemetryParts {
  ReadingsRepository& readings;
  HistoryRepository& history;
  pits::PitsRepository& pits;
  const Clock& clock;
};

// The rows of /api/pits/{id}/sensors/…; all parts outlive the API.
void add_telemetry_endpoints(api::Api& api, const TelemetryParts& parts);

}  // namespace pitview::telemetry
