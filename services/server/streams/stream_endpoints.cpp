#include "streams/stream_endpoints.h"

#include "pitview/json/types.h"

namespace pitview::streams {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct StreamPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(StreamPath, (), (id))

struct CameraTestRequest {
  std::optional<json::Secret<1, 500>> rtsp_url;
};
BOOST_DESCRIBE_STRUCT(CameraTestRequest, (), (rtsp_url))

void add_stream_endpoints(api::Api& api, StreamService& service, CameraTestService& camera_tests) {
  api.add<StreamPath, Nothing, Nothing, Stream>(
      {.method = Method::get,
       .path = "/api/pits/{id}/stream",
       .needs = Needs(Permission::pits_read),
       .id = "get_stream",
       .summary = "Watch a pit live",
       .tag = "pits",
       .description = "POST the SDP offer to stream_url (WHEP), or to whep_url with the token as bearer; 409 there: "
                      "this camera is "
                      "watched over hls_url only. The token opens sessions of this stream until expires_at; ask again "
                      "for each new session. A session is cut within a second when the "
                      "right to it ends: the job is completed, the session is signed out, the workshop is suspended.",
       .problems = {Errc::not_found, Errc::forbidden, Errc::unavailable}},
      [&service](Caller& caller, auto input) { return service.open(caller.principal, input.path.id); });

  api.add<StreamPath, Nothing, CameraTestRequest, CameraTest>(
      {.method = Method::post,
       .path = "/api/pits/{id}/camera/test",
       .needs = Needs(Permission::pits_manage),
       .id = "test_camera",
       .summary = "Look at a camera for some seconds and judge it",
       .tag = "pits",
       .description =
           "Without rtsp_url: the camera that is set; with it: one that is not yet, and nothing is kept. Takes "
           "up to ten seconds. Each check says in one sentence what was found and what to do.",
       .problems = {Errc::not_found, Errc::rate_limited, Errc::unavailable}},
      [&camera_tests](Caller& caller, auto input) {
        std::optional<std::string> url;
        if (input.body.rtsp_url) url = std::move(input.body.rtsp_url->value);
        return camera_tests.test(caller.principal, input.path.id, std::move(url));
      });
}

}  // namespace pitview::streams
