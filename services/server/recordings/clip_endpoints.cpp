#include "api/paging.h"
#include "pitview/json/types.h"
#include "recordings/recording_endpoints.h"

namespace pitview::recordings {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct ClipPath {
  ClipId id;
};
BOOST_DESCRIBE_STRUCT(ClipPath, (), (id))

struct ClippedPitPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(ClippedPitPath, (), (id))

struct TimeLapseJobPath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(TimeLapseJobPath, (), (id))

struct ClipQuery {
  std::optional<PitId> pit_id;
  std::optional<ClipId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(ClipQuery, (), (pit_id, cursor, limit))

struct ClipCreate {
  Timestamp from;
  Timestamp to;
  json::Text<1, 120> title;
};
BOOST_DESCRIBE_STRUCT(ClipCreate, (), (from, to, title))

struct ClipShareRequest {
  json::Int<1, 30> days;
};
BOOST_DESCRIBE_STRUCT(ClipShareRequest, (), (days))

struct SharedClipRequest {
  json::Secret<1, 100> token;
};
BOOST_DESCRIBE_STRUCT(SharedClipRequest, (), (token))

namespace {

class ClipEndpoints {
 public:
  explicit ClipEndpoints(ClipService& clips) : clips_(clips) {}

  Awaitable<Result<std::vector<Clip>>> list(Caller& caller, ClipQuery query) {
    const int limit = api::limit_of(query.limit);
    auto found = co_await clips_.list(caller.principal.workshop, query.pit_id, query.cursor, limit);
    if (static_cast<int>(found.size()) == limit) api::add_next_link(caller, found.back().id.value);
    co_return found;
  }

  Awaitable<Result<Nothing>> remove(Caller& caller, ClipId clip) {
    const Result<> removed = co_await clips_.remove(audit::actor_of(caller), clip);
    if (!removed) co_return removed.error();
    co_return Nothing{};
  }

  Awaitable<Result<Nothing>> unshare(Caller& caller, ClipId clip) {
    const Result<> ended = co_await clips_.unshare(audit::actor_of(caller), clip);
    if (!ended) co_return ended.error();
    co_return Nothing{};
  }

 private:
  ClipService& clips_;
};

}  // namespace

void add_clip_endpoints(api::Api& api, ClipService& clips) {
  const auto endpoints = std::make_shared<ClipEndpoints>(clips);

  api.add<Nothing, ClipQuery, Nothing, std::vector<Clip>>(
      {.method = Method::get,
       .path = "/api/clips",
       .needs = Needs(Permission::recordings_manage),
       .id = "list_clips",
       .summary = "What of the recordings is kept, the newest first",
       .tag = "recordings",
       .description = "With the time-lapses of completed jobs. The next page is in the Link header."},
      [endpoints](Caller& caller, auto input) { return endpoints->list(caller, input.query); });

  api.add<ClippedPitPath, Nothing, ClipCreate, Clip>(
      {.method = Method::post,
       .path = "/api/pits/{id}/clips",
       .needs = Needs(Permission::recordings_manage),
       .id = "add_clip",
       .summary = "Keep a part of a recording",
       .tag = "recordings",
       .description = "At most 30 minutes, until somebody removes it. It is made within seconds: the live event `clip` "
                      "tells when. A workshop keeps at most 200 clips, of ten hours together.",
       .status = 201,
       .problems = {Errc::not_found, Errc::conflict}},
      [&clips](Caller& caller, auto input) {
        return clips.add(audit::actor_of(caller), input.path.id, input.body.from, input.body.to,
                         std::move(input.body.title.value));
      });

  api.add<ClipPath, Nothing, Nothing, Nothing>(
      {.method = Method::del,
       .path = "/api/clips/{id}",
       .needs = Needs(Permission::recordings_manage),
       .id = "remove_clip",
       .summary = "Keep a clip no longer",
       .tag = "recordings",
       .description = "Who plays it is cut, and its link opens nothing.",
       .status = 204,
       .problems = {Errc::not_found}},
      [endpoints](Caller& caller, auto input) { return endpoints->remove(caller, input.path.id); });

  api.add<ClipPath, Nothing, Nothing, Playback>(
      {.method = Method::get,
       .path = "/api/clips/{id}/playback",
       .needs = Needs(Permission::recordings_manage),
       .id = "get_clip_playback",
       .summary = "Play a clip, or take it home",
       .tag = "recordings",
       .problems = {Errc::not_found, Errc::conflict, Errc::forbidden, Errc::unavailable}},
      [&clips](Caller& caller, auto input) { return clips.playback(caller.principal, input.path.id); });

  api.add<ClipPath, Nothing, ClipShareRequest, ClipShare>(
      {.method = Method::post,
       .path = "/api/clips/{id}/share",
       .needs = Needs(Permission::recordings_manage),
       .id = "share_clip",
       .summary = "A link by which anybody may see a clip",
       .tag = "recordings",
       .description = "Shown this once. It ends after so many days, 1 to 30; the link before it ends at once.",
       .status = 201,
       .problems = {Errc::not_found, Errc::conflict}},
      [&clips](Caller& caller, auto input) {
        return clips.share(audit::actor_of(caller), input.path.id, std::chrono::days(input.body.days.value));
      });

  api.add<ClipPath, Nothing, Nothing, Nothing>(
      {.method = Method::del,
       .path = "/api/clips/{id}/share",
       .needs = Needs(Permission::recordings_manage),
       .id = "unshare_clip",
       .summary = "No link opens this clip any more",
       .tag = "recordings",
       .description = "Who plays it by its link is cut within a second.",
       .status = 204,
       .problems = {Errc::not_found}},
      [endpoints](Caller& caller, auto input) { return endpoints->unshare(caller, input.path.id); });

  api.add<Nothing, Nothing, SharedClipRequest, SharedClip>(
      {.method = Method::post,
       .path = "/api/shared-clips",
       .needs = Needs(Permission::anyone),
       .id = "open_shared_clip",
       .summary = "See a clip by its link",
       .tag = "recordings",
       .description = "The token is what follows /c/ in the link.",
       .problems = {Errc::link_invalid}},
      [&clips](Caller&, auto input) { return clips.open(std::move(input.body.token.value)); });

  api.add<TimeLapseJobPath, Nothing, Nothing, TimeLapse>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/time-lapse",
       .needs = Needs(Permission::jobs_read),
       .id = "get_time_lapse",
       .summary = "A whole job in less than a minute",
       .tag = "jobs",
       .description = "Made within a minute of a job's end; for its customer for as long as the job's page is open to "
                      "them. Status is none, pending, ready or failed.",
       .problems = {Errc::not_found, Errc::forbidden, Errc::unavailable}},
      [&clips](Caller& caller, auto input) { return clips.time_lapse(caller.principal, input.path.id); });
}

}  // namespace pitview::recordings
