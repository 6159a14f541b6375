// Records one camera: its pictures in fragments of at most a second, in files of some minutes that
// each begin with a key frame. While it lives it records; pictures since the last key frame
// before it are recorded too. One thread, that of the stream.
#pragma once

#include <optional>

#include "recording/recording_writer.h"
#include "stream/stream.h"

namespace pitview::video {

class Recorder final : public FrameSink {
 public:
  static constexpr std::int64_t kFragment = 81'000;        // ticks at most, 0.9 s, of a camera of 10 pictures a second
  static constexpr std::int64_t kFile = 600LL * 90'000;    // ticks at least, before another file begins
  static constexpr std::chrono::seconds kInterruption{2};  // without a picture

  Recorder(Stream& stream, const Clock& clock, RecordingWriter& writer, std::string workshop, std::string path);
  ~Recorder() override;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void on_frame(const FramePtr& frame) override;
  const std::string& workshop() const noexcept { return workshop_; }

 private:
  void begin_file(const FramePtr& frame, std::int64_t decode);
  void cut(std::int64_t until);
  Timestamp time_of(const FramePtr& frame) const;

  Stream& stream_;
  const Clock& clock_;
  RecordingWriter& writer_;
  const std::string workshop_;
  const std::string path_;
  Fragmenter fragmenter_;
  std::optional<std::uint64_t> file_;
  Timestamp last_file_{};
  std::int64_t file_began_ = 0;   // ticks
  std::int64_t last_decode_ = 0;  // ticks
  SteadyTime last_arrival_{};
  Timestamp fragment_began_{};
};

}  // namespace pitview::video
