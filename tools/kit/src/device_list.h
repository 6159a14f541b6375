// The boards of a batch, as the person at the bench writes them down: one a line,
// a MAC address ("A4:CF:12:B3:D4:E5", as esptool and the module's lid say it) or a
// device id. Empty lines and what follows a # are ignored.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitview::kit {

// "ESP32-A4CF12B3D4E5"; empty when the text is no MAC address of a chip. Upper or
// lower case, with colons.
std::optional<std::string> device_id_of_mac(std::string_view mac);

// Device ids in the order of the file. Throws KitError that names every bad line:
// not an address, a group address, the same board twice, none at all.
std::vector<std::string> parse_device_list(std::string_view text, std::string_view file_name);

}  // namespace pitview::kit
