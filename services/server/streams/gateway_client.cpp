#include "streams/gateway_client.h"

#include "pitview/json/read.h"
#include "pitview/json/write.h"

namespace pitview::streams {
namespace {

http::ClientOptions options_of(const std::string& url, const crypto::Key256& secret,
                               std::chrono::milliseconds timeout) {
  http::ClientOptions options = http::client_options_of(url);
  options.authorization = "Bearer " + crypto::to_hex(secret);
  options.timeout = timeout;
  return options;
}

}  // namespace

GatewayClient::GatewayClient(asio::any_io_executor executor, const std::string& url, const crypto::Key256& secret,
                             std::chrono::milliseconds timeout)
    : client_(std::move(executor), options_of(url, secret, timeout)) {}

Awaitable<Result<video::GatewayState>> GatewayClient::state() {
  const auto answer = co_await ask(http::Method::get, "/control/state");
  if (!answer) co_return answer.error();
  co_return json::read<video::GatewayState>(*answer);
}

Awaitable<Result<>> GatewayClient::set_cameras(video::WantedCameras cameras) {
  const auto answer = co_await ask(http::Method::put, "/control/cameras", json::write(cameras));
  if (!answer) co_return answer.error();
  co_return Done{};
}

Awaitable<Result<std::uint64_t>> GatewayClient::cut(std::vector<std::string> viewers) {
  const video::CutRequest request{.viewers = std::move(viewers)};
  const auto answer = co_await ask(http::Method::post, "/control/viewers/cut", json::write(request));
  if (!answer) co_return answer.error();
  const auto cut = json::read<video::CutAnswer>(*answer);
  if (!cut) co_return cut.error();
  co_return cut->cut;
}

Awaitable<Result<video::RecordingChanges>> GatewayClient::recordings(std::uint64_t after) {
  const auto answer = co_await ask(http::Method::get, "/control/recordings?after=" + std::to_string(after));
  if (!answer) co_return answer.error();
  co_return json::read<video::RecordingChanges>(*answer);
}

Awaitable<Result<>> GatewayClient::remove(std::vector<video::RecordingToRemove> recordings) {
  const auto answer = co_await ask(http::Method::post, "/control/recordings/remove",
                                   json::write(video::RemoveRequest{std::move(recordings)}));
  if (!answer) co_return answer.error();
  co_return Done{};
}

Awaitable<Result<>> GatewayClient::make_clip(video::ClipRequest clip) {
  const auto answer = co_await ask(http::Method::post, "/control/clips", json::write(clip));
  if (!answer) co_return answer.error();
  co_return Done{};
}

Awaitable<Result<video::ProbeReport>> GatewayClient::probe(std::string rtsp_url) {
  const auto answer =
      co_await ask(http::Method::post, "/control/probe", json::write(video::ProbeRequest{std::move(rtsp_url)}));
  if (!answer) co_return answer.error();
  co_return json::read<video::ProbeReport>(*answer);
}

// The body of a refusal may quote what was sent, camera passwords among it: only its status is told on.
Awaitable<Result<std::string>> GatewayClient::ask(http::Method method, std::string target, std::string body) {
  auto answer = co_await client_.send(method, target, std::move(body));
  if (!answer) co_return answer.error();
  if (answer->status == 429)
    co_return Error{Errc::rate_limited, "Other cameras are being looked at. Try again soon.", {}, 5};
  if (answer->status < 200 || answer->status > 299)
    co_return Error{Errc::unavailable, "it answers " + std::to_string(answer->status) + " to " + target, {}, 0};
  co_return std::move(answer->body);
}

}  // namespace pitview::streams
