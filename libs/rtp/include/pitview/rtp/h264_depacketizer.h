// RTP packets of a camera to access units (RFC 6184: single NAL units, STAP-A,
// FU-A; the interleaved modes are not used by cameras).
//
// An access unit goes out with the packet that ends it (marker bit), not with the
// next one, which would cost a frame of delay. Cameras that set the marker after
// every NAL unit are noticed, and from then on the timestamp decides.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "pitview/h264/nal_unit.h"
#include "pitview/rtp/packet.h"

namespace pitview::rtp {

// One picture with what belongs to it. The bytes are good until the callback returns.
struct AccessUnit {
  std::uint32_t timestamp = 0;  // 90 kHz, as the camera counts
  bool keyframe = false;        // has an IDR slice
  bool damaged = false;         // packets are missing within or just before it
  std::vector<h264::NalUnit> units;
};

class H264Depacketizer {
 public:
  // A picture beyond this is given up: 4 MB is some hundred times a frame of 2 Mbit/s.
  static constexpr std::size_t kMaxBytes = 4 << 20;
  static constexpr std::size_t kMaxUnits = 512;

  using Deliver = std::function<void(const AccessUnit&)>;

  // Packets in order; `lost`: how many are missing before this one.
  void push(const Packet& packet, std::size_t lost, const Deliver& deliver);

  // Payloads that are no H.264 of RFC 6184, and pictures that were too large, so far.
  std::uint64_t malformed() const noexcept { return malformed_; }

 private:
  struct Unit {
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  void take(Bytes payload);
  void take_aggregate(Bytes payload);
  void take_fragment(Bytes payload);
  void append_unit(h264::NalUnit unit);
  bool fits(std::size_t more);
  void spoil();
  bool has_slice() const;
  bool marker_is_early(Bytes payload) const;
  void finish(const Deliver& deliver);

  std::vector<std::uint8_t> bytes_;
  std::vector<Unit> units_;
  std::uint32_t timestamp_ = 0;
  bool begun_ = false;
  bool damaged_ = false;
  bool in_fragment_ = false;  // the last unit is not complete yet
  bool skipping_ = false;     // the rest of this picture is not wanted
  bool markers_lie_ = false;  // this camera sets them within pictures
  bool delivered_once_ = false;
  std::uint32_t delivered_timestamp_ = 0;
  std::uint64_t malformed_ = 0;
};

}  // namespace pitview::rtp
