#include "devices/device_secrets.h"

#include <algorithm>

#include "devices/claim_code.h"
#include "pitview/domain/licence.h"

namespace pitview::devices {
namespace {

constexpr std::size_t kPasswordBytes = 24;
constexpr std::size_t kLicenceSymbols = 11;

std::string aad(std::string_view column, std::string_view device_id) {
  return "devices." + std::string(column) + " " + std::string(device_id);
}

crypto::Key256 key_from(std::string_view bytes) {
  crypto::Key256 key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

}  // namespace

DeviceSecrets make_device_secrets() {
  return {.license_key = make_licence_key(crypto::random_bytes(kLicenceSymbols)),
          .mqtt_password = crypto::random_token(kPasswordBytes),
          .command_key = key_from(crypto::random_bytes(std::tuple_size_v<crypto::Key256>)),
          .claim_code = make_claim_code(crypto::random_bytes(kClaimSymbols))};
}

std::string seal_mqtt_password(const crypto::Key256& data_key, std::string_view device_id, std::string_view password) {
  return crypto::seal(data_key, password, aad("mqtt_password", device_id));
}

std::optional<std::string> open_mqtt_password(const crypto::Key256& data_key, std::string_view device_id,
                                              std::string_view sealed) {
  return crypto::open(data_key, sealed, aad("mqtt_password", device_id));
}

std::string seal_command_key(const crypto::Key256& data_key, std::string_view device_id,
                             const crypto::Key256& command_key) {
  const std::string_view bytes(reinterpret_cast<const char*>(command_key.data()), command_key.size());
  return crypto::seal(data_key, bytes, aad("command_key", device_id));
}

std::optional<crypto::Key256> open_command_key(const crypto::Key256& data_key, std::string_view device_id,
                                               std::string_view sealed) {
  const auto bytes = crypto::open(data_key, sealed, aad("command_key", device_id));
  if (!bytes || bytes->size() != std::tuple_size_v<crypto::Key256>) return std::nullopt;
  return key_from(*bytes);
}

}  // namespace pitview::devices
