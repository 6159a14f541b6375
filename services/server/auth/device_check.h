// Devices sign in to the few endpoints that are theirs with what they use at the
// broker: HTTP Basic (RFC 7617), device id and MQTT password.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pitview/async/asio.h"
#include "pitview/base/result.h"
#include "pitview/domain/principal.h"

namespace pitview::auth {

struct DeviceLogin {
  std::string device_id;
  std::string password;
};

// Of an Authorization header; empty when it is no Basic authentication.
std::optional<DeviceLogin> device_login_of(std::string_view authorization);

class DeviceCheck {
 public:
  virtual ~DeviceCheck() = default;
  // The device as principal, or unauthenticated: one answer, and about one time to
  // answer, for an unknown device and a wrong password.
  virtual Awaitable<Result<Principal>> check(DeviceLogin login) = 0;
};

}  // namespace pitview::auth
