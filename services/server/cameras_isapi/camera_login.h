// How one signs in to a camera over HTTP: digest, as over RTSP (pitview/rtsp/authentication.h,
// RFC 7616), with one rule more.
//
// Basic gives the password to everybody on the way, and whoever is on the way can take the
// digest out of a camera's offer. So Basic is an answer only to a camera that has never
// offered digest in this conversation, of whatever algorithm: old cameras have nothing else,
// and without it they could not be set up at all. A camera that offers digests which are not
// known here and Basic is not signed in to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pitview/rtsp/authentication.h"

namespace pitview::cameras_isapi {

class CameraLogin {
 public:
  CameraLogin(std::string username, std::string password) : authenticator_(std::move(username), std::move(password)) {}

  // Takes the WWW-Authenticate headers of a 401. False: nothing of it can be answered, or
  // the answer was refused.
  bool take(const std::vector<std::string>& challenges);

  // The value of the Authorization header, or none before a challenge.
  std::optional<std::string> authorize(std::string_view method, std::string_view target) {
    return authenticator_.authorize(method, target);
  }

  // A request with it has been let in.
  void accepted() noexcept { authenticator_.accepted(); }

 private:
  rtsp::Authenticator authenticator_;
  bool digest_offered_ = false;
};

}  // namespace pitview::cameras_isapi
