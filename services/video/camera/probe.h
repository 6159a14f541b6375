// Looks at a camera that need not be one of ours yet, for some seconds.
#pragma once

#include <chrono>

#include "pitview/rtsp/client.h"
#include "pitview/video/control.h"

namespace pitview::video {

struct ProbeOptions {
  // As long as that, or until two key frames have come and it is at least `enough`.
  std::chrono::milliseconds longest{8'000};
  std::chrono::milliseconds enough{3'000};
};

Awaitable<ProbeReport> probe_camera(rtsp::Url url, ProbeOptions options = {});

}  // namespace pitview::video
