#include "playback/movie_file.h"

namespace pitview::video {
namespace {

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Result<MovieFile> MovieFile::of(std::vector<Span> spans) {
  MovieFile file;
  file.spans_ = std::move(spans);
  std::optional<fmp4::Movie> movie;
  std::string head;
  for (const Span& span : file.spans_) {
    auto own_head = span.file.read(0);
    if (!own_head) return own_head.error();
    if (!movie) {
      movie = fmp4::Movie::of(bytes_of(*own_head));
      head = std::move(*own_head);
    } else if (head != *own_head) {
      return Error{Errc::conflict,
                   "From " + to_iso8601(span.began()) +
                       " on the camera sent another kind of picture. Choose a time before or behind it.",
                   {},
                   0};
    }
    for (std::size_t i = span.first; i < span.end; ++i) {
      const auto fragment = span.file.read(i);
      if (!fragment) return fragment.error();
      if (!movie || !movie->add(bytes_of(*fragment)))
        return Error{Errc::validation_failed, "This is more than one file can hold. Choose a shorter time.", {}, 0};
    }
  }
  if (!movie) return Error{Errc::not_found, "Nothing was recorded at this time.", {}, 0};
  file.index_ = movie->index();
  file.media_ = movie->media_bytes();
  file.piece_ = file.spans_.front().first;
  return file;
}

Result<std::string> MovieFile::next() {
  if (!std::exchange(index_is_sent_, true)) return index_;
  if (span_ == spans_.size()) return std::string();
  const auto fragment = spans_[span_].file.read(piece_);
  if (!fragment) return fragment.error();
  const auto samples = fmp4::read_samples(bytes_of(*fragment));
  if (!samples) return Error{Errc::internal_error, "A piece of the recording is none.", {}, 0};
  if (++piece_ == spans_[span_].end && ++span_ < spans_.size()) piece_ = spans_[span_].first;
  return std::string(reinterpret_cast<const char*>(samples->media.data()), samples->media.size());
}

}  // namespace pitview::video
