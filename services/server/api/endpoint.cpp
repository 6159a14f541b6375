#include "api/endpoint.h"

#include "pitview/base/log.h"

namespace pitview::api {

http::Response database_away(std::string_view reason, const std::string& request_id) {
  constexpr int kRetryAfterSeconds = 2;
  log::warning("database_unavailable", {{"reason", reason}, {"request_id", request_id}});
  return http::problem({Errc::unavailable, "The service is not available for the moment.", {}, kRetryAfterSeconds},
                       request_id);
}

}  // namespace pitview::api
