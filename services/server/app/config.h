// The configuration of pitview-server, as docs/reference/configuration.md lists it.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "messages/providers.h"
#include "messages/twilio_webhooks.h"
#include "pitview/base/crypto.h"
#include "pitview/base/signature.h"

namespace pitview::app {

struct ServerConfig {
  std::string name = "-";  // "-": the only one
  std::vector<std::string> roles = {"api", "ingest", "devices"};
};
BOOST_DESCRIBE_STRUCT(ServerConfig, (), (name, roles))

struct HttpConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 18080;
  std::string web_root = "web/dist";
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> allowed_origins;
  int threads = 2;
};
BOOST_DESCRIBE_STRUCT(HttpConfig, (), (address, port, web_root, trusted_proxies, allowed_origins, threads))

struct DatabaseConfig {
  std::string url;
  std::string owner_url = "-";  // "-": this process may not change the schema
  int connections_per_thread = 4;
};
BOOST_DESCRIBE_STRUCT(DatabaseConfig, (), (url, owner_url, connections_per_thread))

// The way to the broker when it leaves this machine.
struct MqttTlsConfig {
  bool enabled = false;
  std::string ca_file = "-";  // "-": the authorities this system trusts
  std::string certificate_file = "-";
  std::string key_file = "-";
  std::string server_name = "-";  // "-": mqtt.host
};
BOOST_DESCRIBE_STRUCT(MqttTlsConfig, (), (enabled, ca_file, certificate_file, key_file, server_name))

struct MqttConfig {
  std::string host = "127.0.0.1";
  std::uint16_t port = 18883;
  std::string client_id = "pitview-server";
  std::string username = "pitview-server";
  std::string password;
  MqttTlsConfig tls;
};
BOOST_DESCRIBE_STRUCT(MqttConfig, (), (host, port, client_id, username, password, tls))

// Where devices report, as they are told: their way to the broker is not ours.
struct DevicesConfig {
  std::string mqtt_host = "127.0.0.1";
  std::uint16_t mqtt_port = 8883;
  bool mqtt_tls = true;
  std::string release_public_key_file = "-";  // "-": no firmware is taken in
};
BOOST_DESCRIBE_STRUCT(DevicesConfig, (), (mqtt_host, mqtt_port, mqtt_tls, release_public_key_file))

struct CamerasConfig {
  // Where workshops' cameras may be; the server connects to no other address, so
  // nothing of its own network belongs here.
  std::vector<std::string> networks = {"10.64.0.0/10", "192.168.0.0/16"};
};
BOOST_DESCRIBE_STRUCT(CamerasConfig, (), (networks))

struct AuthConfig {
  std::string jwt_secret_file;
  int bcrypt_threads = 1;
};
BOOST_DESCRIBE_STRUCT(AuthConfig, (), (jwt_secret_file, bcrypt_threads))

// What customers take home.
struct DocumentsConfig {
  std::string certificate_key_file = "-";  // "-": no certificates
};
BOOST_DESCRIBE_STRUCT(DocumentsConfig, (), (certificate_key_file))

struct EncryptionConfig {
  std::string key_file;
};
BOOST_DESCRIBE_STRUCT(EncryptionConfig, (), (key_file))

// Readings that are older than the retention go to files in this folder.
struct ArchiveConfig {
  std::string folder = "-";  // "-": readings stay in the database for good
  int retention_days = 90;
};
BOOST_DESCRIBE_STRUCT(ArchiveConfig, (), (folder, retention_days))

// Live video: pitview-video, over its control API; and how browsers reach it.
struct VideoConfig {
  std::string gateway_url = "-";  // "-": there is none
  std::string public_url = "http://127.0.0.1:18889";
  std::string token_secret_file = "-";
  std::string control_secret_file = "-";
};
BOOST_DESCRIBE_STRUCT(VideoConfig, (), (gateway_url, public_url, token_secret_file, control_secret_file))

// Twilio's name of what WhatsApp has approved, "HX…"; "-": that message goes by SMS.
struct WhatsAppTemplateConfig {
  std::string en = "-";
  std::string hi = "-";
};
BOOST_DESCRIBE_STRUCT(WhatsAppTemplateConfig, (), (en, hi))

// A member for each messages::MessageKind, of its name.
struct WhatsAppTemplatesConfig {
  WhatsAppTemplateConfig credentials;
  WhatsAppTemplateConfig tracking_link;
  WhatsAppTemplateConfig job_started;
  WhatsAppTemplateConfig stage_begun;
  WhatsAppTemplateConfig time_changed;
  WhatsAppTemplateConfig time_left;
  WhatsAppTemplateConfig running_late;
  WhatsAppTemplateConfig job_completed;
  WhatsAppTemplateConfig rating_request;
  WhatsAppTemplateConfig alert;
  WhatsAppTemplateConfig after_care_1;
  WhatsAppTemplateConfig after_care_7;
  WhatsAppTemplateConfig after_care_14;
  WhatsAppTemplateConfig after_care_30;
};
BOOST_DESCRIBE_STRUCT(WhatsAppTemplatesConfig, (),
                      (credentials, tracking_link, job_started, stage_begun, time_changed, time_left, running_late,
                       job_completed, rating_request, alert, after_care_1, after_care_7, after_care_14, after_care_30))

// SMS and WhatsApp, by Twilio.
struct TwilioConfig {
  std::string account_sid = "-";  // "-": neither
  std::string auth_token_file = "-";
  std::string sms_from = "-";               // a number, or a registered sender ID …
  std::string messaging_service_sid = "-";  // … or a service that has some
  std::string base_url = "https://api.twilio.com";
  std::string status_callback = "-";  // where Twilio reaches /api/twilio/receipts; "-": no receipts
  std::string inbound_url = "-";      // … and /api/twilio/inbound; "-": nobody's STOP is heard here
  std::string whatsapp_from = "-";    // "-": no WhatsApp
  int whatsapp_patience_s = 300;
  WhatsAppTemplatesConfig whatsapp_templates;
};
BOOST_DESCRIBE_STRUCT(TwilioConfig, (),
                      (account_sid, auth_token_file, sms_from, messaging_service_sid, base_url, status_callback,
                       inbound_url, whatsapp_from, whatsapp_patience_s, whatsapp_templates))

// For the estimate of what messages cost; 0: not known.
struct MessagePriceConfig {
  int sms_segment_paise = 0;
  int whatsapp_paise = 0;
};
BOOST_DESCRIBE_STRUCT(MessagePriceConfig, (), (sms_segment_paise, whatsapp_paise))

// E-mail, by the server that takes it in.
struct SmtpConfig {
  std::string host = "-";  // "-": no e-mail
  std::uint16_t port = 587;
  std::string tls = "starttls";  // if_offered, implicit; none: on this machine only
  std::string ca_file = "-";
  std::string user = "-";
  std::string password_file = "-";
  std::string from = "-";
  std::string from_name = "PitView";
};
BOOST_DESCRIBE_STRUCT(SmtpConfig, (), (host, port, tls, ca_file, user, password_file, from, from_name))

// Without any of it messages are kept and marked as not sent.
struct MessagesConfig {
  TwilioConfig twilio;
  SmtpConfig smtp;
  MessagePriceConfig price;
};
BOOST_DESCRIBE_STRUCT(MessagesConfig, (), (twilio, smtp, price))

struct LogConfig {
  std::string level = "info";
};
BOOST_DESCRIBE_STRUCT(LogConfig, (), (level))

struct Config {
  std::string public_base_url = "http://127.0.0.1:18080";  // without a slash at its end
  ServerConfig server;
  HttpConfig http;
  DatabaseConfig database;
  MqttConfig mqtt;
  DevicesConfig devices;
  CamerasConfig cameras;
  AuthConfig auth;
  EncryptionConfig encryption;
  DocumentsConfig documents;
  ArchiveConfig archive;
  VideoConfig video;
  MessagesConfig messages;
  LogConfig log;
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (public_base_url, server, http, database, mqtt, devices, cameras, auth, encryption, documents,
                       archive, video, messages, log))

// What this process does: answers browsers, takes readings, looks after devices. The
// last is for one server only: what it decides is said once.
struct Roles {
  bool api = false;
  bool ingest = false;
  bool devices = false;
};

// config::ConfigError for a role that does not exist, or none at all.
Roles roles_of(const ServerConfig& config);

// Reads the files of secrets. config::ConfigError: what is set up cannot be.
messages::ProviderOptions message_providers_of(const MessagesConfig& config);
// Of providers that are set up.
messages::TwilioWebhookOptions twilio_webhooks_of(const MessagesConfig& config,
                                                  const messages::ProviderOptions& providers);

// Whether there is a video gateway.
inline bool has_video(const Config& config) { return config.video.gateway_url != "-"; }

// "" for the only server.
std::string server_name_of(const ServerConfig& config);

// config::ConfigError for a file that is missing, broken or has an unknown key.
Config load_config(const std::filesystem::path& file);

// A public key of P-256 in PEM, none for "-"; config::ConfigError for anything else.
std::optional<crypto::P256PublicKey> load_release_key(const std::string& file);
// A private key of Ed25519 in PEM, none for "-"; config::ConfigError for anything else.
std::optional<crypto::Ed25519PrivateKey> load_certificate_key(const std::string& file);

}  // namespace pitview::app
