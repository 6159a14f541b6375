// What one camera sends, for everyone who wants it: the newest pictures since the last
// key frame are kept, so that who comes now sees at once. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "pitview/h264/parameter_sets.h"
#include "stream/frame.h"

namespace pitview::video {

class FrameSink {
 public:
  virtual ~FrameSink() = default;
  virtual void on_frame(const FramePtr& frame) = 0;
};

class Stream {
 public:
  // Beyond it the cached pictures are let go: who comes then waits for a key frame.
  static constexpr std::size_t kMaxCachedBytes = 4 << 20;
  static constexpr std::size_t kMaxCachedFrames = 600;

  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // From the description of the camera, before its first picture.
  void set_parameter_sets(const std::vector<std::string>& sets);
  void push(const rtp::AccessUnit& unit, SteadyTime now);
  // The camera is gone: what is cached is old.
  void reset();

  void add(FrameSink& sink);
  void remove(FrameSink& sink);
  std::size_t sinks() const noexcept { return sinks_.size(); }

  // From the last key frame on; empty when there is none.
  const std::deque<FramePtr>& group() const noexcept { return group_; }

  // Of the newest sequence parameter set.
  const std::optional<h264::SequenceParameterSet>& format() const noexcept { return format_; }

  // Pictures come in another order than they are shown, since the camera has connected:
  // nothing for WebRTC, whose receivers show them as they come.
  bool reorders() const noexcept { return reorders_; }
  // Since the camera has connected.
  std::uint64_t pictures() const noexcept { return pictures_; }

  struct Counters {
    std::uint64_t frames = 0;
    std::uint64_t keyframes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t damaged = 0;   // left out, with all up to the next key frame
    std::uint64_t b_slices = 0;  // pictures that browsers' WebRTC cannot show in order
  };
  const Counters& counters() const noexcept { return counters_; }
  std::optional<SteadyTime> last_frame() const noexcept { return last_frame_; }

 private:
  void note_parameter_sets(const rtp::AccessUnit& unit);
  void keep(const FramePtr& frame);

  std::vector<std::uint8_t> sps_;
  std::vector<std::uint8_t> pps_;
  std::optional<h264::SequenceParameterSet> format_;
  std::deque<FramePtr> group_;
  std::size_t group_bytes_ = 0;
  bool reorders_ = false;
  std::uint64_t pictures_ = 0;
  bool broken_ = true;  // nothing is shown until the next key frame
  std::vector<FrameSink*> sinks_;
  Counters counters_;
  std::optional<SteadyTime> last_frame_;
};

}  // namespace pitview::video
