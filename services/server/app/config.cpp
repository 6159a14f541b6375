#include "app/config.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "pitview/base/log.h"
#include "pitview/config/config.h"
#include "pitview/http/client.h"

namespace pitview::app {
namespace {

// It stands in the pages' Content-Security-Policy, where a space or a semicolon would be a rule of its own.
bool is_origin(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view rest = url.substr(scheme.size());
    return !rest.empty() && std::all_of(rest.begin(), rest.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
             c == ':' || c == '[' || c == ']';
    });
  }
  return false;
}

messaging::SmtpTls smtp_tls_of(const std::string& name) {
  if (name == "starttls") return messaging::SmtpTls::starttls;
  if (name == "if_offered") return messaging::SmtpTls::if_offered;
  if (name == "implicit") return messaging::SmtpTls::implicit;
  if (name == "none") return messaging::SmtpTls::none;
  throw config::ConfigError(R"(messages.smtp.tls must be "starttls", "if_offered", "implicit" or "none")");
}

}  // namespace

Config load_config(const std::filesystem::path& file) {
  Config loaded = config::load<Config>(file, "PITVIEW");
  while (loaded.public_base_url.ends_with('/')) loaded.public_base_url.pop_back();
  const auto refuse = [&](const std::string& sentence) { throw config::ConfigError(file.string() + ": " + sentence); };
  if (!log::set_level(loaded.log.level)) refuse("log.level must be \"debug\", \"info\", \"warning\" or \"error\"");
  if (loaded.http.threads < 1 || loaded.http.threads > 64) refuse("http.threads must be 1 to 64");
  if (loaded.auth.bcrypt_threads < 1 || loaded.auth.bcrypt_threads > 64) refuse("auth.bcrypt_threads must be 1 to 64");
  if (loaded.database.connections_per_thread < 1 || loaded.database.connections_per_thread > 100)
    refuse("database.connections_per_thread must be 1 to 100");
  if (loaded.archive.retention_days < 90 || loaded.archive.retention_days > 36500)
    refuse("archive.retention_days must be 90 to 36500");
  if (has_video(loaded)) {
    try {
      http::client_options_of(loaded.video.gateway_url);
    } catch (const std::invalid_argument& e) {
      refuse(std::string("video.gateway_url: ") + e.what());
    }
    if (!is_origin(loaded.video.public_url))
      refuse("video.public_url must be like https://video.example.com, without a path");
  }
  const Roles roles = roles_of(loaded.server);
  const std::string name = server_name_of(loaded.server);
  constexpr const char* kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (name.size() > 32 || name.find_first_not_of(kNameCharacters) != std::string::npos)
    refuse("server.name must be 1 to 32 characters of a-z, 0-9 and -");
  if (name.empty() && !(roles.api && roles.ingest && roles.devices))
    refuse("server.name is needed where server.roles are not all");
  return loaded;
}

messages::ProviderOptions message_providers_of(const MessagesConfig& config) {
  const auto set = [](const std::string& text) { return text == "-" ? std::string() : text; };
  const auto secret = [](const std::string& file) { return file == "-" ? std::string() : config::load_line(file); };
  messages::ProviderOptions options;
  if (config.twilio.account_sid != "-")
    options.twilio = messaging::TwilioOptions{.base_url = config.twilio.base_url,
                                              .account_sid = config.twilio.account_sid,
                                              .auth_token = secret(config.twilio.auth_token_file),
                                              .sms_from = set(config.twilio.sms_from),
                                              .messaging_service_sid = set(config.twilio.messaging_service_sid)};
  if (config.smtp.host != "-")
    options.smtp = messaging::SmtpOptions{.host = config.smtp.host,
                                          .port = config.smtp.port,
                                          .tls = smtp_tls_of(config.smtp.tls),
                                          .ca_file = set(config.smtp.ca_file),
                                          .user = set(config.smtp.user),
                                          .password = secret(config.smtp.password_file),
                                          .from = set(config.smtp.from),
                                          .from_name = set(config.smtp.from_name)};
  try {
    messages::provider_of(options);
  } catch (const std::invalid_argument& e) {
    throw config::ConfigError(std::string("messages: ") + e.what());
  }
  return options;
}

Roles roles_of(const ServerConfig& config) {
  Roles roles;
  for (const std::string& role : config.roles) {
    if (role == "api") {
      roles.api = true;
    } else if (role == "ingest") {
      roles.ingest = true;
    } else if (role == "devices") {
      roles.devices = true;
    } else {
      throw config::ConfigError("server.roles: \"" + role +
                                "\" is none; there are \"api\", \"ingest\" and \"devices\"");
    }
  }
  if (!roles.api && !roles.ingest && !roles.devices)
    throw config::ConfigError("server.roles must name \"api\", \"ingest\" or \"devices\"");
  return roles;
}

std::string server_name_of(const ServerConfig& config) { return config.name == "-" ? "" : config.name; }

std::optional<crypto::P256PublicKey> load_release_key(const std::string& file) {
  if (file == "-") return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::ostringstream pem;
  pem << in.rdbuf();
  auto key = crypto::P256PublicKey::from_pem(pem.str());
  if (!key) throw config::ConfigError(file + ": must hold a public key of P-256 in PEM");
  return key;
}

}  // namespace pitview::app
