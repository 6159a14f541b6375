#include "devices/device_login.h"

#include <array>

#include "devices/device_secrets.h"
#include "pitview/domain/licence.h"

namespace pitview::devices {
namespace {

constexpr postgres::Statement kFind{
    "find_device_credentials",
    "SELECT device_key, workshop_id, mqtt_password_sealed FROM platform.find_device_credentials($1)"};
constexpr std::array kStatements = {kFind};

// Opened and compared with when there is no such device, so that the time of an
// answer does not tell which ids exist.
const std::string& password_of_nobody() {
  static const std::string password = crypto::random_token();
  return password;
}

}  // namespace

std::span<const postgres::Statement> device_login_statements() { return kStatements; }

Awaitable<Result<Principal>> DeviceLogins::check(auth::DeviceLogin login) {
  const Error refused{Errc::unauthenticated, "Only a device with its id and password is let in here.", {}, 0};
  if (!is_device_id(login.device_id)) co_return refused;
  const auto row = (co_await database_.here().read_platform(kFind, login.device_id)).first();
  std::string sealed = seal_mqtt_password(data_key_, login.device_id, password_of_nobody());
  if (row)
    if (auto stored = row->get<std::optional<postgres::Bytes>>("mqtt_password_sealed"))
      sealed = std::move(stored->data);
  const auto password = open_mqtt_password(data_key_, login.device_id, sealed);
  // By their digests, so that not even the length shows.
  if (!password || !crypto::equal_constant_time(crypto::sha256_hex(*password), crypto::sha256_hex(login.password)))
    co_return refused;
  if (!row) co_return refused;
  co_return Principal{.workshop = row->get<WorkshopId>("workshop_id"), .device = row->get<DeviceKey>("device_key")};
}

}  // namespace pitview::devices
