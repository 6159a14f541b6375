#include "messages/twilio_webhooks.h"

#include <charconv>

#include "auth/sealed_phone.h"
#include "pitview/base/log.h"
#include "pitview/messaging/twilio.h"

namespace pitview::messages {
namespace {

constexpr std::string_view kKeyPrefix = "pitview-";

Error not_twilio() { return {Errc::forbidden, "This is for who signs it.", {}, 0}; }

// The only "key" of the query; "" when there is none or several.
std::string key_of(const http::Request& request) {
  std::string key;
  for (const auto& [name, value] : request.query) {
    if (name != "key") continue;
    if (!key.empty()) return "";
    key = value;
  }
  return key;
}

std::optional<MessageId> message_of(std::string_view key) {
  if (!key.starts_with(kKeyPrefix)) return std::nullopt;
  key.remove_prefix(kKeyPrefix.size());
  std::int64_t id = 0;
  const auto [end, fault] = std::from_chars(key.data(), key.data() + key.size(), id);
  if (fault != std::errc{} || end != key.data() + key.size() || id <= 0) return std::nullopt;
  return MessageId(id);
}

}  // namespace

Result<messaging::Form> TwilioWebhooks::signed_form(const http::Request& request, const std::string& url) const {
  const TwilioWebhookOptions& options = parts_.options;
  if (url.empty() || request.body.size() > kMaxBody) return not_twilio();
  auto form = messaging::parse_form(request.body);
  if (!form || !messaging::verify_signature(options.auth_token, url, *form, request.header("X-Twilio-Signature")))
    return not_twilio();
  if (messaging::value_of(*form, "AccountSid") != options.account_sid) return not_twilio();
  return std::move(*form);
}

Awaitable<Result<>> TwilioWebhooks::receipt(const http::Request& request) {
  const std::string key = key_of(request);
  const std::string& callback = parts_.options.status_callback;
  const auto form = signed_form(request, callback.empty() ? "" : messaging::status_callback_url(callback, key));
  if (!form) co_return form.error();
  const auto said = messaging::parse_receipt(*form);
  const auto message = message_of(key);
  if (!said || !message) co_return Done{};
  const Timestamp now = parts_.clock.now();
  const NotedReceipt noted = co_await parts_.messages.note_receipt(*message, said->is_whatsapp, *said, now,
                                                                   now + parts_.options.whatsapp_patience);
  if (noted.is_news && noted.phone_lookup && messaging::delivery_of(*said).recipient_opted_out)
    co_await parts_.messages.set_wanted(*noted.phone_lookup, false, std::nullopt, now);
  co_return Done{};
}

Awaitable<Result<>> TwilioWebhooks::inbound(const http::Request& request) {
  using Wish = messaging::Inbound::Wish;
  const auto form = signed_form(request, parts_.options.inbound_url);
  if (!form) co_return form.error();
  const auto said = messaging::parse_inbound(*form);
  if (!said || (said->wish != Wish::stop && said->wish != Wish::start)) co_return Done{};
  const bool wanted = said->wish == Wish::start;
  const auto lookup = auth::seal_phone(parts_.data_key, said->from).lookup;
  const int changed = co_await parts_.messages.set_wanted(lookup, wanted, said->provider_id, parts_.clock.now());
  log::info(wanted ? "messages_started" : "messages_stopped", {{"consents", changed}});
  co_return Done{};
}

}  // namespace pitview::messages
