#include "streams/stream_endpoints.h"

namespace pitview::streams {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct StreamPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(StreamPath, (), (id))

void add_stream_endpoints(api::Api& api, StreamService& service) {
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
}

}  // namespace pitview::streams
