// Who the device is and where it belongs: what pitview-kit wrote into the factory
// partition (NVS strings, docs/guide/factory.md). Read once; never written by the device.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/base/text.h"
#include "core/ports.h"

namespace pitview::fw {

struct Identity {
  FixedString<64> device_id;    // "ESP32-" and the base MAC: 12 upper-case hexadecimal digits
  FixedString<64> licence_key;  // "LIC-XXXX-XXXX-XXXX"
  FixedString<128> mqtt_host;
  std::uint16_t mqtt_port = 0;
  bool mqtt_tls = true;
  FixedString<64> mqtt_user;
  FixedString<128> mqtt_password;
  FixedString<128> api_url;  // "https://host", without a slash at the end
  std::array<std::uint8_t, 32> command_key{};
  FixedString<16> hw_rev;
};

// nullptr: `into` is complete. Otherwise the name of the first setting that is missing
// or wrong. `base_mac` is the chip's own: an image of another device is refused, as
// two devices under one name would each lose half of their readings.
const char* load_identity(KvPort& factory, const std::array<std::uint8_t, 6>& base_mac, Identity& into);

// A request as this device, whose credentials for the API are those of the broker
// (docs/design/device.md). Points into `identity`.
inline HttpRequest request_as(const Identity& identity, HttpRequest::Method method, std::string_view url) {
  HttpRequest request;
  request.method = method;
  request.url = url;
  request.username = identity.device_id.view();
  request.password = identity.mqtt_password.view();
  return request;
}

}  // namespace pitview::fw
