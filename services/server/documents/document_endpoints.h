#pragma once

#include "api/endpoint.h"
#include "documents/document_service.h"

namespace pitview::documents {

// The rows of /api/jobs/{id}/….pdf and /api/certificates; `service` outlives the API.
void add_document_endpoints(api::Api& api, DocumentService& service);

}  // namespace pitview::documents
