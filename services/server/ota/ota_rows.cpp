#include "ota/ota_rows.h"

#include "pitview/base/crypto.h"

namespace pitview::ota {

using postgres::Bytes;
using postgres::Row;

std::string hex_of(const Row& row, std::string_view column) { return crypto::to_hex(row.get<Bytes>(column).data); }

StateCounts counts_of(const Row& row) {
  return {row.get<int>("offered"), row.get<int>("installed"), row.get<int>("rolled_back"), row.get<int>("failed")};
}

FirmwareCohort cohort_of(const Row& row) {
  return {row.get<std::optional<std::vector<std::string>>>("workshop_codes"),
          row.get<std::optional<std::string>>("batch")};
}

}  // namespace pitview::ota
