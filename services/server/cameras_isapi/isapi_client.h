// A camera's own interface for its settings: ISAPI, XML over HTTP with digest.
//
// Each request has a connection of its own: cameras' web servers close kept ones without a
// word, and a change must not be sent twice because of that. Redirects are not followed: the
// address was checked, where it leads to was not. One call at a time.
#pragma once

#include <chrono>

#include "cameras_isapi/camera_login.h"
#include "cameras_isapi/isapi_address.h"
#include "cameras_isapi/xml_values.h"
#include "pitview/async/asio.h"
#include "pitview/http/client.h"

namespace pitview::cameras_isapi {

// What a camera says to a change.
enum class Said : std::uint8_t {
  yes,
  after_restart,  // yes, when it has been restarted
  no,
  nothing,  // it was sent, and no answer came that says either
};

// What an answer to a PUT says, by its status and ResponseStatus; empty: that its user may not.
std::optional<Said> said_of(int status, const std::string& body);

class IsapiClient {
 public:
  // After `deadline` every call fails at once.
  IsapiClient(asio::any_io_executor executor, IsapiAddress address, std::chrono::steady_clock::time_point deadline)
      : executor_(std::move(executor)),
        login_(address.username, address.password),
        address_(std::move(address)),
        deadline_(deadline) {}

  // The errors of both are sentences for people. unavailable: nobody answers, not in time,
  // or what is no HTTP. not_found: there is no such document. conflict: signed in in vain, may not, is
  // no ISAPI.
  Awaitable<Result<XmlValues>> read(std::string target);
  Awaitable<Result<Said>> write(std::string target, std::string document);

 private:
  Awaitable<Result<http::ClientAnswer>> ask(http::ClientRequest request);
  Awaitable<Result<http::ClientAnswer>> exchange(http::ClientRequest request);

  asio::any_io_executor executor_;
  CameraLogin login_;
  IsapiAddress address_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace pitview::cameras_isapi
