// Every part of the server and who borrows which; nothing here runs by itself.
#pragma once

#include <atomic>

#include "alerts/alert_monitor.h"
#include "alerts/alert_rule_service.h"
#include "alerts/alert_service.h"
#include "analytics/analytics_repository.h"
#include "app/config.h"
#include "app/database.h"
#include "archive/readings_archive.h"
#include "audit/audit_repository.h"
#include "auth/auth_service.h"
#include "auth/authenticator.h"
#include "auth/credentials_check.h"
#include "auth/password_service.h"
#include "auth/second_factor_service.h"
#include "auth/session_service.h"
#include "auth/ws_tickets.h"
#include "broker/link.h"
#include "cameras_isapi/camera_setup_service.h"
#include "cluster/bridge.h"
#include "cluster/device_notices.h"
#include "cluster/relayed_events.h"
#include "customers/consent_service.h"
#include "customers/customer_access.h"
#include "customers/customer_service.h"
#include "customers/rating_service.h"
#include "customers/tracking_service.h"
#include "customers/viewer_log.h"
#include "devices/batch_service.h"
#include "devices/device_changes.h"
#include "devices/device_login.h"
#include "devices/kill_switch.h"
#include "devices/presence.h"
#include "devices/registration_service.h"
#include "documents/document_service.h"
#include "exports/exports_repository.h"
#include "jobs/job_conditions.h"
#include "jobs/job_notes.h"
#include "jobs/job_photos.h"
#include "jobs/job_service.h"
#include "licences/licence_service.h"
#include "licences/violations.h"
#include "messages/message_sender.h"
#include "messages/message_settings.h"
#include "messages/outbox.h"
#include "messages/providers.h"
#include "messages/twilio_webhooks.h"
#include "ota/offer_service.h"
#include "ota/release_service.h"
#include "pits/pit_service.h"
#include "pits/pit_views.h"
#include "pitview/async/cpu_pool.h"
#include "pitview/live/hub.h"
#include "recordings/clip_service.h"
#include "recordings/recording_service.h"
#include "recordings/recording_sync.h"
#include "staff/staff_service.h"
#include "streams/camera_test_service.h"
#include "streams/gateway_sync.h"
#include "streams/stream_service.h"
#include "system/metrics.h"
#include "system/server_reports.h"
#include "telemetry/history_repository.h"
#include "telemetry/ingest.h"
#include "work_types/work_type_service.h"
#include "workshops/due_suspensions.h"
#include "workshops/workshop_service.h"

namespace pitview::app {

struct Keys {
  crypto::Key256 jwt_secret{};
  crypto::Key256 data{};
  std::optional<crypto::P256PublicKey> release = std::nullopt;  // checks firmware; its private half is elsewhere
  std::optional<crypto::Ed25519PrivateKey> certificates = std::nullopt;  // signs what customers keep
  crypto::Key256 stream_tokens{};                                        // shared with the video gateway, as the next
  crypto::Key256 gateway_control{};
};

// ConfigError for a key file that cannot be read, or one of mqtt.tls.
Keys load_keys(const Config& config);

struct Services {
  Services(const Config& config, const Keys& keys);

  // What this server would say of itself. From any thread.
  system::ServerReport report() const;

  // In the order of their dependencies.
  const Keys keys;
  const Roles roles;
  const std::string server_name;  // "": the only one
  std::atomic<bool> healthy = false;
  SystemClock clock;
  const Timestamp started_at = clock.now();
  Runtime runtime;
  CpuPool cpu;
  system::Metrics metrics;
  Database database;
  live::Hub hub;
  auth::EndedSessions ended_sessions;
  auth::SessionEndings session_endings;
  auth::WsTickets ws_tickets;
  auth::SessionsRepository sessions;
  auth::SecondFactorsRepository second_factors_repository;
  auth::CredentialsCheck credentials;
  customers::CustomerAccess customer_access;
  auth::AuthService auth;
  auth::PasswordService passwords;
  auth::SecondFactorService second_factors;
  auth::SessionService session_service;
  audit::AuditRepository audit;
  staff::StaffRepository staff_repository;
  staff::StaffService staff;
  devices::DeviceLogins device_logins;
  auth::Authenticator authenticator;
  customers::TrackingLinks tracking_links;
  customers::TrackingService tracking;
  customers::ConsentsRepository consents_repository;
  customers::ConsentService consents;
  customers::RatingsRepository ratings_repository;
  customers::RatingService ratings;
  customers::ViewsRepository views;
  customers::ViewerLog viewer_log;
  customers::CustomersRepository customers_repository;
  customers::CustomerService customers;
  work_types::WorkTypesRepository work_types_repository;
  work_types::WorkTypeService work_types;
  jobs::JobsRepository jobs_repository;
  jobs::JobConditionsService job_conditions;
  messages::Outbox outbox;
  jobs::JobService jobs;
  jobs::JobNotes job_notes;
  jobs::JobPhotos job_photos;
  telemetry::ReadingsRepository readings;
  telemetry::HistoryRepository history;
  documents::CertificatesRepository certificates_repository;
  documents::JobPaperSource job_papers;
  documents::DocumentService documents;
  archive::ReadingsArchive archive;
  analytics::AnalyticsRepository analytics;
  exports::ExportsRepository exports;
  telemetry::NewestReadings newest_readings;
  pits::PitsRepository pits;
  pits::PitViews pit_views;
  broker::Link link;
  cluster::Bridge bridge;
  cluster::DeviceNotices device_notices;
  telemetry::DirectoryKeeper directory;
  telemetry::IngestMetrics ingest_metrics;
  licences::LicencesRepository licences_repository;
  licences::Violations violations;
  telemetry::Refusals refusals;
  devices::DevicesRepository devices_repository;
  devices::BrokerSync broker_sync;
  devices::KillSwitch kill_switch;
  devices::Presence presence;
  alerts::AlertMetrics alert_metrics;
  alerts::AlertsRepository alerts_repository;
  alerts::AlertRulesRepository alert_rules_repository;
  alerts::AlertWriter alert_writer;
  alerts::AlertMonitor alert_monitor;
  telemetry::IngestSessions ingest_sessions;
  telemetry::Ingest ingest;
  system::ServerReports reports;
  cluster::RelayedEvents relayed_events;
  devices::ClaimAttempts claim_attempts;
  devices::DeviceService devices;
  devices::DeviceChanges device_changes;
  alerts::AlertService alerts;
  alerts::AlertRuleService alert_rules;
  const pits::CameraNetworks camera_networks;
  devices::RegistrationService registration;
  devices::BatchService batches;
  licences::LicenceService licences;
  workshops::WorkshopsRepository workshops_repository;
  workshops::WorkshopService workshops;
  workshops::DueSuspensions due_suspensions;
  pits::PitService pit_service;
  streams::StreamsRepository streams_repository;
  streams::StreamService streams;
  streams::CameraUrls camera_urls;
  streams::CameraTestService camera_tests;
  cameras_isapi::CameraSetupService camera_setups;
  recordings::RecordingsRepository recordings_repository;
  recordings::ClipsRepository clips_repository;
  recordings::PlaybackLinks playback_links;
  recordings::RecordingService recordings;
  recordings::ClipService clips;
  recordings::RecordingSync recording_sync;
  messages::MessagesRepository messages_repository;
  std::unique_ptr<messages::MessageProvider> message_provider;
  messages::MessageSender message_sender;
  messages::MessageSettingsService message_settings;
  messages::TwilioWebhooks twilio_webhooks;
  streams::GatewaySync gateway_sync;
  ota::CampaignsRepository campaigns;
  ota::ReleaseService releases;
  ota::OffersRepository offers_repository;
  ota::OfferService offers;
};

// From any thread: devices, or who may use them, have changed.
void directory_changed(Services& services);

// The list of features: adds the rows of each to the API.
void add_features(api::Api& api, Services& services);

http::OpenApi new_api_document();

// The OpenAPI document as text; needs neither database nor broker.
std::string openapi_document();

// Every SQL statement of the server, so that a test can prepare each one.
std::vector<postgres::Statement> all_statements();

}  // namespace pitview::app
