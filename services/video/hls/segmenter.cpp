#include "hls/segmenter.h"

#include <algorithm>
#include <cmath>

#include "pitview/fmp4/writer.h"

namespace pitview::video {
namespace {

constexpr std::int64_t kSecond = fmp4::kTimescale;

double seconds(std::int64_t ticks) { return static_cast<double>(ticks) / static_cast<double>(kSecond); }

}  // namespace

double HlsSegment::duration_s() const {
  double sum = 0;
  for (const HlsPart& part : parts) sum += part.duration_s;
  return sum;
}

Segmenter::Segmenter(Stream& stream, const Clock& clock) : stream_(stream), clock_(clock) {
  for (const FramePtr& frame : stream_.group()) on_frame(frame);
  stream_.add(*this);
}

Segmenter::~Segmenter() { stream_.remove(*this); }

void Segmenter::on_frame(const FramePtr& frame) {
  auto picture = fragmenter_.place(frame);
  if (!picture) return;
  const std::int64_t decode = picture->decode;
  const bool is_another_kind = picture->has_new_head && !heads_.empty();
  if (picture->has_new_head) heads_.emplace_back(next_head_++, fragmenter_.head());

  const std::int64_t segment = segments_.empty() ? 0 : decode - segment_began_;
  bool ends_segment = !segments_.empty() && (picture->has_new_head || seconds(segment) > kMaxSegment ||
                                             (frame->keyframe && seconds(segment) >= kMinSegment));
  if (ends_segment) {
    cut_part(decode);
    end_segment();
  } else if (!fragmenter_.is_empty() &&
             seconds(fragmenter_.waiting(decode) + fragmenter_.usual_duration()) > part_target_s_) {
    cut_part(decode);
    // Players do not begin without a whole segment: the very first one is whole at once.
    ends_segment = segments_.size() == 1 && segments_.front().number == 0;
    if (ends_segment) end_segment();
  }
  if (segments_.empty() || ends_segment) begin_segment(*frame, decode, is_another_kind);
  fragmenter_.add(std::move(*picture));
}

void Segmenter::begin_segment(const Frame& first, std::int64_t decode, bool discontinuity) {
  // The first pictures of all come from the cache: they are older than now.
  const auto age = std::chrono::duration_cast<Timestamp::duration>(std::chrono::steady_clock::now() - first.arrived);
  segment_began_ = decode;
  segments_.push_back({.number = next_segment_++,
                       .head = heads_.back().first,
                       .discontinuity = discontinuity,
                       .began = clock_.now() - age});
  while (segments_.size() > kKept) {
    if (segments_[1].discontinuity) ++discontinuities_;
    segments_.pop_front();
  }
  while (heads_.front().first < segments_.front().head) heads_.pop_front();
}

void Segmenter::end_segment() {
  segments_.back().complete = true;
  target_duration_s_ = std::max(target_duration_s_, static_cast<int>(std::lround(segments_.back().duration_s())));
}

void Segmenter::cut_part(std::int64_t until) {
  auto part = fragmenter_.cut(until);
  if (!part) return;
  const double duration = seconds(part->duration);
  segments_.back().parts.push_back({std::move(part->bytes), duration, part->independent});
  // A camera of few pictures has longer parts than most.
  part_target_s_ = std::max(part_target_s_, std::min(duration, kMaxSegment));
  if (on_part_) on_part_();
}

SharedBytes Segmenter::head(std::uint64_t number) const {
  for (const auto& [known, bytes] : heads_)
    if (known == number) return bytes;
  return nullptr;
}

const HlsSegment* Segmenter::find(std::uint64_t number) const {
  if (segments_.empty() || number < segments_.front().number || number > segments_.back().number) return nullptr;
  return &segments_[number - segments_.front().number];
}

}  // namespace pitview::video
