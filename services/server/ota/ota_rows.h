// How rows of this feature are read. std::logic_error when the database holds what
// its constraints do not allow.
#pragma once

#include <stdexcept>
#include <string>

#include "ota/campaign.h"
#include "pitview/json/describe.h"
#include "pitview/postgres/rows.h"

namespace pitview::ota {

// The bytea in lower-case hexadecimal.
std::string hex_of(const postgres::Row& row, std::string_view column);
StateCounts counts_of(const postgres::Row& row);
FirmwareCohort cohort_of(const postgres::Row& row);

template <class Enum>
Enum enum_of(const postgres::Row& row, std::string_view column) {
  const auto name = row.get<std::string>(column);
  const auto value = json::enum_from_name<Enum>(name);
  if (!value) throw std::logic_error("the database has an unknown " + std::string(column) + ": " + name);
  return *value;
}

}  // namespace pitview::ota
