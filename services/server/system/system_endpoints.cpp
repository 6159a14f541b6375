#include "system/system_endpoints.h"

namespace pitview::system {
namespace {

using api::Caller;
using api::Nothing;

Awaitable<Result<std::vector<ServerReport>>> list(ServerReports& reports) { co_return reports.all(); }

}  // namespace

void add_system_endpoints(api::Api& api, ServerReports& reports) {
  api.add<Nothing, Nothing, Nothing, std::vector<ServerReport>>(
      {.method = api::Method::get,
       .path = "/api/platform/servers",
       .needs = api::Needs(Permission::platform_health),
       .id = "list_servers",
       .summary = "The servers: what each takes in, sheds and holds",
       .tag = "platform",
       .description = "Counts are since the start of each server. The one that answers comes first; one that has been "
                      "silent for 30 s is left out."},
      [&reports](Caller&, auto) { return list(reports); });
}

}  // namespace pitview::system
