#include "auth/device_check.h"

#include "pitview/base/crypto.h"

namespace pitview::auth {
std::optional<DeviceLogin> device_login_of(std::string_view authorization) {
  static constexpr std::string_view kScheme = "Basic ";
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  const auto credentials = crypto::base64_decode(authorization.substr(kScheme.size()));
  if (!credentials) return std::nullopt;
  const std::size_t colon = credentials->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return DeviceLogin{credentials->substr(0, colon), credentials->substr(colon + 1)};
}

}  // namespace pitview::auth
