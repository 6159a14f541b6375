// Lists are bare arrays, as in the plan; the way to the next page is a Link
// header (RFC 8288).
#pragma once

#include <string>
#include <string_view>

#include "api/endpoint.h"

namespace pitview::api {

using PageLimit = json::Int<1, 200>;
inline constexpr int kDefaultPage = 50;

inline int limit_of(const std::optional<PageLimit>& asked) {
  return asked ? static_cast<int>(asked->value) : kDefaultPage;
}

// Link: </api/jobs?status=completed&cursor=41>; rel="next"
void add_next_link(Caller& caller, std::string_view cursor);
void add_next_link(Caller& caller, std::int64_t cursor);

}  // namespace pitview::api
