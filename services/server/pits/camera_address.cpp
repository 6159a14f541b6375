#include "pits/camera_address.h"

#include <algorithm>
#include <boost/asio/ip/network_v4.hpp>
#include <charconv>
#include <optional>

#include "api/refusals.h"
#include "pitview/async/asio.h"
#include "pitview/config/config.h"

namespace pitview::pits {
namespace {

constexpr const char* kUrlField = "rtsp_url";
constexpr const char* kShape =
    "must be rtsp:// or rtsps:// with an IPv4 address, and optionally user:password@, :port and a path";
constexpr const char* kOutside = "must be an IPv4 address in a network of workshops' cameras";

// Exactly as the four numbers are written: "010.1.1.1" and "10.1" are none.
std::optional<std::uint32_t> ipv4(const std::string& text) {
  error_code ec;
  const auto address = asio::ip::make_address_v4(text, ec);
  if (ec || address.to_string() != text) return std::nullopt;
  return address.to_uint();
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  return ec == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool is_plain(char c) { return c > ' ' && c < '\x7f' && c != '\\' && c != '"' && c != '<' && c != '>'; }

// The host of a URL of that shape; empty when it has another one.
std::optional<std::string> host_of(std::string_view url) {
  if (!std::all_of(url.begin(), url.end(), is_plain)) return std::nullopt;
  const std::size_t scheme = url.starts_with("rtsp://") ? 7 : url.starts_with("rtsps://") ? 8 : 0;
  if (scheme == 0) return std::nullopt;
  url.remove_prefix(scheme);
  std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  if (url.substr(authority.size()).find('@') != std::string_view::npos) return std::nullopt;
  if (const std::size_t at = authority.find('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  const std::size_t colon = authority.find(':');
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) return std::nullopt;
  return std::string(authority.substr(0, colon));
}

}  // namespace

CameraNetworks::CameraNetworks(const std::vector<std::string>& networks) {
  for (const std::string& text : networks) {
    error_code ec;
    const auto network = asio::ip::make_network_v4(text.find('/') == std::string::npos ? text + "/32" : text, ec);
    if (ec || network != network.canonical())
      throw config::ConfigError("cameras.networks: \"" + text + "\" is no IPv4 network such as \"10.64.0.0/10\"");
    networks_.push_back({network.network().to_uint(), network.netmask().to_uint()});
  }
}

bool CameraNetworks::contains(const std::string& address) const {
  const auto number = ipv4(address);
  return number && std::any_of(networks_.begin(), networks_.end(),
                               [&](const Network& network) { return (*number & network.mask) == network.base; });
}

Result<CameraAddress> read_camera_url(std::string url, const CameraNetworks& networks) {
  if (url.size() > kMaxCameraUrl) return api::invalid(kUrlField, "must have at most 500 bytes");
  auto host = host_of(url);
  if (!host) return api::invalid(kUrlField, kShape);
  if (!networks.contains(*host)) return api::invalid(kUrlField, kOutside);
  return CameraAddress{std::move(url), std::move(*host)};
}

Result<CameraAddress> usual_camera_address(const std::string& ip, std::string field, const CameraNetworks& networks) {
  if (!networks.contains(ip)) return api::invalid(std::move(field), kOutside);
  return CameraAddress{"rtsp://" + ip + ":554/Streaming/Channels/101", ip};
}

}  // namespace pitview::pits
