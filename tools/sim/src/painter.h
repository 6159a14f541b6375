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
  // What happens some time after the first frame; 0: never.
  struct Plan {
    std::chrono::seconds stall_after{0};   // it draws no more, as a camera that hangs
    std::chrono::seconds shrink_after{0};  // half as wide and high, as a camera that is set anew
    bool timecode = false;                 // not of a time, but here all the same: see timecode.h
  };
  // Takes over the reference to `source`.
  Painter(GstAppSrc* source, SceneOptions options, const Clock& clock, Plan plan);
  ~Painter();
  // No frame is drawn and the clock is not read any more. Any thread, once or again.
  void stop();
  Painter(const Painter&) = delete;
  Painter& operator=(const Painter&) = delete;

 private:
  void paint_until(const std::stop_token& stopped);
  void shrink();

  GstAppSrc* source_;
  SceneOptions options_;
  const Clock& clock_;
  Plan plan_;
  std::jthread thread_;
};

}  // namespace pitview::sim
