#include "camera/probe.h"

#include <cmath>

#include "pitview/async/deadline.h"
#include "pitview/rtp/h264_depacketizer.h"
#include "pitview/rtp/reorder.h"
#include "pitview/rtp/rtcp.h"
#include "stream/stream.h"
#include "webrtc/viewer.h"

namespace pitview::video {
namespace {

constexpr std::chrono::milliseconds kStep{50};
constexpr int kKeyframes = 2;

double seconds(std::chrono::steady_clock::duration time) { return std::chrono::duration<double>(time).count(); }

double seconds(rtp::rtcp::NtpTime time) { return time.seconds + time.fraction / 4294967296.0; }

// What comes of a camera while it is looked at.
struct Look {
  SteadyTime began;
  std::optional<SteadyTime> first;
  SteadyTime last{};
  std::optional<SteadyTime> first_keyframe;
  std::optional<SteadyTime> last_keyframe;
  int keyframes = 0;
  std::optional<double> clock_offset_s;
  Stream stream;

  void on_picture(const rtp::AccessUnit& unit) {
    const SteadyTime now = std::chrono::steady_clock::now();
    if (!first) first = now;
    last = now;
    if (unit.keyframe) {
      if (!first_keyframe) first_keyframe = now;
      last_keyframe = now;
      ++keyframes;
    }
    stream.push(unit, now);
  }
  void on_rtcp(std::span<const std::uint8_t> bytes) {
    const auto messages = rtp::rtcp::parse(bytes);
    if (!messages) return;
    for (const rtp::rtcp::Message& message : *messages)
      if (const auto* report = std::get_if<rtp::rtcp::SenderReport>(&message))
        clock_offset_s = seconds(report->ntp) - seconds(ntp_now());
  }
  bool is_enough(const ProbeOptions& options) const {
    const auto passed = std::chrono::steady_clock::now() - began;
    return passed > options.longest || (passed > options.enough && keyframes >= kKeyframes);
  }
};

void judge_by(const Look& look, ProbeReport& report) {
  const Stream::Counters& counters = look.stream.counters();
  if (const auto& format = look.stream.format()) {
    report.profile = h264::profile_name(*format);
    report.width = format->width;
    report.height = format->height;
  }
  if (!look.first) return;
  report.first_picture_ms = std::llround(seconds(*look.first - look.began) * 1000);
  report.b_frames = counters.b_slices > 0;
  report.clock_offset_s = look.clock_offset_s;
  if (look.keyframes >= kKeyframes)
    report.keyframe_seconds = seconds(*look.last_keyframe - *look.first_keyframe) / (look.keyframes - 1);
  const double span = seconds(look.last - *look.first);
  if (span < 0.5) return;
  report.frames_per_second = static_cast<double>(counters.frames - 1) / span;
  report.kilobits_per_second = static_cast<double>(counters.bytes) * 8 / 1000 / span;
}

Awaitable<> watch(const Look& look, const ProbeOptions& options) {
  while (!look.is_enough(options)) co_await sleep_for(kStep);
}

void note(ProbeReport& report, const rtsp::Failure& failure) {
  report.fault = rtsp::name_of(failure.fault);
  report.detail = failure.detail;
}

}  // namespace

Awaitable<ProbeReport> probe_camera(rtsp::Url url, ProbeOptions options) {
  using asio::experimental::awaitable_operators::operator||;
  ProbeReport report;
  Look look{.began = std::chrono::steady_clock::now()};
  rtsp::Client client(co_await asio::this_coro::executor, std::move(url));
  if (const auto failure = co_await client.describe()) {
    note(report, *failure);
    co_return report;
  }
  const auto& videos = client.description().videos;
  const auto track =
      std::find_if(videos.begin(), videos.end(), [](const auto& video) { return video.codec == "H264"; });
  report.codec = (track == videos.end() ? videos.front() : *track).codec;
  if (track == videos.end()) {
    co_await client.close();
    co_return report;
  }
  if (const auto failure = co_await client.play(*track)) {
    note(report, *failure);
    co_return report;
  }
  look.stream.set_parameter_sets(track->parameter_sets);
  rtp::Reorder reorder;
  rtp::H264Depacketizer depacketizer;
  const rtp::H264Depacketizer::Deliver deliver = [&](const rtp::AccessUnit& unit) { look.on_picture(unit); };
  auto ended = co_await (client.receive([&](std::span<const std::uint8_t> bytes, bool rtcp) {
    if (rtcp) return look.on_rtcp(bytes);
    const auto packet = rtp::parse(bytes);
    if (!packet || packet->payload_type != track->payload_type) return;
    reorder.push(*packet, [&](const rtp::Packet& due, std::size_t lost) { depacketizer.push(due, lost, deliver); });
  }) || watch(look, options));
  if (ended.index() == 0) note(report, std::get<0>(ended));
  judge_by(look, report);
  co_await client.close();
  co_return report;
}

}  // namespace pitview::video
