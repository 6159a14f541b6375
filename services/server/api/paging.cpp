#include "api/paging.h"

namespace pitview::api {

void add_next_link(Caller& caller, std::string_view cursor) {
  std::string target = caller.request.path;
  char separator = '?';
  for (const auto& [name, value] : caller.request.query) {
    if (name == "cursor") continue;
    target += separator + http::percent_encode(name) + "=" + http::percent_encode(value);
    separator = '&';
  }
  target += separator + std::string("cursor=") + http::percent_encode(cursor);
  caller.headers.emplace_back("Link", "<" + target + ">; rel=\"next\"");
}

void add_next_link(Caller& caller, std::int64_t cursor) { add_next_link(caller, std::to_string(cursor)); }

}  // namespace pitview::api
