#include "app/server_app.h"

#include <algorithm>

#include "live/live_socket.h"
#include "pitview/async/deadline.h"
#include "pitview/base/log.h"
#include "pitview/db/migrations.h"
#include "pitview/http/static_files.h"
#include "pitview/json/write.h"
#include "system/system_routes.h"

namespace pitview::app {
namespace {

constexpr std::chrono::seconds kDrain{10};
constexpr std::chrono::milliseconds kFirstRetry{250};
constexpr std::chrono::milliseconds kLastRetry{5000};
constexpr std::chrono::hours kHousekeepingEvery{1};
constexpr std::chrono::minutes kRollUpEvery{1};
constexpr std::chrono::seconds kReportEvery{5};
constexpr std::chrono::seconds kBetweenSteps{1};

// Without the secret of a link.
std::string_view loggable_path(std::string_view path) {
  return path.starts_with("/t/") ? "/t/-" : path.starts_with("/c/") ? "/c/-" : path;
}

}  // namespace

ServerApp::ServerApp(Config config)
    : config_(std::move(config)),
      services_(config_, load_keys(config_)),
      tasks_(services_.runtime.context(0).get_executor()),
      server_(services_.runtime, http_options(), make_router()) {
  services_.metrics.add_gauge("pitview_live_subscribers", "Browsers with an open live connection",
                              [this] { return static_cast<double>(services_.hub.subscribers()); });
  services_.metrics.add_gauge("pitview_live_superseded", "Readings not shown because a newer one was there already",
                              [this] { return static_cast<double>(services_.hub.superseded()); });
  services_.metrics.add_gauge("pitview_bridge_dropped", "Live events that other servers did not get",
                              [this] { return static_cast<double>(services_.bridge.dropped()); });
  services_.metrics.add_gauge("pitview_alerts_open", "Alerts that last now",
                              [this] { return static_cast<double>(services_.alert_monitor.open()); });
  services_.metrics.add_gauge("pitview_alerts_waiting", "Changes of alerts that wait for the database",
                              [this] { return static_cast<double>(services_.alert_writer.waiting()); });
  services_.metrics.add_gauge("pitview_alerts_held_back",
                              "Alerts that were not raised at once because the same one was raised too often",
                              [this] { return static_cast<double>(services_.alert_monitor.held_back()); });
  services_.metrics.add_gauge("pitview_http_connections", "Open HTTP connections, WebSockets included",
                              [this] { return static_cast<double>(server_.connections()); });
}

http::Router ServerApp::make_router() {
  http::Router router;
  http::OpenApi document = new_api_document();
  system::add_system_routes(router, services_.metrics,
                            {services_.database, [this] { return services_.healthy.load(); }});
  if (!services_.roles.api) return router;
  api::Api api(router, document, services_.authenticator);
  add_features(api, services_);
  router.add_websocket("/ws", live::live_socket_handler({services_.hub, services_.pit_views, services_.authenticator,
                                                         services_.ws_tickets, services_.sessions, services_.viewer_log,
                                                         services_.clock}));
  system::add_api_document(router, document.document());
  router.set_fallback(http::static_files(config_.http.web_root));
  return router;
}

http::Options ServerApp::http_options() {
  http::Options options;
  options.address = config_.http.address;
  options.port = config_.http.port;
  options.trusted_proxies = config_.http.trusted_proxies;
  options.allowed_origins = config_.http.allowed_origins;
  if (has_video(config_)) options.page_sources.push_back(config_.video.public_url);
  options.on_finished = [this](const http::Finished& finished) {
    services_.metrics.request_finished(finished);
    // The path without its query and without a tracking link: both carry what opens.
    log::info("request", {{"method", name_of(finished.request.method)},
                          {"path", loggable_path(finished.request.path)},
                          {"status", finished.status},
                          {"ms", std::chrono::duration<double, std::milli>(finished.duration).count()},
                          {"bytes", finished.bytes},
                          {"request_id", finished.request.request_id}});
  };
  return options;
}

int ServerApp::run() {
  server_.start();
  asio::co_spawn(services_.runtime.context(0), stop_on_signal(), asio::detached);
  tasks_.spawn("start", start());
  services_.runtime.run();
  return exit_code_;
}

// The port is open already and /readyz says "not ready": the database may come
// up later than we do, so it is asked again until it answers.
Awaitable<> ServerApp::start() {
  std::chrono::milliseconds wait = kFirstRetry;
  while (!co_await try_start()) {
    co_await sleep_for(wait);
    wait = std::min(wait * 2, kLastRetry);
  }
  auto housekeeping_due = services_.clock.now();
  auto roll_up_due = services_.clock.now();
  auto report_due = services_.clock.now();
  while (true) {
    services_.healthy = healthy();
    if (services_.clock.now() >= housekeeping_due) {
      housekeeping_due = services_.clock.now() + kHousekeepingEvery;
      if (services_.roles.api) tasks_.spawn("housekeeping", services_.sessions.forget_old_failures());
      if (services_.roles.api) tasks_.spawn("housekeeping", services_.documents.forget_old());
      if (services_.roles.api) tasks_.spawn("conditions", services_.job_conditions.settle());
      if (services_.roles.devices) tasks_.spawn("housekeeping", services_.licences_repository.forget_old_violations());
      if (services_.roles.ingest) tasks_.spawn("housekeeping", keep_house());
    }
    if (services_.roles.ingest && services_.clock.now() >= roll_up_due) {
      roll_up_due = services_.clock.now() + kRollUpEvery;
      tasks_.spawn("rollups", roll_up());
    }
    if (!services_.server_name.empty() && services_.clock.now() >= report_due) {
      report_due = services_.clock.now() + kReportEvery;
      services_.bridge.relay({"server_report", {}, {}, {}, {}, json::write(services_.report())});
    }
    co_await sleep_for(kFirstRetry);
  }
}

// Step by step, so that packing a day of readings holds up nothing, and archiving neither.
Awaitable<> ServerApp::keep_house() {
  while (co_await services_.readings.keep_house()) co_await sleep_for(kBetweenSteps);
  while (co_await services_.archive.step()) co_await sleep_for(kBetweenSteps);
}

Awaitable<> ServerApp::roll_up() {
  while (co_await services_.history.roll_up()) co_await sleep_for(kBetweenSteps);
}

Awaitable<bool> ServerApp::try_start() {
  try {
    // Blocks a thread, but not one that serves.
    const auto current = co_await services_.cpu.run<bool>(
        [url = config_.database.url] { return postgres::is_current(url, db::migrations()); });
    if (!current.value_or(false)) {
      log::error("schema_is_not_current", {{"mend", "pitview-server migrate"}});
      co_return false;
    }
    co_await start_parts();
    co_return true;
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) throw;
    log::warning("waiting_for_database", {{"reason", e.what()}});
  } catch (const std::exception& e) {
    log::warning("waiting_for_database", {{"reason", e.what()}});
  }
  co_return false;
}

// What may fail comes first; then the broker may send.
Awaitable<> ServerApp::start_parts() {
  const Roles& roles = services_.roles;
  if (roles.api) co_await services_.auth.load_ended_sessions();
  if (roles.ingest) co_await services_.readings.ensure_partitions();
  if (roles.devices) co_await services_.alert_monitor.load();
  telemetry::DirectoryKeeper::Loaded loaded;
  if (roles.devices)
    loaded = [this](const telemetry::DeviceDirectory& devices) { services_.kill_switch.directory_loaded(devices); };
  co_await services_.directory.start(std::move(loaded));

  if (!services_.server_name.empty())
    services_.bridge.start([this](live::Event event) { services_.relayed_events.take(std::move(event)); });
  services_.violations.start();
  if (roles.devices) {
    services_.presence.start();
    services_.due_suspensions.start();
    services_.broker_sync.start();
    services_.alert_writer.start();
    services_.alert_monitor.start();
    services_.gateway_sync.start();
  }
  if (roles.api) services_.viewer_log.start();
  if (roles.api) services_.message_sender.start();
  services_.link.start(
      {.on_message = [this](mqtt::Message message) { on_message(std::move(message)); },
       .on_control_answer = [this](const std::string& payload) { services_.broker_sync.on_control_answer(payload); },
       .on_connected = [this] { on_connected(); }});
  if (roles.ingest) {
    services_.ingest.start();
    services_.ingest_sessions.start([this](mqtt::Message message) { services_.ingest.handle(std::move(message)); });
  }
}

void ServerApp::on_connected() {
  if (services_.roles.devices) services_.broker_sync.on_connected();
  // What other servers said meanwhile went past us.
  const bool is_one_of_several = !services_.server_name.empty();
  if (services_.roles.api && is_one_of_several) tasks_.spawn("ended_sessions", services_.auth.load_ended_sessions());
}

// Who gets what from the broker; readings come by sessions of their own.
void ServerApp::on_message(mqtt::Message message) {
  if (message.topic.starts_with(telemetry::IngestSessions::kNoticeTopics))
    return services_.ingest_sessions.noted(message);
  if (message.topic.starts_with(cluster::Bridge::kTopics)) return services_.bridge.receive(message);
  if (message.topic == cluster::Bridge::kDirectoryTopic) {
    services_.directory.changed();
    services_.alert_monitor.changed();
    return services_.link.acknowledge(message.token);
  }
  if (message.topic == cluster::Bridge::kDeviceTopic) {
    if (const auto device = cluster::Bridge::changed_device(message)) services_.broker_sync.device_changed(*device);
    return services_.link.acknowledge(message.token);
  }
  services_.presence.handle(message);
}

bool ServerApp::healthy() const {
  const bool takes_readings = !services_.roles.ingest || services_.ingest.healthy();
  return takes_readings && services_.link.connected() && services_.directory.fresh();
}

// Not of tasks_: it outlives them, because it ends them.
Awaitable<> ServerApp::stop_on_signal() {
  asio::signal_set signals(services_.runtime.context(0), SIGTERM, SIGINT);
  const int signal = co_await signals.async_wait(asio::use_awaitable);
  log::info("stopping", {{"signal", signal}});
  signals.async_wait([this](error_code ec, int) {
    if (ec) return;
    log::warning("stopping_at_once");  // asked a second time
    exit_code_ = 1;
    services_.runtime.stop();
  });
  try {
    co_await stop();
    log::info("stopped");
  } catch (const std::exception& e) {
    log::error("stop_failed", {{"reason", e.what()}});
    exit_code_ = 1;
  }
  services_.runtime.stop();
}

// What comes in first, what it needs last: requests drain, readings are
// committed, then the database closes.
Awaitable<> ServerApp::stop() {
  co_await server_.stop(kDrain);
  tasks_.cancel();
  co_await tasks_.join();
  if (services_.roles.api) co_await services_.message_sender.stop();
  if (services_.roles.api) co_await services_.viewer_log.stop();
  co_await services_.ingest.stop();
  co_await services_.ingest_sessions.stop();
  co_await services_.due_suspensions.stop();
  co_await services_.gateway_sync.stop();
  co_await services_.presence.stop();
  co_await services_.alert_monitor.stop();
  co_await services_.alert_writer.stop();
  co_await services_.violations.stop();
  co_await services_.directory.stop();
  co_await services_.kill_switch.stop();
  co_await services_.broker_sync.stop();
  co_await services_.bridge.stop();
  co_await services_.link.stop();
  co_await services_.database.close();
}

}  // namespace pitview::app
