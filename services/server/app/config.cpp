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

bool is_content_sid(const std::string& text) {
  return text.size() == 34 && text.starts_with("HX") &&
         text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string::npos;
}

messages::WhatsAppTemplates whatsapp_templates_of(const WhatsAppTemplatesConfig& config) {
  messages::WhatsAppTemplates templates;
  const auto add = [&](const char* name, const char* language, const std::string& sid) {
    if (sid == "-") return;
    if (!is_content_sid(sid))
      throw config::ConfigError(std::string("messages.twilio.whatsapp_templates.") + name + "." + language +
                                " must be HX and 32 hexadecimal digits");
    templates[{messages::message_kind_from(name).value(), language}] = sid;
  };
  boost::mp11::mp_for_each<boost::describe::describe_members<WhatsAppTemplatesConfig, boost::describe::mod_public>>(
      [&](auto member) {
        add(member.name, "en", (config.*member.pointer).en);
        add(member.name, "hi", (config.*member.pointer).hi);
      });
  return templates;
}

bool is_callback(std::string_view url) {
  return (url.starts_with("https://") || url.starts_with("http://")) && url.find_first_of("?# ") == url.npos;
}

void check_message_numbers(const MessagesConfig& config) {
  const auto refuse = [](const char* sentence) { throw config::ConfigError(std::string("messages.") + sentence); };
  if (config.twilio.whatsapp_patience_s < 30 || config.twilio.whatsapp_patience_s > 86'400)
    refuse("twilio.whatsapp_patience_s must be 30 to 86400");
  for (const int price : {config.price.sms_segment_paise, config.price.whatsapp_paise})
    if (price < 0 || price > 100'000) refuse("price: each must be 0 to 100000");
  if (config.twilio.inbound_url != "-" && !is_callback(config.twilio.inbound_url))
    refuse("twilio.inbound_url must be like https://pitview.example.com/api/twilio/inbound");
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
  check_message_numbers(config);
  messages::ProviderOptions options;
  options.whatsapp_templates = whatsapp_templates_of(config.twilio.whatsapp_templates);
  if (config.twilio.account_sid != "-")
    options.twilio = messaging::TwilioOptions{.base_url = config.twilio.base_url,
                                              .account_sid = config.twilio.account_sid,
                                              .auth_token = secret(config.twilio.auth_token_file),
                                              .sms_from = set(config.twilio.sms_from),
                                              .messaging_service_sid = set(config.twilio.messaging_service_sid),
                                              .whatsapp_from = set(config.twilio.whatsapp_from),
                                              .status_callback = set(config.twilio.status_callback)};
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

messages::TwilioWebhookOptions twilio_webhooks_of(const MessagesConfig& config,
                                                  const messages::ProviderOptions& providers) {
  if (!providers.twilio) return {};
  return {.account_sid = providers.twilio->account_sid,
          .auth_token = providers.twilio->auth_token,
          .status_callback = providers.twilio->status_callback,
          .inbound_url = config.twilio.inbound_url == "-" ? "" : config.twilio.inbound_url,
          .whatsapp_patience = std::chrono::seconds(config.twilio.whatsapp_patience_s)};
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

namespace {

std::string text_of_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

std::optional<crypto::P256PublicKey> load_release_key(const std::string& file) {
  if (file == "-") return std::nullopt;
  auto key = crypto::P256PublicKey::from_pem(text_of_file(file));
  if (!key) throw config::ConfigError(file + ": must hold a public key of P-256 in PEM");
  return key;
}

std::optional<crypto::Ed25519PrivateKey> load_certificate_key(const std::string& file) {
  if (file == "-") return std::nullopt;
  auto key = crypto::Ed25519PrivateKey::from_pem(text_of_file(file));
  if (!key) throw config::ConfigError(file + ": must hold a private key of Ed25519 in PEM");
  return key;
}

}  // namespace pitview::app
