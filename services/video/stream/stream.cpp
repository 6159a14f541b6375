#include "stream/stream.h"

#include <algorithm>

#include "pitview/h264/slice.h"

namespace pitview::video {

void Stream::set_parameter_sets(const std::vector<std::string>& sets) {
  for (const std::string& set : sets) {
    const h264::NalUnit unit(reinterpret_cast<const std::uint8_t*>(set.data()), set.size());
    note_parameter_sets({.units = {unit}});
  }
}

void Stream::note_parameter_sets(const rtp::AccessUnit& unit) {
  for (const h264::NalUnit nal : unit.units) {
    if (h264::type_of(nal) == h264::NalType::sequence_parameter_set) {
      if (std::equal(nal.begin(), nal.end(), sps_.begin(), sps_.end())) continue;
      const auto read = h264::parse_sequence_parameter_set(nal);
      if (!read) continue;
      sps_.assign(nal.begin(), nal.end());
      format_ = *read;
    } else if (h264::type_of(nal) == h264::NalType::picture_parameter_set) {
      pps_.assign(nal.begin(), nal.end());
    }
  }
}

void Stream::push(const rtp::AccessUnit& unit, SteadyTime now) {
  note_parameter_sets(unit);
  last_frame_ = now;
  ++counters_.frames;
  ++pictures_;
  for (const h264::NalUnit nal : unit.units) {
    counters_.bytes += nal.size();
    if (const auto start = h264::start_of_slice(nal); start && start->type == h264::SliceType::b) {
      ++counters_.b_slices;
      reorders_ = true;
      break;
    }
  }
  // A hole is not shown: a picture that rests on it would be torn for seconds.
  if (unit.damaged) {
    ++counters_.damaged;
    broken_ = true;
  }
  if (unit.keyframe && !unit.damaged) broken_ = false;
  if (broken_ || sps_.empty() || pps_.empty()) return;
  if (unit.keyframe) ++counters_.keyframes;
  FramePtr frame = make_frame(unit, {sps_, pps_}, now);
  keep(frame);
  // A sink may leave while it is served.
  const std::vector<FrameSink*> sinks = sinks_;
  for (FrameSink* sink : sinks) sink->on_frame(frame);
}

void Stream::keep(const FramePtr& frame) {
  if (frame->keyframe) {
    group_.clear();
    group_bytes_ = 0;
  } else if (group_.empty()) {
    return;
  }
  group_bytes_ += frame->bytes.size();
  group_.push_back(frame);
  if (group_bytes_ > kMaxCachedBytes || group_.size() > kMaxCachedFrames) {
    group_.clear();
    group_bytes_ = 0;
  }
}

void Stream::reset() {
  group_.clear();
  group_bytes_ = 0;
  broken_ = true;
  reorders_ = false;
  pictures_ = 0;
}

void Stream::add(FrameSink& sink) { sinks_.push_back(&sink); }
void Stream::remove(FrameSink& sink) { std::erase(sinks_, &sink); }

}  // namespace pitview::video
