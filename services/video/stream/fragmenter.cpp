#include "stream/fragmenter.h"

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

}  // namespace

// Whether they are others than before; a new head is there then.
bool Fragmenter::take_parameter_sets(const Frame& frame) {
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
  head_ = std::make_shared<const std::string>(fmp4::initialization_segment(track));
  return true;
}

std::optional<Fragmenter::Placed> Fragmenter::place(const FramePtr& frame) {
  const bool has_new_head = frame->keyframe && take_parameter_sets(*frame);
  if (!head_) return std::nullopt;
  const fmp4::PictureTime time =
      decode_clock_.next(kStart + line_.at(frame->timestamp, usual_duration_), usual_duration_);
  // A clock that was changed for a new kind of pictures may say an earlier time.
  const std::int64_t decode = std::max(time.decode, last_decode_ + 1);
  const auto offset = static_cast<std::int32_t>(time.decode + time.composition_offset - decode);
  if (last_decode_ >= 0 && decode - last_decode_ < kSecond) usual_duration_ = decode - last_decode_;
  last_decode_ = decode;
  return Placed{frame, decode, offset, has_new_head};
}

std::optional<Fragment> Fragmenter::cut(std::int64_t until) {
  if (waiting_.empty()) return std::nullopt;
  std::vector<std::vector<h264::NalUnit>> units(waiting_.size());
  std::vector<fmp4::Sample> samples;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const Placed& picture = waiting_[i];
    for (const Frame::Unit& unit : picture.frame->units) units[i].push_back(picture.frame->unit(unit));
    const std::int64_t next = i + 1 < waiting_.size() ? waiting_[i + 1].decode : until;
    samples.push_back(
        {units[i], static_cast<std::uint32_t>(next - picture.decode), picture.offset, picture.frame->keyframe});
  }
  const std::int64_t began = waiting_.front().decode;
  auto bytes = fmp4::fragment(++fragments_, static_cast<std::uint64_t>(began), samples);
  Fragment fragment{std::make_shared<const std::string>(std::move(bytes)), began, until - began,
                    waiting_.front().frame->keyframe};
  waiting_.clear();
  return fragment;
}

}  // namespace pitview::video
