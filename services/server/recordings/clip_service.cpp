#include "recordings/clip_service.h"

#include "api/refusals.h"
#include "audit/audit_log.h"
#include "pitview/json/write.h"
#include "streams/stream_path.h"

namespace pitview::recordings {
namespace {

using std::chrono::milliseconds;

Error no_such_clip() { return {Errc::not_found, "There is no such clip.", {}, 0}; }
Error not_ready() { return {Errc::conflict, "The clip is not ready.", {}, 0}; }

// What the audit log keeps.
struct AuditableClip {
  PitId pit_id;
  std::string title;
  Timestamp from;
  Timestamp to;
  std::optional<Timestamp> share_expires_at;
};
BOOST_DESCRIBE_STRUCT(AuditableClip, (), (pit_id, title, from, to, share_expires_at))

std::string auditable(const Clip& clip) {
  return json::write(AuditableClip{clip.pit_id, clip.title, clip.from, clip.to, clip.share_expires_at});
}

Awaitable<> record(postgres::Transaction& tx, audit::Actor actor, const char* action, const Clip* before,
                   const Clip* after) {
  audit::Entry entry{
      .action = action, .subject = "clip", .subject_id = before != nullptr ? before->id.value : after->id.value};
  if (before != nullptr) entry.before = auditable(*before);
  if (after != nullptr) entry.after = auditable(*after);
  const WorkshopId workshop = actor.principal.workshop;
  co_await audit::record(tx, workshop, std::move(actor), std::move(entry));
}

std::string digest_of(const std::string& secret) {
  const auto hash = crypto::sha256(secret);
  return {hash.begin(), hash.end()};
}

}  // namespace

Awaitable<std::vector<Clip>> ClipService::list(WorkshopId workshop, std::optional<PitId> pit,
                                               std::optional<ClipId> before, int limit) {
  return parts_.clips.list(workshop, pit, before, limit);
}

Awaitable<Result<Clip>> ClipService::add(audit::Actor actor, PitId pit, Timestamp from, Timestamp to,
                                         std::string title) {
  from = std::chrono::floor<milliseconds>(from);
  to = std::chrono::floor<milliseconds>(to);
  if (from >= to) co_return api::invalid("to", "must be later than from");
  if (to - from > video::kMaxClip) co_return api::invalid("to", "must be at most 30 minutes later than from");
  const WorkshopId workshop = actor.principal.workshop;
  if (!co_await parts_.pits.exists(workshop, pit)) co_return Error{Errc::not_found, "There is no such pit.", {}, 0};
  if ((co_await parts_.recordings.timeline(workshop, pit, from, to)).spans.empty())
    co_return Error{Errc::not_found, "Nothing was recorded at this time.", {}, 0};

  auto tx = co_await parts_.clips.begin(workshop);
  const ClipTotals totals = co_await ClipsRepository::lock_totals(tx, workshop);
  if (totals.count >= kMaxClips || totals.length + (to - from) > kMaxLength)
    co_return Error{Errc::conflict, "The workshop keeps as many clips as it may. Remove some first.", {}, 0};
  const Clip clip =
      co_await ClipsRepository::insert(tx, workshop, {pit, {}, std::move(title), from, to, actor.principal.user});
  co_await record(tx, std::move(actor), "clip.add", nullptr, &clip);
  co_await tx.commit();
  co_return clip;
}

Awaitable<Result<>> ClipService::remove(audit::Actor actor, ClipId clip) {
  auto tx = co_await parts_.clips.begin(actor.principal.workshop);
  const auto before = co_await ClipsRepository::lock(tx, clip);
  if (!before) co_return no_such_clip();
  co_await ClipsRepository::remove(tx, clip);
  co_await record(tx, std::move(actor), "clip.remove", &*before, nullptr);
  co_await tx.commit();
  co_return Done{};
}

Awaitable<Result<ClipShare>> ClipService::share(audit::Actor actor, ClipId clip, std::chrono::days days) {
  auto tx = co_await parts_.clips.begin(actor.principal.workshop);
  const auto before = co_await ClipsRepository::lock(tx, clip);
  if (!before) co_return no_such_clip();
  if (before->status != "ready") co_return not_ready();
  const std::string secret = crypto::random_token();
  Clip after = *before;
  after.share_expires_at = parts_.clock.now() + days;
  co_await ClipsRepository::share(tx, clip, digest_of(secret), after.share_expires_at);
  co_await record(tx, std::move(actor), "clip.share", &*before, &after);
  co_await tx.commit();
  co_return ClipShare{parts_.share_address + secret, *after.share_expires_at};
}

Awaitable<Result<>> ClipService::unshare(audit::Actor actor, ClipId clip) {
  auto tx = co_await parts_.clips.begin(actor.principal.workshop);
  const auto before = co_await ClipsRepository::lock(tx, clip);
  if (!before) co_return no_such_clip();
  if (!before->share_expires_at) co_return Done{};
  Clip after = *before;
  after.share_expires_at.reset();
  co_await ClipsRepository::share(tx, clip, "", std::nullopt);
  co_await record(tx, std::move(actor), "clip.unshare", &*before, &after);
  co_await tx.commit();
  co_return Done{};
}

Awaitable<Result<Playback>> ClipService::playback(Principal principal, ClipId clip) {
  auto found = co_await parts_.clips.find(principal.workshop, clip);
  if (!found) co_return no_such_clip();
  co_return co_await playback_of(principal, std::move(*found));
}

Awaitable<Result<TimeLapse>> ClipService::time_lapse(Principal principal, JobId job) {
  const Error none{Errc::not_found, "There is no such job.", {}, 0};
  // Recordings are for owners, managers and the one whose car it is.
  if (principal.role == Role::operator_) co_return none;
  const auto access = jobs::JobAccess::of(principal);
  if (!co_await parts_.jobs.find(principal.workshop, access, job, parts_.clock.now())) co_return none;
  TimeLapse lapse;
  auto clip = co_await parts_.clips.time_lapse(principal.workshop, job);
  if (!clip) co_return lapse;
  lapse.status = clip->status;
  if (clip->status != "ready") co_return lapse;
  auto playback = co_await playback_of(principal, std::move(*clip));
  if (!playback) co_return playback.error();
  lapse.playback = std::move(*playback);
  co_return lapse;
}

Awaitable<Result<Playback>> ClipService::playback_of(Principal principal, Clip clip) {
  if (!parts_.links.is_there()) co_return Error{Errc::unavailable, "Live video is not set up here.", {}, 0};
  if (clip.status != "ready") co_return not_ready();
  const ReplayRight right{principal.session, PitId(0), clip.id};
  if (!co_await parts_.recordings.may_replay(right))
    co_return Error{Errc::forbidden, "Recordings are not open to you now.", {}, 0};
  co_return parts_.links.playback(range_of(principal.workshop, clip.id, clip.from, clip.to),
                                  "user:" + std::to_string(principal.user.value), right,
                                  "clip-" + std::to_string(clip.id.value));
}

Awaitable<Result<SharedClip>> ClipService::open(std::string secret) {
  const auto found = co_await parts_.clips.find_shared(digest_of(secret));
  if (!found || !parts_.links.is_there())
    co_return Error{Errc::link_invalid, "This link opens nothing, or nothing any more.", {}, 0};
  const ReplayRight right{SessionId(0), PitId(0), found->clip};
  co_return SharedClip{
      .title = found->title,
      .kind = found->kind,
      .workshop_name = found->workshop_name,
      .timezone = found->timezone,
      .share_expires_at = found->share_expires_at,
      .playback = parts_.links.playback(range_of(found->workshop, found->clip, found->began, found->ended), "link",
                                        right, "clip-" + std::to_string(found->clip.value))};
}

video::RecordedRange ClipService::range_of(WorkshopId workshop, ClipId clip, Timestamp from, Timestamp to) const {
  return {streams::clip_path(parts_.data_key, workshop, clip.value), std::chrono::floor<milliseconds>(from),
          std::chrono::ceil<milliseconds>(to)};
}

}  // namespace pitview::recordings
