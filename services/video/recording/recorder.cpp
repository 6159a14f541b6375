#include "recording/recorder.h"

#include <algorithm>

namespace pitview::video {

Recorder::Recorder(Stream& stream, const Clock& clock, RecordingWriter& writer, std::string workshop, std::string path)
    : stream_(stream), clock_(clock), writer_(writer), workshop_(std::move(workshop)), path_(std::move(path)) {
  for (const FramePtr& frame : stream_.group()) on_frame(frame);
  stream_.add(*this);
}

Recorder::~Recorder() {
  stream_.remove(*this);
  if (!file_) return;
  cut(last_decode_ + fragmenter_.usual_duration());
  writer_.end(*file_);
}

void Recorder::on_frame(const FramePtr& frame) {
  auto picture = fragmenter_.place(frame);
  if (!picture) return;
  const std::int64_t decode = picture->decode;
  if (file_) {
    const bool was_interrupted = frame->arrived - last_arrival_ > kInterruption;
    const bool begins_another =
        picture->has_new_head || (frame->keyframe && (was_interrupted || decode - file_began_ >= kFile));
    // Every key frame begins a piece: that is where a seek and what follows a hole can begin.
    const bool is_full = frame->keyframe || fragmenter_.waiting(decode) + fragmenter_.usual_duration() > kFragment;
    // The last picture before a hole was not shown for as long as the hole is.
    if (was_interrupted)
      cut(std::min(decode, last_decode_ + fragmenter_.usual_duration()));
    else if (begins_another || is_full)
      cut(decode);
    if (begins_another) begin_file(frame, decode);
  } else if (frame->keyframe) {
    begin_file(frame, decode);
  }
  last_arrival_ = frame->arrived;
  last_decode_ = decode;
  if (!file_) return;
  if (fragmenter_.is_empty()) fragment_began_ = time_of(frame);
  fragmenter_.add(std::move(*picture));
}

void Recorder::begin_file(const FramePtr& frame, std::int64_t decode) {
  if (file_) writer_.end(*file_);
  // A name is given once, also when two begin in one millisecond or the clock is set back.
  last_file_ = std::max<Timestamp>(std::chrono::floor<std::chrono::milliseconds>(time_of(frame)),
                                   last_file_ + std::chrono::milliseconds(1));
  file_ = writer_.begin({workshop_, path_, last_file_}, fragmenter_.head());
  file_began_ = decode;
}

void Recorder::cut(std::int64_t until) {
  const auto fragment = fragmenter_.cut(until);
  if (!fragment) return;
  writer_.append(*file_,
                 {.kind = fragment->independent ? PieceKind::key_fragment : PieceKind::fragment,
                  .began = fragment_began_,
                  .decode = fragment->decode,
                  .duration = static_cast<std::uint32_t>(fragment->duration)},
                 fragment->bytes);
}

// Pictures from the cache came before now.
Timestamp Recorder::time_of(const FramePtr& frame) const {
  return clock_.now() -
         std::chrono::duration_cast<Timestamp::duration>(std::chrono::steady_clock::now() - frame->arrived);
}

}  // namespace pitview::video
