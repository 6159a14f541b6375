#pragma once

#include "api/endpoint.h"
#include "exports/exports_repository.h"

namespace pitview::exports {

// The rows of the CSV files; repository and clock outlive the API.
void add_export_endpoints(api::Api& api, ExportsRepository& repository, const Clock& clock);

}  // namespace pitview::exports
