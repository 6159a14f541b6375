#include "playback/clip_file.h"

#include "recording/recording_file.h"

namespace pitview::video {

namespace fs = std::filesystem;

ClipFile::~ClipFile() {
  if (!writer_) return;
  std::error_code ignored;
  fs::remove(name_.file(catalogue_.directory()), ignored);
}

Result<> ClipFile::begin(const crypto::Key256& workshop_key) {
  auto writer = create_recording(catalogue_.directory(), name_, workshop_key);
  if (!writer) return writer.error();
  writer_ = std::move(*writer);
  return Done{};
}

Result<std::uint64_t> ClipFile::keep(Timestamp ended) {
  if (!writer_) return Error{Errc::internal_error, "There is nothing to keep.", {}, 0};
  if (const auto flushed = writer_->flush(); !flushed) return flushed.error();
  const std::uint64_t size = writer_->size();
  writer_.reset();
  catalogue_.add(name_, ended, size);
  return size;
}

void clear_clip(Catalogue& catalogue, const std::string& workshop, const std::string& clip) {
  catalogue.remove_all(clip);
  std::error_code ignored;
  fs::remove_all(catalogue.directory() / workshop / clip, ignored);
}

}  // namespace pitview::video
