#include "app/gateway.h"

#include <csignal>

#include "pitview/base/log.h"
#include "pitview/config/config.h"

namespace pitview::video {
namespace {

constexpr std::chrono::seconds kDrain{3};

std::unique_ptr<TcpPort> tcp_port_of(asio::io_context& context, const WebRtcConfig& config) {
  if (!config.tcp) return nullptr;
  return std::make_unique<TcpPort>(context, config.address, config.tcp_port != 0 ? config.tcp_port : config.port);
}

// UDP first: TCP repeats what is lost, and everything behind it waits.
std::vector<webrtc::Candidate> candidates_of(const WebRtcConfig& config, const UdpPort& udp, const TcpPort* tcp) {
  std::vector<webrtc::Candidate> candidates;
  for (const std::string& address : config.candidates) candidates.push_back({address, udp.port(), false});
  if (tcp != nullptr)
    for (const std::string& address : config.candidates) candidates.push_back({address, tcp->port(), true});
  return candidates;
}

std::unique_ptr<Recordings> recordings_of(const RecordingsConfig& config, const Clock& clock) {
  if (config.directory.empty()) return nullptr;
  return std::make_unique<Recordings>(
      Recordings::Options{.directory = config.directory,
                          .master_key = config::load_key(config.master_key_file),
                          .keep = std::chrono::days(config.keep_days),
                          .min_free_bytes = static_cast<std::uint64_t>(config.min_free_mib) << 20,
                          .bucket = bucket_of(config.bucket)},
      clock);
}

}  // namespace

Gateway::Gateway(const Config& config)
    : token_secret_(config::load_key(config.tokens.secret_file)),
      control_secret_(config::load_key(config.control.secret_file)),
      udp_port_(runtime_.context(0), config.webrtc.address, config.webrtc.port),
      tcp_port_(tcp_port_of(runtime_.context(0), config.webrtc)),
      cameras_(runtime_.context(0).get_executor()),
      recordings_(recordings_of(config.recordings, clock_)),
      library_(recordings_ ? std::make_unique<Library>(recordings_->catalogue(), recordings_->master_key(),
                                                       recordings_->stored())
                           : nullptr),
      clips_(recordings_
                 ? std::make_unique<Clips>(runtime_.context(0).get_executor(), *library_, recordings_->catalogue())
                 : nullptr),
      viewers_(runtime_.context(0), udp_port_, tcp_port_.get()),
      hls_viewers_(runtime_.context(0).get_executor(), clock_),
      playbacks_(runtime_.context(0).get_executor()),
      whep_({cameras_, viewers_, cut_rights_, token_secret_, clock_,
             candidates_of(config.webrtc, udp_port_, tcp_port_.get())}),
      hls_({cameras_, hls_viewers_, cut_rights_, token_secret_, clock_}),
      stills_({cameras_, cut_rights_, token_secret_, clock_}),
      playback_({playbacks_, cut_rights_, token_secret_, clock_}, library_.get()),
      control_({cameras_, viewers_, hls_viewers_, playbacks_, recordings_.get(), clips_.get(), cut_rights_,
                control_secret_, clock_}),
      server_(runtime_, http_options(config), make_router()) {
  cameras_.on_removed([this](const std::string& path) {
    viewers_.cut([&](const Viewer& viewer) { return viewer.path() == path; });
    hls_viewers_.remove_stream(path);
    stills_.forget(path);
    if (recordings_) recordings_->forget(path);
  });
}

http::Router Gateway::make_router() {
  http::Router router;
  whep_.add_to(router);
  hls_.add_to(router);
  stills_.add_to(router);
  playback_.add_to(router);
  control_.add_to(router);
  router.add(http::Method::get, "/healthz",
             [](const http::Request&) -> Awaitable<http::Response> { co_return http::Response::text(200, "ok\n"); });
  return router;
}

http::Options Gateway::http_options(const Config& config) const {
  http::Options options;
  options.address = config.http.address;
  options.port = config.http.port;
  options.trusted_proxies = config.http.trusted_proxies;
  // A page of ours comes from another origin; what opens a stream is the token alone.
  options.readable_by = "*";
  options.on_finished = [](const http::Finished& finished) {
    // The route, not the path: that is a secret of its own.
    log::info("request", {{"method", name_of(finished.request.method)},
                          {"route", finished.route},
                          {"status", finished.status},
                          {"ms", std::chrono::duration<double, std::milli>(finished.duration).count()},
                          {"request_id", finished.request.request_id}});
  };
  return options;
}

int Gateway::run() {
  server_.start();
  viewers_.start();
  hls_viewers_.start();
  playbacks_.start();
  asio::co_spawn(runtime_.context(0), stop_on_signal(), asio::detached);
  log::info("started", {{"http", server_.port()}, {"webrtc", udp_port_.port()}});
  runtime_.run();
  return 0;
}

Awaitable<> Gateway::stop_on_signal() {
  asio::signal_set signals(runtime_.context(0), SIGTERM, SIGINT);
  const int signal = co_await signals.async_wait(asio::use_awaitable);
  log::info("stopping", {{"signal", signal}});
  co_await server_.stop(kDrain);
  co_await viewers_.stop();
  co_await hls_viewers_.stop();
  co_await playbacks_.stop();
  if (clips_) co_await clips_->stop();
  co_await cameras_.stop();
  udp_port_.close();
  log::info("stopped");
  runtime_.stop();
}

}  // namespace pitview::video
