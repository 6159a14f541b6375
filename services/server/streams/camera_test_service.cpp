#include "streams/camera_test_service.h"

#include "pits/camera_check.h"
#include "streams/gateway_client.h"

namespace pitview::streams {
namespace {

constexpr std::chrono::seconds kPatience{14};  // a look takes 8 s at most, and the connection before it 5
constexpr std::string_view kMainStream = "/Streaming/Channels/101";
constexpr const char* kSubStream = "/Streaming/Channels/102";

pits::CameraMeasurement measurement_of(const video::ProbeReport& report) {
  pits::CameraMeasurement seen{.fault = report.fault,
                               .codec = report.codec,
                               .profile = report.profile,
                               .width = report.width,
                               .height = report.height,
                               .frames_per_second = report.frames_per_second,
                               .keyframe_seconds = report.keyframe_seconds,
                               .kilobits_per_second = report.kilobits_per_second,
                               .b_frames = report.b_frames,
                               .clock_offset_s = report.clock_offset_s};
  if (report.first_picture_ms) seen.first_picture_s = static_cast<double>(*report.first_picture_ms) / 1000;
  return seen;
}

CameraTest test_of(PitId pit, const video::ProbeReport& report, const std::vector<pits::CameraCheck>& checks) {
  CameraTest test{.pit_id = pit,
                  .verdict = std::string(name_of(pits::verdict_of(checks))),
                  .codec = report.codec,
                  .profile = report.profile,
                  .width = report.width,
                  .height = report.height,
                  .frames_per_second = report.frames_per_second,
                  .keyframe_seconds = report.keyframe_seconds,
                  .kilobits_per_second = report.kilobits_per_second,
                  .b_frames = report.b_frames,
                  .first_picture_ms = report.first_picture_ms,
                  .clock_offset_s = report.clock_offset_s};
  for (const pits::CameraCheck& check : checks)
    test.checks.push_back({check.name, std::string(name_of(check.verdict)), check.sentence});
  return test;
}

// That of a Hikvision; empty for any other camera.
std::optional<std::string> sub_stream_of(const std::string& url) {
  const std::size_t at = url.rfind(kMainStream);
  if (at == std::string::npos || at + kMainStream.size() != url.size()) return std::nullopt;
  return url.substr(0, at) + kSubStream;
}

}  // namespace

Awaitable<Result<CameraTest>> CameraTestService::test(Principal principal, PitId pit, std::optional<std::string> url) {
  const auto address = co_await parts_.urls.find(principal.workshop, pit, std::move(url));
  if (!address) co_return address.error();
  if (parts_.gateway_url.empty()) co_return Error{Errc::unavailable, "Live video is not set up here.", {}, 0};
  GatewayClient gateway(co_await asio::this_coro::executor, parts_.gateway_url, parts_.gateway_secret, kPatience);
  const auto report = co_await gateway.probe(*address);
  if (!report) co_return report.error();
  std::optional<pits::SubStream> sub_stream;
  if (const auto other = sub_stream_of(*address); other && report->codec == "H265") {
    const auto second = co_await gateway.probe(*other);
    if (second && second->codec == "H264") sub_stream = pits::SubStream{kSubStream, second->width, second->height};
  }
  co_return test_of(pit, *report, pits::judge_camera(measurement_of(*report), sub_stream));
}

}  // namespace pitview::streams
