#include "playback/library.h"

#include "pitview/base/log.h"
#include "recording/recording_file.h"

namespace pitview::video {
namespace {

Error nothing() { return {Errc::not_found, "Nothing was recorded at this time.", {}, 0}; }

}  // namespace

Result<std::vector<Span>> Library::find(const RecordedRange& range) {
  std::vector<Span> spans;
  for (const Recording& recording : catalogue_.of(range.path, range.from, range.to))
    if (auto span = open(recording, range)) spans.push_back(std::move(*span));
  if (spans.empty()) return nothing();
  return spans;
}

Result<Span> Library::find(const RecordedRange& range, Timestamp began) {
  for (const Recording& recording : catalogue_.of(range.path, range.from, range.to)) {
    if (recording.name.began != began) continue;
    if (auto span = open(recording, range)) return std::move(*span);
  }
  return nothing();
}

Result<crypto::Key256> Library::key_of(const std::string& workshop) {
  const std::lock_guard lock(mutex_);
  return keys_.find(workshop);
}

Result<SealedFileReader> Library::open(const Recording& recording) {
  const auto key = key_of(recording.name.workshop);
  if (!key) return key.error();
  auto file = open_recording(catalogue_.directory(), recording.name, *key);
  // The disk may have let it go since the catalogue was asked.
  if (!file && file.error().code == Errc::not_found && stored_ != nullptr) return stored_->open(recording, *key);
  return file;
}

std::optional<Span> Library::open(const Recording& recording, const RecordedRange& range) {
  auto file = open(recording);
  if (!file) {
    log::warning("recording_cannot_be_opened", {{"path", recording.name.path}, {"reason", file.error().detail}});
    return std::nullopt;
  }
  const auto& pieces = file->entries();
  std::size_t first = pieces.size();
  std::size_t end = 0;
  for (std::size_t i = 0; i < pieces.size() && pieces[i].piece.began < range.to; ++i) {
    if (pieces[i].piece.kind == PieceKind::head) continue;
    const bool is_key = pieces[i].piece.kind == PieceKind::key_fragment;
    if (is_key && (first == pieces.size() || pieces[i].piece.began <= range.from)) first = i;
    if (end_of(pieces[i].piece) > range.from) end = i + 1;
  }
  if (first >= end) return std::nullopt;
  return Span{recording.name, std::move(*file), first, end};
}

}  // namespace pitview::video
