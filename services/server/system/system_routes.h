#pragma once

#include <functional>
#include <string>

#include "app/database.h"
#include "pitview/http/router.h"
#include "system/metrics.h"

namespace pitview::system {

struct Health {
  app::Database& database;
  std::function<bool()> ingest_healthy;  // from any thread
};

// /healthz, /readyz, /metrics. Outside /api: they answer machines on the same
// host, and the reverse proxy does not pass them on.
void add_system_routes(http::Router& router, Metrics& metrics, Health health);

// /api/openapi.json and the page /api/docs.
void add_api_document(http::Router& router, std::string document);

}  // namespace pitview::system
