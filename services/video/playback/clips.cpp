#include "playback/clips.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "pitview/base/log.h"
#include "playback/clip_file.h"
#include "playback/time_lapse.h"

namespace pitview::video {
namespace {

constexpr int kNice = 19;
constexpr std::chrono::days kLongestJob{31};  // a time-lapse takes what there still is of it

// Of the calling thread: Linux has priorities of threads, not of processes.
void be_nice() { setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice); }

Result<std::uint64_t> copy_span(const Span& span, RecordingName name, const crypto::Key256& key, Catalogue& catalogue) {
  ClipFile file(catalogue, std::move(name));
  if (const auto begun = file.begin(key); !begun) return begun.error();
  const auto copy = [&](std::size_t i) -> Result<> {
    const auto bytes = span.file.read(i);
    if (!bytes) return bytes.error();
    return file.append(span.file.entries()[i].piece, *bytes);
  };
  if (const auto head = copy(0); !head) return head.error();
  for (std::size_t i = span.first; i < span.end; ++i)
    if (const auto piece = copy(i); !piece) return piece.error();
  return file.keep(span.ended());
}

RecordedRange range_of(const ClipRequest& request) {
  return {request.path, from_milliseconds(request.from_ms), from_milliseconds(request.to_ms)};
}

}  // namespace

Result<ClipReport> copy_clip(Library& library, Catalogue& catalogue, const RecordedRange& range,
                             const std::string& clip) {
  const auto spans = library.find(range);
  if (!spans) return spans.error();
  const std::string workshop = spans->front().name.workshop;
  const auto key = library.key_of(workshop);
  if (!key) return key.error();
  clear_clip(catalogue, workshop, clip);
  ClipReport report{.clip = clip, .state = "ready", .began_ms = to_milliseconds(spans->front().began())};
  for (const Span& span : *spans) {
    const Timestamp began = from_milliseconds(to_milliseconds(span.began()));
    const auto bytes = copy_span(span, {workshop, clip, began}, *key, catalogue);
    if (!bytes) {
      clear_clip(catalogue, workshop, clip);
      return bytes.error();
    }
    report.bytes += *bytes;
    report.ended_ms = to_milliseconds(span.ended());
  }
  return report;
}

Awaitable<> Clips::stop() {
  stopping_ = true;
  tasks_.cancel();
  co_await tasks_.join();
}

Result<> Clips::make(const ClipRequest& request) {
  const auto known = reports_.find(request.clip);
  if (known != reports_.end() && known->second.state != "failed") return Done{};
  const RecordedRange range = range_of(request);
  const auto longest = request.time_lapse ? std::chrono::duration_cast<std::chrono::minutes>(kLongestJob) : kMaxClip;
  if (!is_clip(request.clip) || range.from >= range.to || range.to - range.from > longest)
    return Error{Errc::validation_failed, "This is no clip that can be made.", {}, 0};
  const auto waiting = [](const auto& entry) { return entry.second.state == "waiting"; };
  if (static_cast<std::size_t>(std::count_if(reports_.begin(), reports_.end(), waiting)) >= kMaxWaiting)
    return Error{Errc::unavailable, "Too many clips are being made. Try again in a moment.", {}, 10};
  reports_[request.clip] = {.clip = request.clip, .state = "waiting"};
  tasks_.spawn("clip", run(request));
  return Done{};
}

Awaitable<> Clips::run(ClipRequest request) {
  const auto made = co_await pool_.run<std::shared_ptr<Result<ClipReport>>>([this, request] {
    be_nice();
    return std::make_shared<Result<ClipReport>>(
        request.time_lapse
            ? make_time_lapse(library_, catalogue_, range_of(request), request.clip, *request.time_lapse, stopping_)
            : copy_clip(library_, catalogue_, range_of(request), request.clip));
  });
  const auto known = reports_.find(request.clip);
  if (known == reports_.end()) {  // removed while it was made
    catalogue_.remove_all(request.clip);
    co_return;
  }
  if (made && **made) {
    known->second = ***made;
    log::info("clip_made", {{"clip", request.clip}, {"bytes", known->second.bytes}});
    co_return;
  }
  known->second.state = "failed";
  known->second.detail = made ? (**made).error().detail : "Too many clips are being made.";
  log::warning("clip_failed", {{"clip", request.clip}, {"reason", *known->second.detail}});
}

void Clips::remove(const std::string& clip) {
  reports_.erase(clip);
  catalogue_.remove_all(clip);
}

std::vector<ClipReport> Clips::reports() const {
  std::vector<ClipReport> all;
  all.reserve(reports_.size());
  for (const auto& [clip, report] : reports_) all.push_back(report);
  return all;
}

}  // namespace pitview::video
