// Feeds one encoder: a thread that draws a frame 15 times a second into an
// appsrc, from construction to destruction.
#pragma once

#include <gst/app/gstappsrc.h>

#include <chrono>
#include <stop_token>
#include <thread>

#include "pitview/base/time.h"
#include "scene.h"

namespace pitview::sim {

class Painter {
 public:
  // Takes over the reference to `source`. After `stall_after` (0: never) it draws no more,
  // as a camera does that hangs without closing its connections.
  Painter(GstAppSrc* source, SceneOptions options, const Clock& clock, std::chrono::seconds stall_after);
  ~Painter();
  // No frame is drawn and the clock is not read any more. Any thread, once or again.
  void stop();
  Painter(const Painter&) = delete;
  Painter& operator=(const Painter&) = delete;

 private:
  void paint_until(const std::stop_token& stopped);

  GstAppSrc* source_;
  SceneOptions options_;
  const Clock& clock_;
  std::chrono::seconds stall_after_;
  std::jthread thread_;
};

}  // namespace pitview::sim
