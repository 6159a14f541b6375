// An SQL statement with a name, prepared once per connection on first use.
//
//   constexpr Statement kFindPit{"find_pit", "SELECT id, name FROM pits WHERE id = $1"};
//
// Both views must outlive the program's use of them: string literals. A name
// belongs to one text; the same name with another text is a std::logic_error.
#pragma once

#include <string_view>

namespace pitview::postgres {

struct Statement {
  std::string_view name;
  std::string_view sql;
};

}  // namespace pitview::postgres
