#include "auth/device_check.h"

#include <algorithm>

#include "pitview/base/crypto.h"

namespace pitview::auth {
namespace {

// RFC 7617 has the alphabet and the padding of RFC 4648 §4, our decoder those of §5.
std::optional<std::string> base64_decode(std::string_view text) {
  const std::size_t end = text.find_last_not_of('=');
  std::string url(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
  if (url.find_first_of("-_") != std::string::npos) return std::nullopt;
  std::replace(url.begin(), url.end(), '+', '-');
  std::replace(url.begin(), url.end(), '/', '_');
  return crypto::base64url_decode(url);
}

}  // namespace

std::optional<DeviceLogin> device_login_of(std::string_view authorization) {
  static constexpr std::string_view kScheme = "Basic ";
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  const auto credentials = base64_decode(authorization.substr(kScheme.size()));
  if (!credentials) return std::nullopt;
  const std::size_t colon = credentials->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return DeviceLogin{credentials->substr(0, colon), credentials->substr(colon + 1)};
}

}  // namespace pitview::auth
