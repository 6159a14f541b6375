#include "painter.h"

#include <gst/gst.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "cameras.h"
#include "timecode.h"

namespace pitview::sim {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::nanoseconds kFrameTime{1'000'000'000 / kFramesPerSecond};

}  // namespace

Painter::Painter(GstAppSrc* source, SceneOptions options, const Clock& clock, Plan plan)
    : source_(source), options_(std::move(options)), clock_(clock), plan_(plan) {
  thread_ = std::jthread([this](const std::stop_token& stopped) { paint_until(stopped); });
}

Painter::~Painter() {
  stop();
  gst_object_unref(source_);
}

void Painter::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

// Once: the encoder begins anew with other parameter sets.
void Painter::shrink() {
  plan_.shrink_after = {};
  options_.width /= 2;
  options_.height /= 2;
  GstCaps* now = gst_app_src_get_caps(source_);
  GstCaps* caps = gst_caps_copy(now);
  gst_caps_unref(now);
  gst_caps_set_simple(caps, "width", G_TYPE_INT, options_.width, "height", G_TYPE_INT, options_.height, nullptr);
  gst_app_src_set_caps(source_, caps);
  gst_caps_unref(caps);
}

void Painter::paint_until(const std::stop_token& stopped) {
  auto scene = std::make_unique<Scene>(options_);
  std::mutex mutex;
  std::condition_variable_any wake;
  const auto started = steady_clock::now();
  auto next = started;
  while (!stopped.stop_requested()) {
    if (plan_.stall_after.count() > 0 && next - started >= plan_.stall_after) return;
    if (plan_.shrink_after.count() > 0 && next - started >= plan_.shrink_after) {
      shrink();
      scene = std::make_unique<Scene>(options_);
    }
    const int stride = options_.width * 4;
    GstBuffer* buffer = gst_buffer_new_allocate(nullptr, static_cast<gsize>(stride) * options_.height, nullptr);
    GstMapInfo map;
    if (buffer == nullptr || gst_buffer_map(buffer, &map, GST_MAP_WRITE) == FALSE) {
      gst_clear_buffer(&buffer);
      return;
    }
    scene->draw(clock_.now(), map.data, stride);
    if (plan_.timecode) draw_timecode(clock_.now(), map.data, stride);
    gst_buffer_unmap(buffer, &map);
    // The source stamps it with its running time, and drops the oldest frame
    // when the encoder cannot keep up. Takes over the buffer.
    const GstFlowReturn flow = gst_app_src_push_buffer(source_, buffer);
    // Flushing: the pipeline is not playing yet, or no longer.
    if (flow != GST_FLOW_OK && flow != GST_FLOW_FLUSHING) return;

    // After a stall frames go on from now instead of catching up in a burst.
    next = std::max(next + kFrameTime, steady_clock::now());
    std::unique_lock lock(mutex);
    wake.wait_until(lock, stopped, next, [] { return false; });
  }
}

}  // namespace pitview::sim
