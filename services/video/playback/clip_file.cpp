#include "playback/clip_file.h"

namespace pitview::video {

namespace fs = std::filesystem;

ClipFile::~ClipFile() {
  if (!writer_) return;
  std::error_code ignored;
  fs::remove(name_.file(catalogue_.directory()), ignored);
}

Result<> ClipFile::begin(const crypto::Key256& workshop_key) {
  const fs::path place = name_.file(catalogue_.directory());
  std::error_code failure;
  fs::create_directories(place.parent_path(), failure);
  if (failure) return Error{Errc::unavailable, place.parent_path().string() + ": " + failure.message(), {}, 0};
  auto writer = SealedFileWriter::create(place, workshop_key, name_.text());
  if (!writer) return writer.error();
  writer_ = std::move(*writer);
  return Done{};
}

Result<std::uint64_t> ClipFile::keep(Timestamp ended) {
  if (!writer_) return Error{Errc::internal_error, "There is nothing to keep.", {}, 0};
  if (const auto flushed = writer_->flush(); !flushed) return flushed.error();
  const std::uint64_t size = writer_->size();
  writer_.reset();
  catalogue_.wrote(name_, ended, size);
  return size;
}

void clear_clip(Catalogue& catalogue, const std::string& workshop, const std::string& clip) {
  catalogue.remove_all(clip);
  std::error_code ignored;
  fs::remove_all(catalogue.directory() / workshop / clip, ignored);
}

}  // namespace pitview::video
