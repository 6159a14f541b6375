// Where a camera may be, and what of its address may be shown. Pure rules.
//
// A camera's address is one that this platform will connect to, so that whoever may
// write one could have it look around in its own network. Hence: rtsp or rtsps, an
// IPv4 address and no name (a name may mean another address tomorrow), and the
// address in one of the networks where workshops' cameras are (`cameras.networks`).
// Whatever two programs might read differently, a second @ or a backslash, is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::pits {

class CameraNetworks {
 public:
  // "10.64.0.0/10" or one address. config::ConfigError for anything else.
  explicit CameraNetworks(const std::vector<std::string>& networks);

  // False for what is no IPv4 address.
  bool contains(const std::string& address) const;

 private:
  struct Network {
    std::uint32_t base;
    std::uint32_t mask;
  };
  std::vector<Network> networks_;
};

struct CameraAddress {
  std::string url;  // with the password, if it has one
  std::string ip;
};

inline constexpr std::size_t kMaxCameraUrl = 500;  // bytes

// validation_failed at field `rtsp_url`.
Result<CameraAddress> read_camera_url(std::string url, const CameraNetworks& networks);

// The plan's address of a camera (§4.2): rtsp://192.168.1.100:554/Streaming/Channels/101.
// validation_failed at `field`.
Result<CameraAddress> usual_camera_address(const std::string& ip, std::string field, const CameraNetworks& networks);

}  // namespace pitview::pits
