#include "playback/clips.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "pitview/base/log.h"

namespace pitview::video {
namespace {

namespace fs = std::filesystem;

constexpr int kNice = 19;

// Of the calling thread: Linux has priorities of threads, not of processes.
void be_nice() { setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice); }

Result<> copy_span(const Span& span, const RecordingName& name, const crypto::Key256& key, Catalogue& catalogue) {
  const fs::path place = name.file(catalogue.directory());
  std::error_code failure;
  fs::create_directories(place.parent_path(), failure);
  if (failure) return Error{Errc::unavailable, place.parent_path().string() + ": " + failure.message(), {}, 0};
  auto file = SealedFileWriter::create(place, key, name.text());
  if (!file) return file.error();
  const auto copy = [&](std::size_t i) -> Result<> {
    const auto bytes = span.file.read(i);
    if (!bytes) return bytes.error();
    return file->append(span.file.entries()[i].piece, *bytes);
  };
  if (const auto head = copy(0); !head) return head;
  for (std::size_t i = span.first; i < span.end; ++i)
    if (const auto piece = copy(i); !piece) return piece;
  if (const auto flushed = file->flush(); !flushed) return flushed;
  catalogue.wrote(name, span.ended(), file->size());
  return Done{};
}

// What an attempt that was interrupted has left, known or not.
void clear(Catalogue& catalogue, const RecordingName& name) {
  catalogue.remove_all(name.path);
  std::error_code ignored;
  fs::remove_all(name.file(catalogue.directory()).parent_path(), ignored);
}

}  // namespace

Result<ClipReport> copy_clip(Library& library, Catalogue& catalogue, const RecordedRange& range,
                             const std::string& clip) {
  const auto spans = library.find(range);
  if (!spans) return spans.error();
  RecordingName name{spans->front().name.workshop, clip, {}};
  const auto key = library.key_of(name.workshop);
  if (!key) return key.error();
  clear(catalogue, name);
  ClipReport report{.clip = clip, .state = "ready", .began_ms = to_milliseconds(spans->front().began())};
  for (const Span& span : *spans) {
    name.began = from_milliseconds(to_milliseconds(span.began()));
    if (const auto copied = copy_span(span, name, *key, catalogue); !copied) {
      clear(catalogue, name);
      return copied.error();
    }
    report.ended_ms = to_milliseconds(span.ended());
  }
  for (const Recording& file : catalogue.of(clip, Timestamp::min(), Timestamp::max())) report.bytes += file.bytes;
  return report;
}

Awaitable<> Clips::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

Result<> Clips::make(const ClipRequest& request) {
  const auto known = reports_.find(request.clip);
  if (known != reports_.end() && known->second.state != "failed") return Done{};
  const auto range = RecordedRange{request.path, from_milliseconds(request.from_ms), from_milliseconds(request.to_ms)};
  if (!is_clip(request.clip) || range.from >= range.to || range.to - range.from > kMaxClip)
    return Error{Errc::validation_failed, "This is no clip that can be made.", {}, 0};
  const auto waiting = [](const auto& entry) {
    return entry.second.state == "waiting" || entry.second.state == "making";
  };
  if (static_cast<std::size_t>(std::count_if(reports_.begin(), reports_.end(), waiting)) >= kMaxWaiting)
    return Error{Errc::unavailable, "Too many clips are being made. Try again in a moment.", {}, 10};
  reports_[request.clip] = {.clip = request.clip, .state = "waiting"};
  tasks_.spawn("clip", run(request));
  return Done{};
}

Awaitable<> Clips::run(ClipRequest request) {
  const RecordedRange range{request.path, from_milliseconds(request.from_ms), from_milliseconds(request.to_ms)};
  const auto made = co_await pool_.run<std::shared_ptr<Result<ClipReport>>>([this, range, clip = request.clip] {
    be_nice();
    return std::make_shared<Result<ClipReport>>(copy_clip(library_, catalogue_, range, clip));
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
