#pragma once

#include "api/endpoint.h"
#include "pits/pits_repository.h"
#include "telemetry/readings_repository.h"

namespace pitview::telemetry {

// The rows of /api/pits/{id}/sensors/…; all parts outlive the API.
void add_telemetry_endpoints(api::Api& api, ReadingsRepository& readings, pits::PitsRepository& pits,
                             const Clock& clock);

}  // namespace pitview::telemetry
