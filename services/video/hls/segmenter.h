// Cuts a camera's pictures into what HLS serves: parts of a fifth of a second, segments that
// begin with a key frame (but for the second one), and the heads they need. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "pitview/base/time.h"
#include "stream/fragmenter.h"
#include "stream/stream.h"

namespace pitview::video {

struct HlsPart {
  SharedBytes bytes;  // moof and mdat
  double duration_s = 0;
  bool independent = false;  // begins with a key frame
};

struct HlsSegment {
  std::uint64_t number = 0;
  std::uint64_t head = 0;      // which head its pictures need
  bool discontinuity = false;  // another one than the segment before
  bool complete = false;
  Timestamp began{};  // when its first picture came
  std::vector<HlsPart> parts;

  double duration_s() const;
};

class Segmenter final : public FrameSink {
 public:
  static constexpr double kPartTarget = 0.25;  // seconds at most, of a camera of 8 pictures a second or more
  static constexpr std::size_t kKept = 8;      // segments
  static constexpr double kMinSegment = 0.5;   // seconds; shorter groups are joined
  static constexpr double kMaxSegment = 10;    // seconds; longer groups are cut anywhere

  // Begins with the pictures that the stream still has since its last key frame.
  Segmenter(Stream& stream, const Clock& clock);
  ~Segmenter() override;
  Segmenter(const Segmenter&) = delete;
  Segmenter& operator=(const Segmenter&) = delete;

  void on_frame(const FramePtr& frame) override;
  // Called after each new part.
  void on_part(std::function<void()> told) { on_part_ = std::move(told); }

  // The last one is not complete. Empty: no picture yet.
  const std::deque<HlsSegment>& segments() const noexcept { return segments_; }
  // Null: not kept any more, or never made.
  SharedBytes head(std::uint64_t number) const;
  const HlsSegment* find(std::uint64_t number) const;

  // Whole seconds, no segment is longer; only grows.
  int target_duration_s() const noexcept { return target_duration_s_; }
  // Seconds, no part is longer.
  double part_target_s() const noexcept { return part_target_s_; }
  // How often the kind of pictures changed in segments that are not kept any more.
  std::uint64_t discontinuities() const noexcept { return discontinuities_; }

 private:
  void begin_segment(const Frame& first, std::int64_t decode, bool discontinuity);
  void end_segment();
  // The pictures that wait become a part; the next one is decoded at `until`.
  void cut_part(std::int64_t until);

  Stream& stream_;
  const Clock& clock_;
  std::function<void()> on_part_;
  Fragmenter fragmenter_;
  std::int64_t segment_began_ = 0;
  std::uint64_t next_segment_ = 0;
  std::uint64_t discontinuities_ = 0;
  int target_duration_s_ = 2;
  double part_target_s_ = kPartTarget;
  std::deque<HlsSegment> segments_;
  std::deque<std::pair<std::uint64_t, SharedBytes>> heads_;
  std::uint64_t next_head_ = 0;
};

}  // namespace pitview::video
