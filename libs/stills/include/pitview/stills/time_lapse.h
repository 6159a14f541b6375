// Key frames in a quick row, with a card of words in front and behind: H.264 (High, 4:2:0) that every
// phone plays. One thread; takes some 20 ms of processor time a picture.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pitview/base/result.h"
#include "pitview/h264/nal_unit.h"

namespace pitview::stills {

struct Card {
  std::string above;               // small: whose it is
  std::string title;               // large
  std::vector<std::string> lines;  // below
};

struct EncodedPicture {
  std::vector<std::uint8_t> stream;  // Annex B; of a key frame with its parameter sets
  bool keyframe = false;
};

class TimeLapse {
 public:
  static constexpr int kMaxWidth = 1'280;  // pixels
  static constexpr int kMaxHeight = 720;
  static constexpr int kGroup = 25;  // pictures from key frame to key frame

  // `first`: the first key frame with its parameter sets, whose shape all of it has. validation_failed: it
  // cannot be decoded. internal_error: there is no encoder here.
  static Result<TimeLapse> of(std::span<const h264::NalUnit> first);
  TimeLapse(TimeLapse&&) noexcept;
  ~TimeLapse();

  int width() const noexcept;
  int height() const noexcept;

  // validation_failed: it cannot be decoded, and is left out.
  Result<EncodedPicture> add(std::span<const h264::NalUnit> key_frame);
  Result<EncodedPicture> add(const Card& card);

 private:
  struct Encoder;
  explicit TimeLapse(std::unique_ptr<Encoder> encoder);
  std::unique_ptr<Encoder> encoder_;
};

}  // namespace pitview::stills
