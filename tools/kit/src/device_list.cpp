#include "device_list.h"

#include <map>

#include "error.h"
#include "pitview/domain/licence.h"

namespace pitview::kit {
namespace {

constexpr std::string_view kPrefix = "ESP32-";

std::string_view trimmed(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

// IEEE 802: the lowest bit of the first octet marks a group address; all zeros is none.
bool names_one_chip(std::string_view device_id) {
  constexpr std::string_view kOdd = "13579BDF";
  return kOdd.find(device_id[kPrefix.size() + 1]) == std::string_view::npos && device_id != "ESP32-000000000000";
}

}  // namespace

std::optional<std::string> device_id_of_mac(std::string_view mac) {
  if (mac.size() != 17) return std::nullopt;
  std::string id(kPrefix);
  for (std::size_t i = 0; i < mac.size(); ++i) {
    const char c = mac[i];
    if (i % 3 == 2) {
      if (c != ':') return std::nullopt;
    } else {
      id.push_back(c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c);
    }
  }
  if (!is_device_id(id) || !names_one_chip(id)) return std::nullopt;
  return id;
}

std::vector<std::string> parse_device_list(std::string_view text, std::string_view file_name) {
  std::vector<std::string> devices;
  std::map<std::string, std::size_t> line_of;
  std::string faults;
  const auto fault = [&](std::size_t number, const std::string& what) {
    faults += (faults.empty() ? "" : "\n") + std::string(file_name) + ":" + std::to_string(number) + ": " + what;
  };
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const std::string_view entry = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (entry.empty()) continue;

    std::optional<std::string> id = device_id_of_mac(entry);
    if (!id && is_device_id(entry) && names_one_chip(entry)) id = std::string(entry);
    if (!id) {
      fault(number, "\"" + plain_line(entry) + "\" is no MAC address such as A4:CF:12:B3:D4:E5 and no device id");
      continue;
    }
    const auto [first, is_new] = line_of.try_emplace(*id, number);
    if (is_new)
      devices.push_back(*id);
    else
      fault(number, *id + " is in line " + std::to_string(first->second) + " already");
  }
  if (faults.empty() && devices.empty()) faults = std::string(file_name) + ": no device in it";
  if (!faults.empty()) throw KitError(faults);
  return devices;
}

}  // namespace pitview::kit
