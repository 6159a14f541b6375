// The control API of pitview-video (pitview/video/control.h), from the server's side.
//
// One thread, one call at a time.
#pragma once

#include "pitview/base/crypto.h"
#include "pitview/http/client.h"
#include "pitview/video/control.h"

namespace pitview::streams {

class GatewayClient {
 public:
  // std::invalid_argument when `url` is none: "http://127.0.0.1:18889".
  GatewayClient(asio::any_io_executor executor, const std::string& url, const crypto::Key256& secret,
                std::chrono::milliseconds timeout = std::chrono::seconds(2));

  // Each: unavailable when the gateway cannot be reached or refuses, with the reason.
  Awaitable<Result<video::GatewayState>> state();
  Awaitable<Result<>> set_cameras(video::WantedCameras cameras);
  // By id; returns how many there still were.
  Awaitable<Result<std::uint64_t>> cut(std::vector<std::string> viewers);
  // `after`: 0 for all; see video::RecordingChanges.
  Awaitable<Result<video::RecordingChanges>> recordings(std::uint64_t after);
  // Those that are there no more are no error.
  Awaitable<Result<>> remove(std::vector<video::RecordingToRemove> recordings);
  Awaitable<Result<>> make_clip(video::ClipRequest clip);
  // Takes some seconds.
  Awaitable<Result<video::ProbeReport>> probe(std::string rtsp_url);

 private:
  Awaitable<Result<std::string>> ask(http::Method method, std::string target, std::string body = {});

  http::Client client_;
};

}  // namespace pitview::streams
