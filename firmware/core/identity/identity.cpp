#include "core/identity/identity.h"

#include <optional>

#include "core/base/flat_json.h"
#include "core/base/hex.h"

namespace pitview::fw {
namespace {

// NVS keeps a string with its final NUL; the port gives what is stored.
template <std::size_t N>
bool load_text(KvPort& factory, std::string_view key, FixedString<N>& into) {
  std::uint8_t bytes[N + 1];
  const auto size = factory.get(key, bytes);
  if (!size || *size > sizeof bytes) return false;
  std::string_view text = ByteView(bytes, *size).text();
  if (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  return text.find('\0') == std::string_view::npos && into.assign(text) && !into.empty();
}

bool names_this_chip(std::string_view device_id, const std::array<std::uint8_t, 6>& mac) {
  Text<18> expected;
  expected << "ESP32-";
  static constexpr char kDigits[] = "0123456789ABCDEF";
  for (std::uint8_t byte : mac) expected << kDigits[byte >> 4] << kDigits[byte & 15];
  return device_id == expected.view();
}

}  // namespace

const char* load_identity(KvPort& factory, const std::array<std::uint8_t, 6>& base_mac, Identity& into) {
  if (!load_text(factory, "device_id", into.device_id) || !names_this_chip(into.device_id.view(), base_mac)) {
    return "device_id";
  }
  if (!load_text(factory, "licence_key", into.licence_key)) return "licence_key";
  if (!load_text(factory, "mqtt_host", into.mqtt_host)) return "mqtt_host";
  if (!load_text(factory, "mqtt_user", into.mqtt_user)) return "mqtt_user";
  if (!load_text(factory, "mqtt_pass", into.mqtt_password)) return "mqtt_pass";
  if (!load_text(factory, "api_url", into.api_url)) return "api_url";
  if (!load_text(factory, "hw_rev", into.hw_rev)) return "hw_rev";

  FixedString<5> port;
  const auto number = load_text(factory, "mqtt_port", port) ? parse_unsigned(port.view()) : std::nullopt;
  if (!number || *number < 1 || *number > 65'535) return "mqtt_port";
  into.mqtt_port = static_cast<std::uint16_t>(*number);

  FixedString<1> tls;
  if (!load_text(factory, "mqtt_tls", tls) || (tls.view() != "0" && tls.view() != "1")) return "mqtt_tls";
  into.mqtt_tls = tls.view() == "1";

  FixedString<64> key;
  if (!load_text(factory, "command_key", key) ||
      !decode_hex(key.view(), {into.command_key.data(), into.command_key.size()})) {
    return "command_key";
  }
  return nullptr;
}

}  // namespace pitview::fw
