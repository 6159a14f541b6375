// A time of a recording as one MP4 file, made while it is sent: nothing of it lies unsealed on a disk,
// and no more than a second of it in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pitview/fmp4/movie.h"
#include "playback/library.h"

namespace pitview::video {

class MovieFile {
 public:
  // Reads all of it once. Gaps are closed up. conflict: the camera sent another kind of picture from some
  // moment on, which is named; one file holds one kind. validation_failed: more than one file can hold.
  static Result<MovieFile> of(std::vector<Span> spans);

  std::uint64_t size() const noexcept { return index_.size() + media_; }
  // The next bytes; empty at the end. internal_error: it was altered or removed meanwhile.
  Result<std::string> next();

 private:
  std::vector<Span> spans_;
  std::string index_;
  std::uint64_t media_ = 0;
  bool index_is_sent_ = false;
  std::size_t span_ = 0;
  std::size_t piece_ = 0;
};

}  // namespace pitview::video
