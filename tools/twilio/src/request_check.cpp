#include "request_check.h"

#include <algorithm>

#include "pitview/base/crypto.h"
#include "pitview/json/document.h"

namespace pitview::messaging {
namespace {

constexpr std::size_t kMaxBody = 1'600;  // characters
constexpr std::string_view kWhatsApp = "whatsapp:";
constexpr std::string_view kParameters[] = {"To",
                                            "From",
                                            "MessagingServiceSid",
                                            "Body",
                                            "ContentSid",
                                            "ContentVariables",
                                            "MediaUrl",
                                            "StatusCallback",
                                            "ApplicationSid",
                                            "MaxPrice",
                                            "Attempt",
                                            "ValidityPeriod",
                                            "SmartEncoded",
                                            "ShortenUrls",
                                            "ScheduleType",
                                            "SendAt",
                                            "SendAsMms",
                                            "RiskCheck",
                                            "ForceDelivery",
                                            "ContentRetention",
                                            "AddressRetention",
                                            "PersistentAction",
                                            "ProvideFeedback"};

Fault bad(int code, std::string message) { return {.status = 400, .code = code, .message = std::move(message)}; }

// By a rule of its own, so that the client's does not judge itself.
bool is_e164_number(std::string_view text) {
  if (text.size() < 9 || text.size() > 16 || text.front() != '+' || text[1] == '0') return false;
  return std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

std::size_t characters_of(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

bool is_object_of_texts(std::string_view text) {
  const auto document = json::Document::parse(text);
  if (!document || document->root().kind() != json::Kind::object) return false;
  for (auto member = document->root().first(); member; member = member->next())
    if (member->kind() != json::Kind::string || member->as_string().empty() ||
        member->as_string().find_first_of("\r\n\t") != std::string_view::npos)
      return false;
  return true;
}

bool is_callback_url(std::string_view url) {
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() > 2'000) return false;
  const std::string_view host = url.substr(scheme, url.find_first_of("/?#", scheme) - scheme);
  return !host.empty() && host.find_first_of("_@ ") == std::string_view::npos &&
         std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7F; });
}

Fault fault_of_sender(const Form& form, const StandInSettings& settings, bool to_whatsapp) {
  const auto from = value_of(form, "From");
  const auto service = value_of(form, "MessagingServiceSid");
  if (!from && !service) return bad(21603, "A 'From' phone number is required.");
  if (service && !settings.services.contains(*service)) return bad(21705, "The Messaging Service Sid is invalid.");
  if (!from) return {};
  if (is_whatsapp_address(*from) != to_whatsapp)
    return bad(21910, "Invalid From and To pair. From and To should be of the same channel.");
  if (to_whatsapp)
    return settings.whatsapp_senders.contains(from->substr(kWhatsApp.size()))
               ? Fault{}
               : bad(63007, "Twilio could not find a Channel with the specified From address.");
  return settings.senders.contains(*from)
             ? Fault{}
             : bad(21606, "The 'From' phone number provided is not a valid message-capable phone number.");
}

Fault fault_of_content(const Form& form, const StandInSettings& settings) {
  const auto body = value_of(form, "Body");
  const auto content = value_of(form, "ContentSid");
  const auto variables = value_of(form, "ContentVariables");
  if (!content && variables) return bad(21654, "ContentSid Required.");
  if (!content && (!body || body->empty())) return bad(21619, "A text message body or media urls must be specified.");
  if (body && characters_of(*body) > kMaxBody)
    return bad(21617, "The concatenated message body exceeds the 1600 character limit.");
  if (content && !settings.contents.contains(*content)) return bad(21655, "The ContentSid is Invalid.");
  if (variables && !is_object_of_texts(*variables)) return bad(21656, "The ContentVariables Parameter is invalid.");
  return {};
}

}  // namespace

bool is_whatsapp_address(std::string_view address) { return address.starts_with(kWhatsApp); }

Fault fault_of_caller(const http::Request& request, const StandInSettings& settings) {
  Fault unknown{.status = 401, .code = 20003, .message = "Authenticate"};
  const std::string_view authorization = request.header("Authorization");
  if (!authorization.starts_with("Basic ")) return unknown;
  const auto pair = crypto::base64_decode(authorization.substr(6));
  if (!pair || *pair != settings.account_sid + ":" + settings.auth_token) return unknown;
  if (request.param("account") != settings.account_sid)
    return {.status = 404, .code = 20404, .message = "The requested resource was not found"};
  if (request.header("Content-Type") != "application/x-www-form-urlencoded")
    return {.status = 400, .code = 20001, .message = "The body is no form"};
  return {};
}

Fault fault_of_message(const Form& form, const StandInSettings& settings) {
  for (const auto& [name, value] : form) {
    if (std::ranges::find(kParameters, name) == std::end(kParameters)) return bad(20001, "Unknown parameter " + name);
    if (!value_of(form, name)) return bad(20001, "Parameter " + name + " comes twice");
  }
  const auto to = value_of(form, "To");
  if (!to || to->empty()) return bad(21604, "A 'To' phone number is required.");
  const bool to_whatsapp = is_whatsapp_address(*to);
  if (!is_e164_number(to_whatsapp ? std::string_view(*to).substr(kWhatsApp.size()) : *to))
    return bad(21211, "Invalid 'To' Phone Number: " + *to);
  if (Fault fault = fault_of_sender(form, settings, to_whatsapp); fault.status != 0) return fault;
  if (Fault fault = fault_of_content(form, settings); fault.status != 0) return fault;
  if (const auto callback = value_of(form, "StatusCallback"); callback && !is_callback_url(*callback))
    return bad(21609, "The 'StatusCallback' URL is not a valid URL.");
  return {};
}

}  // namespace pitview::messaging
