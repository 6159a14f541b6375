#include "recordings/recording_sync.h"

#include <set>

#include "pitview/base/log.h"
#include "pitview/json/write.h"
#include "streams/stream_path.h"

namespace pitview::recordings {
namespace {

constexpr std::chrono::seconds kChangesEvery{5};
constexpr std::chrono::seconds kClipsEvery{1};
constexpr std::chrono::seconds kLapsesEvery{5};
constexpr std::chrono::minutes kUpkeepEvery{1};
constexpr int kLetGoAtOnce = 1'000;

struct ClipEvent {
  ClipId clip_id;
  std::string status;
};
BOOST_DESCRIBE_STRUCT(ClipEvent, (), (clip_id, status))

}  // namespace

Awaitable<> RecordingSync::look(streams::GatewayClient& gateway, const video::GatewayState& state) {
  if (!state.recordings) co_return;  // it records nothing
  if (instance_ != state.instance) {
    instance_ = state.instance;
    revision_ = 0;
    changes_due_ = {};
  }
  co_await cut_who_may_not(gateway, state.playbacks);
  const auto now = Steady::now();
  if (now >= lapses_due_) {
    co_await parts_.clips.queue_time_lapses();
    lapses_due_ = now + kLapsesEvery;
  }
  if (now >= clips_due_) {
    co_await do_clips(gateway, state.clips);
    clips_due_ = now + kClipsEvery;
  }
  if (now >= changes_due_) {
    changes_due_ = now + kChangesEvery;
    co_await take_changes(gateway);
  }
  if (now >= upkeep_due_) {
    co_await parts_.recordings.note_disk(*state.recordings);
    co_await let_go(gateway);
    upkeep_due_ = now + kUpkeepEvery;
  }
}

Awaitable<> RecordingSync::cut_who_may_not(streams::GatewayClient& gateway,
                                           std::vector<video::ViewerPresence> playbacks) {
  if (playbacks.empty()) co_return;
  std::vector<ReplayRight> asked;
  for (const video::ViewerPresence& playback : playbacks)
    asked.push_back(read_replay_right(playback.session).value_or(ReplayRight{}));
  const auto allowed = co_await parts_.recordings.may_replay(asked);
  const std::set<ReplayRight> may(allowed.begin(), allowed.end());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (!may.contains(asked[i])) ids.push_back(std::move(playbacks[i].id));
  if (ids.empty()) co_return;
  const auto cut = co_await gateway.cut(std::move(ids));
  if (cut) log::info("playbacks_cut", {{"playbacks", *cut}});
}

// One page at a time: between two of them live viewers are judged.
Awaitable<> RecordingSync::take_changes(streams::GatewayClient& gateway) {
  const auto told = co_await gateway.recordings(revision_);
  if (!told || told->instance != instance_) co_return;  // it still looks for them, or is another one by now
  if (told->from_beginning) {
    listing_ = instance_ + ":" + std::to_string(Steady::now().time_since_epoch().count());
    is_listing_ = true;
  }
  co_await index(*told);
  revision_ = told->revision;
  if (told->more) {
    changes_due_ = {};
    co_return;
  }
  if (!std::exchange(is_listing_, false)) co_return;
  const std::int64_t gone = co_await parts_.recordings.finish(listing_);
  log::info("recordings_listed", {{"revision", revision_}, {"gone", gone}});
}

Awaitable<> RecordingSync::index(const video::RecordingChanges& told) {
  bool are_known = true;
  for (const video::RecordingChange& change : told.changes)
    are_known = are_known && (places_.contains(change.path) || change.path.starts_with("clip-"));
  if (!are_known) co_await learn_places();
  std::vector<IndexedRecording> recordings;
  for (const video::RecordingChange& change : told.changes) {
    // Clips have rows of their own; what else is unknown is of a pit that is none any more, and grows old.
    const auto place = places_.find(change.path);
    if (place == places_.end()) continue;
    recordings.push_back({place->second.pit, change.began_ms, change.ended_ms,
                          change.removed ? -1 : static_cast<std::int64_t>(change.bytes)});
  }
  if (!recordings.empty()) co_await parts_.recordings.note(listing_, std::move(recordings));
}

Awaitable<> RecordingSync::learn_places() {
  places_.clear();
  for (const PitPlace& place : co_await parts_.recordings.places())
    places_.emplace(streams::stream_path(parts_.data_key, place.workshop, place.pit), place);
}

Awaitable<> RecordingSync::do_clips(streams::GatewayClient& gateway, const std::vector<video::ClipReport>& reports) {
  std::map<std::string, const video::ClipReport*, std::less<>> by_clip;
  for (const video::ClipReport& report : reports) by_clip[report.clip] = &report;
  for (const ClipToDo& clip : co_await parts_.clips.to_do()) {
    const std::string path = streams::clip_path(parts_.data_key, clip.workshop, clip.clip.value);
    if (clip.is_removed) {
      const std::vector<video::RecordingToRemove> all = {{path, {}}};
      if (co_await gateway.remove(all)) co_await parts_.clips.note(clip.clip, "removed", {}, 0, 0, 0);
      continue;
    }
    const auto report = by_clip.find(path);
    if (report == by_clip.end()) {
      video::ClipRequest request{.clip = path,
                                 .path = streams::stream_path(parts_.data_key, clip.workshop, clip.pit),
                                 .from_ms = to_milliseconds(clip.from),
                                 .to_ms = to_milliseconds(clip.to)};
      if (clip.kind == "time_lapse") request.time_lapse = clip.words;
      const auto asked = co_await gateway.make_clip(std::move(request));
      if (!asked) log::warning("clip_is_not_made_yet", {{"clip", clip.clip.value}, {"reason", asked.error().detail}});
    } else if (report->second->state == "ready" || report->second->state == "failed") {
      co_await note(clip, *report->second);
    }
  }
}

Awaitable<> RecordingSync::note(const ClipToDo& clip, video::ClipReport report) {
  const auto workshop = co_await parts_.clips.note(clip.clip, report.state, report.detail, report.began_ms,
                                                   report.ended_ms, static_cast<std::int64_t>(report.bytes));
  // For those who see the whole workshop, as ratings are.
  if (workshop) parts_.hub.publish({"clip", *workshop, {}, {}, {}, json::write(ClipEvent{clip.clip, report.state})});
}

Awaitable<> RecordingSync::let_go(streams::GatewayClient& gateway) {
  std::vector<video::RecordingToRemove> old;
  for (const OldRecording& recording : co_await parts_.recordings.to_let_go(kLetGoAtOnce))
    old.push_back(
        {streams::stream_path(parts_.data_key, recording.workshop, recording.pit), to_milliseconds(recording.began)});
  if (old.empty()) co_return;
  const std::size_t count = old.size();
  // Their rows go when the gateway tells that they are gone.
  if (co_await gateway.remove(std::move(old))) log::info("recordings_let_go", {{"recordings", count}});
}

}  // namespace pitview::recordings
