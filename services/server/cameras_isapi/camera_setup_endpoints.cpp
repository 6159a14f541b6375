#include "cameras_isapi/camera_setup_endpoints.h"

#include "pitview/json/types.h"

namespace pitview::cameras_isapi {

using api::Caller;

struct CameraSetupPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(CameraSetupPath, (), (id))

struct CameraSetupRequest {
  std::optional<json::Secret<1, 500>> rtsp_url;
  std::optional<json::Int<1, 65535>> http_port;
};
BOOST_DESCRIBE_STRUCT(CameraSetupRequest, (), (rtsp_url, http_port))

void add_camera_setup_endpoints(api::Api& api, CameraSetupService& service) {
  api.add<CameraSetupPath, api::Nothing, CameraSetupRequest, CameraSetup>(
      {.method = api::Method::post,
       .path = "/api/pits/{id}/camera/setup",
       .needs = api::Needs(Permission::pits_manage),
       .id = "set_up_camera",
       .summary = "Set a Hikvision camera up for live viewing",
       .tag = "pits",
       .description =
           "Over ISAPI, at http_port (80) of the camera's address, with its user name and password. Without rtsp_url: "
           "the camera that is set; with it: one that is not yet, and the address is not kept. Main and sub-stream "
           "get H.264 without B-frames, a key frame every 2 s and a bitrate that a line and a phone can take; all else "
           "is left as it is. Takes up to 25 seconds. Each setting says what it was, what it is now (outcome: kept, "
           "taken, refused, ignored, unknown) and, in one sentence, what to do. conflict: the camera will not (it is "
           "no Hikvision, the password is wrong, its user may not); unavailable: it does not answer.",
       .problems = {Errc::not_found, Errc::conflict, Errc::rate_limited, Errc::unavailable}},
      [&service](Caller& caller, auto input) {
        std::optional<std::string> url;
        if (input.body.rtsp_url) url = std::move(input.body.rtsp_url->value);
        std::optional<std::uint16_t> port;
        if (input.body.http_port) port = static_cast<std::uint16_t>(input.body.http_port->value);
        return service.set_up(audit::actor_of(caller), input.path.id, std::move(url), port);
      });
}

}  // namespace pitview::cameras_isapi
