#include "cameras_isapi/isapi_address.h"

#include <algorithm>
#include <charconv>

#include "api/refusals.h"
#include "pitview/async/asio.h"
#include "pitview/rtsp/url.h"

namespace pitview::cameras_isapi {
namespace {

constexpr unsigned kMostCameras = 512;

// The number behind `name`; empty: there is none.
std::optional<unsigned> number_behind(std::string_view target, std::string_view name) {
  const std::size_t at = target.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  target.remove_prefix(at + name.size());
  unsigned number = 0;
  const auto [end, failure] = std::from_chars(target.data(), target.data() + target.size(), number);
  if (failure != std::errc()) return std::nullopt;
  return number;
}

// /Streaming/Channels/101 is the main stream of camera 1; /h264/ch1/main/av_stream is the old
// way to say it. 0: it cannot be told.
unsigned camera_of(std::string target) {
  std::transform(target.begin(), target.end(), target.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  unsigned camera = 1;
  if (target.find("/streaming/channels/") != std::string::npos) {
    const unsigned channel = number_behind(target, "/streaming/channels/").value_or(0);
    camera = channel == 1 ? 1 : channel / 100;
  } else if (target.find("/av_stream") != std::string::npos) {
    camera = number_behind(target, "/ch").value_or(0);
  }
  return camera <= kMostCameras ? camera : 0;
}

}  // namespace

Result<IsapiAddress> isapi_address_of(const std::string& rtsp_url, std::optional<std::uint16_t> http_port) {
  // Over TLS or not, a camera is the same one.
  constexpr std::string_view kTls = "rtsps://";
  auto url = rtsp::parse_url(rtsp_url.starts_with(kTls) ? "rtsp://" + rtsp_url.substr(kTls.size()) : rtsp_url);
  error_code ec;
  if (url) asio::ip::make_address_v4(url->host, ec);
  if (!url || ec) return api::invalid("rtsp_url", "is no address of a camera");
  IsapiAddress address{.ip = std::move(url->host),
                       .port = http_port.value_or(80),
                       .username = std::move(url->username),
                       .password = std::move(url->password),
                       .camera = camera_of(url->target)};
  if (address.camera == 0)
    return {Errc::conflict,
            "The camera's address does not say which camera is meant. Its path must be like /Streaming/Channels/101."};
  return address;
}

}  // namespace pitview::cameras_isapi
