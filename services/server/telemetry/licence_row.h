// A device's licence from the columns device_status, workshop_status, workshop_since,
// subscription_status, subscription_since, subscription_expires_at and job_since of a row.
#pragma once

#include "pitview/domain/licence.h"
#include "pitview/postgres/rows.h"

namespace pitview::telemetry {

LicenceState licence_state_of(const postgres::Row& row);

}  // namespace pitview::telemetry
