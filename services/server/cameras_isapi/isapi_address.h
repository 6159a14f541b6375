// Where the settings of a camera are, from the address of its stream. Pure rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pitview/base/result.h"

namespace pitview::cameras_isapi {

struct IsapiAddress {
  std::string ip;
  std::uint16_t port = 80;
  std::string username;  // "": none
  std::string password;
  // Of the camera in a recorder, 1 in one that stands alone: its main stream is 101, its
  // sub-stream 102.
  unsigned camera = 1;
};

// From an address that pits::read_camera_url has let in. conflict: it does not say which
// camera of a recorder is meant, and another one must not be changed for it.
Result<IsapiAddress> isapi_address_of(const std::string& rtsp_url, std::optional<std::uint16_t> http_port);

}  // namespace pitview::cameras_isapi
