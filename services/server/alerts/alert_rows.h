// How rows of this feature are read. std::logic_error when the database holds what
// its constraints do not allow.
#pragma once

#include <stdexcept>
#include <string>

#include "alerts/alert.h"
#include "pitview/json/describe.h"
#include "pitview/postgres/rows.h"

namespace pitview::alerts {

template <class Enum>
Enum enum_of(const postgres::Row& row, std::string_view column) {
  const auto name = row.get<std::string>(column);
  const auto value = json::enum_from_name<Enum>(name);
  if (!value) throw std::logic_error("the database has an unknown " + std::string(column) + ": " + name);
  return *value;
}

}  // namespace pitview::alerts
