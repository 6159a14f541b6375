// One camera: connects, delivers into its stream, comes back after every failure
// (0.5 s, doubling to 15 s, with jitter), and says whether it is online.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "pitview/async/task_group.h"
#include "pitview/rtsp/client.h"
#include "stream/stream.h"

namespace pitview::video {

struct CameraSettings {
  std::string path;  // unguessable, a-z, 0-9 and -
  rtsp::Url url;
  bool always_on = false;  // else only while somebody watches
  std::string record;      // whose recordings these are; "": none are made

  // Whether the other's pictures are the same ones.
  bool is_same_source(const CameraSettings& other) const {
    return path == other.path && url.text() == other.url.text() && url.username == other.url.username &&
           url.password == other.url.password;
  }
};

enum class CameraState { idle, connecting, playing, waiting };
std::string_view name_of(CameraState state) noexcept;

class Camera {
 public:
  Camera(asio::any_io_executor executor, CameraSettings settings);
  // Precondition: stop() has returned.
  ~Camera() = default;

  void start();
  Awaitable<> stop();

  const CameraSettings& settings() const noexcept { return settings_; }
  Stream& stream() noexcept { return stream_; }

  // Somebody wants pictures: an on-demand camera connects, and lets go 10 s after the
  // last one has left.
  void wake();

  // Who watches notices nothing.
  void set_always_on(bool always_on);
  void set_record(std::string record) { settings_.record = std::move(record); }
  // As if somebody watched for some seconds: for a single picture.
  void wish();

  CameraState state() const noexcept { return state_; }
  // Whether it is there: false needs two signs, the end of the pictures and an attempt
  // to connect that failed as well. Empty while nobody wants the pictures of one that was there.
  std::optional<bool> is_online() const noexcept { return online_; }
  // Why it is not playing, the newest reason.
  const std::optional<rtsp::Failure>& failure() const noexcept { return failure_; }
  std::uint64_t connections() const noexcept { return connections_; }
  // Of the video that the camera describes: "H264", "H265"; "" before it was asked.
  const std::string& codec() const noexcept { return codec_; }

 private:
  Awaitable<> run();
  Awaitable<rtsp::Failure> play(rtsp::Client& client);
  Awaitable<> while_wanted();
  bool is_wanted() const noexcept {
    return settings_.always_on || stream_.sinks() > 0 || std::chrono::steady_clock::now() < wished_until_;
  }
  Awaitable<> wait(std::chrono::milliseconds time);

  asio::any_io_executor executor_;
  CameraSettings settings_;
  TaskGroup tasks_;
  asio::steady_timer wake_;
  Stream stream_;
  CameraState state_ = CameraState::idle;
  std::optional<rtsp::Failure> failure_;
  std::string codec_;
  std::uint64_t connections_ = 0;
  std::optional<bool> online_;
  SteadyTime wished_until_{};
  int failures_ = 0;  // one after the other, since the last picture
};

}  // namespace pitview::video
