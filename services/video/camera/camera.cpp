#include "camera/camera.h"

#include <algorithm>
#include <random>

#include "pitview/async/deadline.h"
#include "pitview/base/log.h"
#include "pitview/rtp/h264_depacketizer.h"
#include "pitview/rtp/reorder.h"

namespace pitview::video {
namespace {

constexpr std::chrono::milliseconds kFirstRetry{500};
constexpr std::chrono::milliseconds kLastRetry{15'000};
constexpr std::chrono::seconds kLinger{10};
constexpr std::chrono::seconds kWish{5};
constexpr int kSignsOfAbsence = 2;
// A camera that played so long is well: its next failure begins with a short wait again.
constexpr std::chrono::seconds kWell{30};

// 80 to 120 %: cameras of a site that lost its power do not come back in one step.
std::chrono::milliseconds jittered(std::chrono::milliseconds time) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds(time.count() * std::uniform_int_distribution<long>(80, 120)(random) / 100);
}

const rtsp::VideoTrack* h264_track(const rtsp::Description& description) {
  for (const rtsp::VideoTrack& track : description.videos)
    if (track.codec == "H264") return &track;
  return nullptr;
}

}  // namespace

std::string_view name_of(CameraState state) noexcept {
  switch (state) {
    case CameraState::idle: return "idle";
    case CameraState::connecting: return "connecting";
    case CameraState::playing: return "playing";
    case CameraState::waiting: return "waiting";
  }
  return "idle";
}

Camera::Camera(asio::any_io_executor executor, CameraSettings settings)
    : executor_(std::move(executor)), settings_(std::move(settings)), tasks_(executor_), wake_(executor_) {}

void Camera::start() { tasks_.spawn("camera " + settings_.path, run()); }

Awaitable<> Camera::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

void Camera::wake() { wake_.cancel(); }

void Camera::set_always_on(bool always_on) {
  settings_.always_on = always_on;
  wake();
}

void Camera::wish() {
  wished_until_ = std::chrono::steady_clock::now() + kWish;
  wake();
}

Awaitable<> Camera::run() {
  using asio::experimental::awaitable_operators::operator||;
  std::chrono::milliseconds retry = kFirstRetry;
  while (true) {
    while (!is_wanted()) {
      state_ = CameraState::idle;
      // One that was away stays so until somebody finds it there.
      if (online_ == true) online_.reset();
      failures_ = 0;
      co_await wait(std::chrono::hours(1));
    }
    state_ = CameraState::connecting;
    const auto began = std::chrono::steady_clock::now();
    rtsp::Client client(executor_, settings_.url);
    ++connections_;
    auto ended = co_await (play(client) || while_wanted());
    stream_.reset();
    if (ended.index() == 1) {
      co_await client.close();
      failure_.reset();
      continue;
    }
    failure_ = std::get<0>(ended);
    if (++failures_ >= kSignsOfAbsence) online_ = false;
    co_await client.close();
    log::info("camera_failed",
              {{"path", settings_.path}, {"fault", name_of(failure_->fault)}, {"detail", failure_->detail}});
    if (std::chrono::steady_clock::now() - began > kWell) retry = kFirstRetry;
    state_ = CameraState::waiting;
    co_await sleep_for(jittered(retry));
    retry = std::min(retry * 2, kLastRetry);
  }
}

Awaitable<rtsp::Failure> Camera::play(rtsp::Client& client) {
  if (auto failure = co_await client.describe()) co_return std::move(*failure);
  const rtsp::VideoTrack* track = h264_track(client.description());
  codec_ = (track != nullptr ? *track : client.description().videos.front()).codec;
  if (track == nullptr)
    co_return rtsp::Failure{rtsp::Fault::no_video, "The camera sends " + codec_ + "; browsers need H.264."};
  if (auto failure = co_await client.play(*track)) co_return std::move(*failure);
  stream_.set_parameter_sets(track->parameter_sets);
  state_ = CameraState::playing;
  log::info("camera_plays", {{"path", settings_.path}});

  rtp::Reorder reorder;
  rtp::H264Depacketizer depacketizer;
  const std::uint8_t payload_type = track->payload_type;
  const rtp::H264Depacketizer::Deliver deliver = [this](const rtp::AccessUnit& unit) {
    failure_.reset();
    failures_ = 0;
    online_ = true;
    stream_.push(unit, std::chrono::steady_clock::now());
  };
  co_return co_await client.receive([&](std::span<const std::uint8_t> bytes, bool rtcp) {
    if (rtcp) return;
    const auto packet = rtp::parse(bytes);
    if (!packet || packet->payload_type != payload_type) return;
    reorder.push(*packet, [&](const rtp::Packet& due, std::size_t lost) { depacketizer.push(due, lost, deliver); });
  });
}

// Ends when nobody has wanted pictures for a while.
Awaitable<> Camera::while_wanted() {
  auto unwanted_since = std::chrono::steady_clock::now();
  while (true) {
    co_await sleep_for(std::chrono::seconds(1));
    const auto now = std::chrono::steady_clock::now();
    if (is_wanted()) unwanted_since = now;
    if (now - unwanted_since > kLinger) co_return;
  }
}

// Until wake(), at most `time`.
Awaitable<> Camera::wait(std::chrono::milliseconds time) {
  wake_.expires_after(time);
  error_code ignored;
  co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace pitview::video
