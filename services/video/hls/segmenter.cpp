#include "hls/segmenter.h"

#include <algorithm>
#include <cmath>

#include "pitview/fmp4/writer.h"

namespace pitview::video {
namespace {

constexpr std::int64_t kSecond = fmp4::kTimescale;
// So that the first picture of a stream that reorders is not decoded before zero.
constexpr std::int64_t kStart = 10 * kSecond;
// Encoders that reorder and do not say by how much stay within this.
constexpr unsigned kUsualReorder = 2;

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

// Whether they are others than before; a new head is there then.
bool Segmenter::take_parameter_sets(const Frame& frame) {
  std::vector<std::uint8_t> sps;
  std::vector<std::uint8_t> pps;
  for (const Frame::Unit& unit : frame.units) {
    const h264::NalUnit nal = frame.unit(unit);
    if (h264::type_of(nal) == h264::NalType::sequence_parameter_set) sps.assign(nal.begin(), nal.end());
    if (h264::type_of(nal) == h264::NalType::picture_parameter_set) pps.assign(nal.begin(), nal.end());
  }
  if (sps.size() < 4 || pps.empty() || (sps == sps_ && pps == pps_)) return false;
  const auto format = h264::parse_sequence_parameter_set(sps);
  if (!format) return false;
  sps_ = std::move(sps);
  pps_ = std::move(pps);
  decode_clock_ = fmp4::DecodeClock(format->max_reorder_frames.value_or(format->may_reorder() ? kUsualReorder : 0));
  if (format->frames_per_second && *format->frames_per_second > 1)
    usual_duration_ = std::llround(static_cast<double>(kSecond) / *format->frames_per_second);
  const fmp4::Track track{sps_, pps_, format->width, format->height};
  heads_.emplace_back(next_head_++, std::make_shared<const std::string>(fmp4::initialization_segment(track)));
  return true;
}

void Segmenter::on_frame(const FramePtr& frame) {
  if (segments_.empty() && !frame->keyframe) return;
  const bool had_head = !heads_.empty();
  const bool has_new_head = frame->keyframe && take_parameter_sets(*frame);
  if (heads_.empty()) return;
  const fmp4::PictureTime time =
      decode_clock_.next(kStart + line_.at(frame->timestamp, usual_duration_), usual_duration_);
  // A clock that was changed for a new kind of pictures may say an earlier time.
  const std::int64_t decode = std::max(time.decode, last_decode_ + 1);
  const auto offset = static_cast<std::int32_t>(time.decode + time.composition_offset - decode);
  if (last_decode_ >= 0 && decode - last_decode_ < kSecond) usual_duration_ = decode - last_decode_;
  last_decode_ = decode;

  const std::int64_t segment = segments_.empty() ? 0 : decode - segment_began_;
  bool ends_segment = !segments_.empty() && (has_new_head || seconds(segment) > kMaxSegment ||
                                             (frame->keyframe && seconds(segment) >= kMinSegment));
  if (ends_segment) {
    cut_part(decode);
    end_segment();
  } else if (!waiting_.empty() && seconds(decode - waiting_.front().decode + usual_duration_) > part_target_s_) {
    cut_part(decode);
    // Players do not begin without a whole segment: the very first one is whole at once.
    ends_segment = segments_.size() == 1 && segments_.front().number == 0;
    if (ends_segment) end_segment();
  }
  if (segments_.empty() || ends_segment) begin_segment(*frame, decode, had_head && has_new_head);
  waiting_.push_back({frame, decode, offset});
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
  if (waiting_.empty()) return;
  std::vector<std::vector<h264::NalUnit>> units(waiting_.size());
  std::vector<fmp4::Sample> samples;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const Waiting& picture = waiting_[i];
    for (const Frame::Unit& unit : picture.frame->units) units[i].push_back(picture.frame->unit(unit));
    const std::int64_t next = i + 1 < waiting_.size() ? waiting_[i + 1].decode : until;
    samples.push_back(
        {units[i], static_cast<std::uint32_t>(next - picture.decode), picture.offset, picture.frame->keyframe});
  }
  const std::int64_t began = waiting_.front().decode;
  auto bytes = fmp4::fragment(++fragments_, static_cast<std::uint64_t>(began), samples);
  const double duration = seconds(until - began);
  segments_.back().parts.push_back(
      {std::make_shared<const std::string>(std::move(bytes)), duration, waiting_.front().frame->keyframe});
  // A camera of few pictures has longer parts than most.
  part_target_s_ = std::max(part_target_s_, std::min(duration, kMaxSegment));
  waiting_.clear();
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
