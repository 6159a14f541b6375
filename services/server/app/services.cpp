#include "app/services.h"

#include "alerts/alert_endpoints.h"
#include "analytics/analytics_endpoints.h"
#include "audit/audit_endpoints.h"
#include "audit/audit_log.h"
#include "auth/auth_endpoints.h"
#include "auth/second_factor_endpoints.h"
#include "auth/session_endpoints.h"
#include "cameras_isapi/camera_setup_endpoints.h"
#include "customers/customers_endpoints.h"
#include "devices/device_endpoints.h"
#include "documents/document_endpoints.h"
#include "exports/export_endpoints.h"
#include "jobs/condition_endpoints.h"
#include "jobs/customer_accounts.h"
#include "jobs/job_endpoints.h"
#include "jobs/record_endpoints.h"
#include "licences/licence_endpoints.h"
#include "messages/message_endpoints.h"
#include "messages/twilio_endpoints.h"
#include "ota/offer_endpoints.h"
#include "ota/release_endpoints.h"
#include "pits/pit_endpoints.h"
#include "pitview/base/json_text.h"
#include "pitview/config/config.h"
#include "pitview/json/write.h"
#include "recordings/recording_endpoints.h"
#include "staff/staff_endpoints.h"
#include "streams/stream_endpoints.h"
#include "system/system_endpoints.h"
#include "telemetry/telemetry_endpoints.h"
#include "work_types/work_type_endpoints.h"
#include "workshops/workshop_endpoints.h"

namespace pitview::app {
namespace {

constexpr std::size_t kWaitingHashes = 64;

postgres::PoolOptions pool_options(const DatabaseConfig& config) {
  return {.conninfo = config.url,
          .size = static_cast<std::size_t>(config.connections_per_thread),
          .application_name = "pitview-server"};
}

std::optional<mqtt::Tls> broker_tls(const MqttTlsConfig& config) {
  if (!config.enabled) return std::nullopt;
  const auto set = [](const std::string& text) { return text == "-" ? std::string() : text; };
  return mqtt::Tls{set(config.ca_file), set(config.certificate_file), set(config.key_file), set(config.server_name)};
}

void check_files(const std::optional<mqtt::Tls>& tls) {
  if (!tls) return;
  if (const Result<> usable = mqtt::check(*tls); !usable)
    throw config::ConfigError("mqtt.tls: " + usable.error().detail);
}

archive::ArchiveOptions archive_options(const ArchiveConfig& config) {
  return {config.folder == "-" ? "" : config.folder, std::chrono::days(config.retention_days)};
}

mqtt::ClientOptions broker_options(const MqttConfig& config) {
  mqtt::ClientOptions options;
  options.host = config.host;
  options.port = config.port;
  options.tls = broker_tls(config.tls);
  options.client_id = config.client_id;
  options.username = config.username;
  options.password = config.password;
  return options;
}

mqtt::ClientOptions link_options(const Config& config, const Roles& roles) {
  mqtt::ClientOptions options = broker_options(config.mqtt);
  const std::string name = server_name_of(config.server);
  if (roles.devices)
    options.subscriptions = {{"workshop/+/device/+/status", mqtt::QoS::at_least_once},
                             {broker::kControlAnswers, mqtt::QoS::at_least_once}};
  if (!name.empty()) {
    options.client_id += "-" + name;
    options.subscriptions.push_back({cluster::Bridge::kDirectoryTopic, mqtt::QoS::at_least_once});
    if (roles.api || roles.devices)
      options.subscriptions.push_back({std::string(cluster::Bridge::kTopics) + "+", mqtt::QoS::at_most_once});
    if (roles.devices) options.subscriptions.push_back({cluster::Bridge::kDeviceTopic, mqtt::QoS::at_least_once});
    if (roles.ingest)
      options.subscriptions.push_back(
          {std::string(telemetry::IngestSessions::kNoticeTopics) + "+", mqtt::QoS::at_least_once});
  }
  return options;
}

devices::DeviceService::Parts device_parts(Services& services) {
  return {services.devices_repository,
          services.broker_sync,
          services.hub,
          services.clock,
          services.keys.data,
          services.claim_attempts,
          [&services] { directory_changed(services); }};
}

devices::Addresses addresses_of(const Config& config) {
  return {config.public_base_url, config.devices.mqtt_host, config.devices.mqtt_port, config.devices.mqtt_tls};
}

telemetry::DeviceWatcher& watcher_of(Services& services) {
  if (services.roles.devices) return services.presence;
  return services.device_notices;
}

// By chance, so that no two servers have the same one, nor one server before and after its start.
std::uint32_t new_generation() {
  std::uint32_t generation = 0;
  for (const char byte : crypto::random_bytes(sizeof generation))
    generation = generation << 8U | static_cast<unsigned char>(byte);
  return generation & live::Hub::kMaxGeneration;
}

// {"jobs_read":["super_admin","owner",…],…}: which roles have a permission that an endpoint names.
std::string permission_matrix() {
  std::string matrix = "{";
  for (const Permission permission : all_permissions()) {
    std::vector<std::string> roles;
    for (const Role role : kAllRoles)
      if (may(role, permission)) roles.emplace_back(name_of(role));
    if (matrix.size() > 1) matrix.push_back(',');
    append_json_string(matrix, name_of(permission));
    matrix.append(":").append(json::write(roles));
  }
  return matrix + "}";
}

std::unique_ptr<streams::GatewayClient> gateway_of(const Config& config, const Keys& keys,
                                                   const asio::any_io_executor& executor) {
  if (!has_video(config)) return nullptr;
  return std::make_unique<streams::GatewayClient>(executor, config.video.gateway_url, keys.gateway_control);
}

telemetry::ReadingWatcher* reading_watcher_of(Services& services) {
  return services.roles.devices ? &services.alert_monitor : nullptr;
}

// What devices say reaches us: over the link, and over the session of the readings if we take any.
bool hears_devices(const Services& services) {
  return services.link.connected() && (!services.roles.ingest || services.ingest_sessions.connected());
}

}  // namespace

Keys load_keys(const Config& config) {
  check_files(broker_tls(config.mqtt.tls));
  Keys keys{config::load_key(config.auth.jwt_secret_file), config::load_key(config.encryption.key_file),
            load_release_key(config.devices.release_public_key_file)};
  keys.certificates = load_certificate_key(config.documents.certificate_key_file);
  if (has_video(config)) {
    keys.stream_tokens = config::load_key(config.video.token_secret_file);
    keys.gateway_control = config::load_key(config.video.control_secret_file);
  }
  return keys;
}

Services::Services(const Config& config, const Keys& all_keys)
    : keys(all_keys),
      roles(roles_of(config.server)),
      server_name(server_name_of(config.server)),
      runtime(static_cast<std::size_t>(config.http.threads)),
      cpu(static_cast<std::size_t>(config.auth.bcrypt_threads), kWaitingHashes),
      database(runtime, pool_options(config.database)),
      hub(runtime, clock, new_generation()),
      session_endings(ended_sessions, hub, clock),
      ws_tickets(database),
      sessions(database),
      second_factors_repository(database, keys.data),
      credentials({sessions, second_factors_repository, cpu, clock}),
      customer_access(database),
      auth({sessions, credentials, customer_access, ended_sessions, session_endings, clock, keys.jwt_secret}),
      passwords({sessions, credentials, session_endings, cpu, clock, keys.jwt_secret}),
      second_factors({sessions, second_factors_repository, credentials, clock}),
      session_service({sessions, session_endings, clock}),
      audit(database),
      staff_repository(database, keys.data),
      staff({staff_repository, audit, second_factors_repository, session_endings, cpu, hub, clock}),
      device_logins(database, keys.data),
      authenticator(keys.jwt_secret, ended_sessions, device_logins, clock, config.http.allowed_origins),
      tracking_links(database, config.public_base_url, keys.data),
      tracking({database, tracking_links, auth, session_endings, clock}),
      consents_repository(database),
      consents({consents_repository, clock}),
      ratings_repository(database),
      ratings({ratings_repository, hub, clock}),
      views(database),
      viewer_log(runtime.context(0).get_executor(), {views, hub, server_name}),
      customers_repository(database, keys.data),
      customers({customers_repository, consents_repository, session_endings, clock}),
      work_types_repository(database),
      work_types(work_types_repository),
      jobs_repository(database),
      job_conditions(database, clock),
      outbox(keys.data),
      jobs({jobs_repository, job_conditions, tracking_links, cpu, hub, clock, keys.data, outbox}),
      job_notes(database, clock),
      job_photos(database, clock),
      readings(database),
      history(database),
      certificates_repository(database),
      job_papers({database, jobs, job_conditions, job_notes, ratings_repository, history}),
      documents(
          {database, job_papers, certificates_repository, clock, keys.certificates, config.public_base_url + "/v/"}),
      archive(database, archive_options(config.archive), metrics.registry()),
      analytics(database),
      exports(database),
      pits(database),
      pit_views({pits, jobs_repository, readings, newest_readings, clock}),
      link(runtime.context(0).get_executor(), link_options(config, roles)),
      bridge(link, server_name),
      device_notices(bridge),
      directory(link.executor(), readings),
      ingest_metrics(metrics.registry()),
      licences_repository(database),
      violations(link.executor(), {licences_repository, clock, metrics.registry()}),
      refusals(ingest_metrics, violations, clock),
      devices_repository(database),
      broker_sync({link, devices_repository, keys.data}),
      kill_switch(link.executor(), {devices_repository, broker_sync, clock, keys.data}),
      presence({link, directory.directory(), devices_repository, hub, clock, refusals, kill_switch}),
      alert_metrics(metrics.registry()),
      alerts_repository(database),
      alert_rules_repository(database),
      alert_writer(link.executor(), {alerts_repository, hub, clock, alert_metrics}),
      alert_monitor(link.executor(), {alerts_repository, alert_rules_repository, directory.directory(), alert_writer,
                                      alert_metrics, clock, [this] { return hears_devices(*this); }}),
      ingest_sessions(link, {broker_options(config.mqtt), server_name}),
      ingest({link, ingest_sessions, directory, readings, newest_readings, hub, clock, ingest_metrics, refusals,
              watcher_of(*this), reading_watcher_of(*this)}),
      reports(clock, [this] { return report(); }),
      relayed_events({roles.devices ? &presence : nullptr, newest_readings, reading_watcher_of(*this), ended_sessions,
                      reports, hub, clock}),
      devices(device_parts(*this)),
      device_changes(device_parts(*this)),
      alerts({alerts_repository, hub, clock, [this] { alert_monitor.changed(); }}),
      alert_rules({alert_rules_repository, [this] { alert_monitor.changed(); }}),
      camera_networks(config.cameras.networks),
      registration(device_parts(*this), camera_networks, addresses_of(config)),
      batches({devices_repository, clock, keys.data, addresses_of(config)}),
      licences({licences_repository, clock, [this] { directory_changed(*this); }}),
      workshops_repository(database),
      workshops({workshops_repository, cpu, clock, keys.data, [this] { directory_changed(*this); }}),
      due_suspensions(link.executor(), workshops_repository, [this] { directory_changed(*this); }),
      pit_service({pits, device_changes, camera_networks, keys.data}),
      streams_repository(database),
      streams({pits, streams_repository, clock, keys.data, keys.stream_tokens,
               has_video(config) ? config.video.public_url : ""}),
      camera_urls({pits, streams_repository, camera_networks, keys.data}),
      camera_tests({camera_urls, keys.gateway_control, has_video(config) ? config.video.gateway_url : ""}),
      camera_setups({pits, camera_urls}),
      recordings_repository(database),
      clips_repository(database),
      playback_links(keys.stream_tokens, clock, has_video(config) ? config.video.public_url : ""),
      recordings({pits, recordings_repository, playback_links, clock, keys.data}),
      clips({pits, jobs_repository, recordings_repository, clips_repository, playback_links, clock, keys.data,
             config.public_base_url + "/c/"}),
      recording_sync({recordings_repository, clips_repository, hub, keys.data}),
      messages_repository(database),
      message_provider(messages::provider_of(message_providers_of(config.messages))),
      message_sender(runtime.context(0).get_executor(),
                     {messages_repository,
                      *message_provider,
                      clock,
                      keys.data,
                      config.public_base_url + "/t/",
                      std::chrono::seconds(config.messages.twilio.whatsapp_patience_s),
                      {.sms_segment_paise = config.messages.price.sms_segment_paise,
                       .whatsapp_paise = config.messages.price.whatsapp_paise}}),
      message_settings(database),
      twilio_webhooks({messages_repository, clock, keys.data,
                       twilio_webhooks_of(config.messages, message_providers_of(config.messages))}),
      gateway_sync(link.executor(), gateway_of(config, keys, link.executor()),
                   {streams_repository, viewer_log, alert_monitor, hub, keys.data, {&recording_sync}}),
      campaigns(database),
      releases(campaigns, keys.release),
      offers_repository(database),
      offers(offers_repository, config.public_base_url) {
  if (!server_name.empty()) hub.set_relay([this](const live::Event& event) { bridge.relay(event); });
  if (!roles.devices) broker_sync.leave_accounts_to([this](DeviceKey device) { bridge.device_changed(device); });
}

system::ServerReport Services::report() const {
  system::ServerReport report;
  report.name = server_name.empty() ? "-" : server_name;
  if (roles.api) report.roles.emplace_back("api");
  if (roles.ingest) report.roles.emplace_back("ingest");
  if (roles.devices) report.roles.emplace_back("devices");
  report.reported_at = clock.now();
  report.started_at = started_at;
  report.healthy = healthy;
  auto totals = ingest_metrics.totals();
  report.readings_accepted = totals.accepted;
  report.readings_stored = totals.stored;
  report.readings_known = totals.known;
  report.readings_set_aside = totals.set_aside;
  report.readings_waiting = static_cast<std::int64_t>(ingest.waiting());
  report.live_connections = static_cast<std::int64_t>(hub.subscribers());
  report.live_superseded = static_cast<std::int64_t>(hub.superseded());
  report.sessions_adopted = static_cast<std::int64_t>(ingest_sessions.adopted());
  report.memory_bytes = system::resident_bytes();
  for (auto& [reason, count] : totals.refused) report.refused.push_back({std::move(reason), count});
  return report;
}

void directory_changed(Services& services) {
  services.directory.changed();
  services.alert_monitor.changed();
  if (!services.server_name.empty()) services.bridge.directory_changed();
}

void add_features(api::Api& api, Services& services) {
  auth::add_auth_endpoints(api,
                           {services.auth, services.passwords, services.sessions, services.ws_tickets, services.clock});
  auth::add_second_factor_endpoints(api, services.second_factors);
  auth::add_session_endpoints(api, services.session_service);
  staff::add_staff_endpoints(api, services.staff);
  audit::add_audit_endpoints(api, services.audit);
  pits::add_pit_endpoints(api, services.pit_views, services.pit_service);
  streams::add_stream_endpoints(api, services.streams, services.camera_tests);
  cameras_isapi::add_camera_setup_endpoints(api, services.camera_setups);
  recordings::add_recording_endpoints(api, services.recordings);
  recordings::add_clip_endpoints(api, services.clips);
  messages::add_message_endpoints(api, services.messages_repository, services.jobs_repository,
                                  services.message_settings);
  messages::add_twilio_endpoints(api, services.twilio_webhooks, services.authenticator);
  telemetry::add_telemetry_endpoints(api, {services.readings, services.history, services.pits, services.clock});
  analytics::add_analytics_endpoints(api, services.analytics, services.clock);
  exports::add_export_endpoints(api, services.exports, services.clock);
  work_types::add_work_type_endpoints(api, services.work_types);
  jobs::add_job_endpoints(api, services.jobs);
  jobs::add_record_endpoints(api, services.job_notes, services.job_photos);
  jobs::add_condition_endpoints(api, services.job_conditions);
  documents::add_document_endpoints(api, services.documents);
  customers::add_tracking_endpoints(api, services.tracking);
  customers::add_consent_endpoints(api, services.consents);
  customers::add_rating_endpoints(api, services.ratings);
  customers::add_view_endpoints(api, services.views);
  customers::add_customer_endpoints(api, services.customers, services.consents);
  devices::add_device_endpoints(api,
                                {services.devices, services.device_changes, services.registration, services.batches});
  licences::add_licence_endpoints(api, services.licences);
  workshops::add_workshop_endpoints(api, services.workshops);
  ota::add_offer_endpoints(api, services.offers);
  ota::add_release_endpoints(api, services.releases);
  ota::add_campaign_endpoints(api, services.releases);
  alerts::add_alert_endpoints(api, services.alerts);
  alerts::add_alert_rule_endpoints(api, services.alert_rules);
  system::add_system_endpoints(api, services.reports);
}

http::OpenApi new_api_document() {
  return http::OpenApi({.title = "PitView",
                        .version = "0.1.0",
                        .description =
                            "Live monitoring for car-film workshops. Errors are problem documents (RFC 9457) with "
                            "a stable `code`. Times are UTC. `x-permission` of an endpoint is the permission it needs, "
                            "`x-permissions` says which roles have it.",
                        .extensions = {{"x-permissions", permission_matrix()}}});
}

std::string openapi_document() {
  Services services(Config{}, Keys{});
  http::Router router;
  http::OpenApi document = new_api_document();
  api::Api api(router, document, services.authenticator);
  add_features(api, services);
  return document.document();
}

std::vector<postgres::Statement> all_statements() {
  std::vector<postgres::Statement> all;
  for (const auto statements : {alerts::alert_statements(),
                                alerts::alert_rule_statements(),
                                analytics::analytics_statements(),
                                archive::archive_statements(),
                                audit::audit_statements(),
                                audit::audit_list_statements(),
                                auth::session_statements(),
                                auth::ws_ticket_statements(),
                                auth::password_statements(),
                                auth::second_factor_statements(),
                                staff::staff_statements(),
                                jobs::job_statements(),
                                jobs::customer_statements(),
                                jobs::job_note_statements(),
                                jobs::job_photo_statements(),
                                jobs::job_condition_statements(),
                                work_types::work_type_statements(),
                                pits::pit_statements(),
                                streams::stream_statements(),
                                recordings::recording_statements(),
                                recordings::clip_statements(),
                                documents::certificate_statements(),
                                documents::document_statements(),
                                documents::job_paper_statements(),
                                messages::outbox_statements(),
                                messages::message_statements(),
                                messages::message_settings_statements(),
                                messages::message_cost_statements(),
                                customers::tracking_link_statements(),
                                customers::tracking_service_statements(),
                                customers::customer_access_statements(),
                                customers::consent_statements(),
                                customers::rating_statements(),
                                customers::view_statements(),
                                customers::customers_statements(),
                                telemetry::reading_statements(),
                                telemetry::history_statements(),
                                exports::export_statements(),
                                devices::device_statements(),
                                devices::device_login_statements(),
                                licences::licence_statements(),
                                workshops::workshop_statements(),
                                ota::campaign_statements(),
                                ota::offer_statements()})
    all.insert(all.end(), statements.begin(), statements.end());
  return all;
}

}  // namespace pitview::app
