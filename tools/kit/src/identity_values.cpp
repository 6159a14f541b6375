#include "identity_values.h"

#include <map>

#include "error.h"
#include "pitview/base/crypto.h"

namespace pitview::kit {
namespace {

// Most bytes the firmware takes (firmware/core/identity/identity.h); the test
// "the firmware takes the longest values" holds the two together. `batch` is for
// people only.
const std::map<std::string_view, std::size_t>& limits() {
  static const std::map<std::string_view, std::size_t> limits_by_key = {
      {"device_id", 64},   {"licence_key", 64}, {"mqtt_host", 128}, {"mqtt_port", 5},
      {"mqtt_tls", 1},     {"mqtt_user", 64},   {"mqtt_pass", 128}, {"api_url", 128},
      {"command_key", 64}, {"hw_rev", 16},      {"batch", 200}};
  return limits_by_key;
}

// RFC 4180: quoted where a comma, a quote or a line end would end the field.
std::string csv_field(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

}  // namespace

std::vector<nvs::StringValue> identity_values(const Batch& batch, const BatchDevice& device) {
  return {{"device_id", device.device_id},
          {"licence_key", device.license_key},
          {"mqtt_host", batch.mqtt_host},
          {"mqtt_port", std::to_string(batch.mqtt_port)},
          {"mqtt_tls", batch.mqtt_tls ? "1" : "0"},
          {"mqtt_user", device.mqtt_username},
          {"mqtt_pass", device.mqtt_password},
          {"api_url", batch.api_url},
          {"command_key", device.command_key},
          {"hw_rev", batch.hw_rev},
          {"batch", batch.name}};
}

std::vector<std::string> identity_faults(const Batch& batch, const BatchDevice& device) {
  std::vector<std::string> faults;
  for (const auto& [key, value] : identity_values(batch, device)) {
    const std::size_t limit = limits().at(key);
    if (value.empty()) faults.push_back(key + " is empty");
    if (value.size() > limit) faults.push_back(key + " is longer than " + std::to_string(limit) + " bytes");
    if (value.find('\0') != std::string::npos) faults.push_back(key + " contains NUL");
  }
  if (batch.mqtt_port == 0) faults.emplace_back("mqtt_port is 0");
  if (device.command_key.size() != 64 || !crypto::from_hex(device.command_key))
    faults.emplace_back("command_key is not 64 hexadecimal digits");
  if (!batch.api_url.starts_with("https://") && !batch.api_url.starts_with("http://"))
    faults.emplace_back("api_url does not begin with https://");
  if (batch.api_url.ends_with('/')) faults.emplace_back("api_url ends with a slash");
  return faults;
}

std::string identity_image(const Batch& batch, const BatchDevice& device) {
  auto image = nvs::make_image(kNvsNamespace, identity_values(batch, device), kFactoryPartitionBytes);
  if (!image) throw KitError(device.device_id + ": " + image.error().detail);
  return std::move(*image);
}

std::string identity_csv(const Batch& batch, const BatchDevice& device) {
  std::string csv = "key,type,encoding,value\n" + std::string(kNvsNamespace) + ",namespace,,\n";
  for (const auto& [key, value] : identity_values(batch, device))
    csv += key + ",data,string," + csv_field(value) + "\n";
  return csv;
}

}  // namespace pitview::kit
