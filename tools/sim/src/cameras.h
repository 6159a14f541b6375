// Virtual RTSP cameras: H.264 without B-frames, 1280 × 720 at 15 frames a second,
// about 1 Mbit/s, a key frame every 2 s. A camera draws and encodes only while
// somebody watches; all its viewers share one encoder.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "config.h"
#include "pitview/base/result.h"
#include "pitview/base/time.h"

namespace pitview::sim {

inline constexpr int kPictureWidth = 1280;
inline constexpr int kPictureHeight = 720;
inline constexpr int kFramesPerSecond = 15;

class Cameras {
 public:
  // Serves from a thread of its own. `clock` is read on the drawing threads.
  // Error: unavailable, when the address is taken or GStreamer lacks a plug-in.
  static Result<std::unique_ptr<Cameras>> start(const RtspConfig& rtsp, const std::vector<CameraConfig>& cameras,
                                                const Clock& clock);
  // Ends every stream.
  ~Cameras();
  Cameras(const Cameras&) = delete;
  Cameras& operator=(const Cameras&) = delete;

 private:
  struct Server;
  explicit Cameras(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace pitview::sim
