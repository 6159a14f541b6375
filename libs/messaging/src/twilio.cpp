#include "pitview/messaging/twilio.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "checks.h"
#include "encoding.h"
#include "pitview/base/json_text.h"
#include "pitview/curl/handles.h"
#include "pitview/json/document.h"
#include "pitview/messaging/form.h"
#include "pitview/messaging/sms_segments.h"
#include "twilio_codes.h"
#include "utf8.h"

namespace pitview::messaging {
namespace {

constexpr std::size_t kMaxBody = 1'600;  // characters
constexpr std::size_t kMaxVariables = 50;
constexpr std::size_t kMaxVariable = 1'024;                  // characters of one
constexpr std::size_t kMaxAnswer = std::size_t{256} * 1024;  // bytes
constexpr std::chrono::seconds kLongestRetryAfter{24 * 3600};
constexpr std::size_t kMaxSenderId = 11;

std::size_t take(char* bytes, std::size_t, std::size_t size, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size > kMaxAnswer) return 0;  // ends the transfer
  body.append(bytes, size);
  return size;
}

bool is_sid(std::string_view text, std::string_view prefix) {
  return text.size() == 34 && text.starts_with(prefix) &&
         text.substr(2).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool is_sender_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSenderId &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 +-_&") ==
             std::string_view::npos;
}

// "https://api.twilio.com"; the token goes to this machine or encrypted.
bool is_base_url(std::string_view url) {
  const bool is_plain = url.starts_with("http://");
  if (!is_plain && !url.starts_with("https://")) return false;
  const std::string_view host = url.substr(is_plain ? 7 : 8);
  if (host.empty() || host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") !=
                          std::string_view::npos)
    return false;
  const bool has_port = host.back() != ']' && host.rfind(':') != std::string_view::npos;
  return !is_plain || is_loopback(has_port ? host.substr(0, host.rfind(':')) : host);
}

bool is_callback(std::string_view url) {
  return (url.starts_with("https://") || url.starts_with("http://")) && url.find_first_of("?# ") == url.npos &&
         is_text(url, Lines::one);
}

void check(bool is_good, const char* option) {
  if (!is_good) throw std::invalid_argument(std::string("Twilio: ") + option + " is not valid");
}

std::string_view text_of(const json::View& object, std::string_view name) {
  const auto member = object.find(name);
  return member && member->kind() == json::Kind::string ? member->as_string() : std::string_view();
}

// A number, whether it is written as one or as text.
std::string number_of(const json::View& object, std::string_view name) {
  const auto member = object.find(name);
  if (!member) return {};
  if (member->kind() == json::Kind::string) return std::string(member->as_string());
  const auto number = member->kind() == json::Kind::number ? member->as_int64() : std::nullopt;
  return number ? std::to_string(*number) : std::string();
}

std::chrono::seconds retry_after_of(const std::string& header) {
  std::uint32_t seconds = 0;
  const auto [end, fault] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (fault != std::errc{} || end != header.data() + header.size()) return {};
  return std::min(std::chrono::seconds(seconds), kLongestRetryAfter);
}

Delivery no_answer(CURLcode code, bool was_sent) {
  Delivery delivery{.outcome = Delivery::Outcome::later};
  // Not libcurl's own words, which may hold what was sent.
  delivery.reason = code == CURLE_OPERATION_TIMEDOUT   ? "Twilio does not answer in time."
                    : curl::is_certificate_fault(code) ? "Twilio's certificate cannot be trusted."
                                                       : "Twilio cannot be reached.";
  delivery.is_misconfigured = curl::is_certificate_fault(code);
  delivery.is_uncertain = was_sent;
  return delivery;
}

Delivery accepted(const json::View& answer) {
  // Twilio may know at once that it fails.
  const std::string code = number_of(answer, "error_code");
  const std::string_view status = text_of(answer, "status");
  if (status == "failed" || status == "undelivered") return delivery_of_code(is_twilio_code(code) ? code : "");
  Delivery delivery{.outcome = Delivery::Outcome::accepted, .provider_id = std::string(text_of(answer, "sid"))};
  const std::string segments = number_of(answer, "num_segments");
  std::from_chars(segments.data(), segments.data() + segments.size(), delivery.segments);
  return delivery;
}

Delivery refusal(long status, const std::string& body) {
  const auto document = json::Document::parse(body);
  std::string code;
  if (document && document->root().kind() == json::Kind::object) code = number_of(document->root(), "code");
  if (!is_twilio_code(code)) code.clear();
  Delivery delivery = delivery_of_code(code, status == 429 || status >= 500);
  if (status == 429 || status >= 500) delivery.outcome = Delivery::Outcome::later;
  // Whatever the code: of one that is not known to us, the status says enough.
  if (status == 401 || status == 403 || status == 404) {
    if (code.empty()) delivery = delivery_of_code("20003");
    delivery.is_misconfigured = true;
  }
  if (delivery.code.empty() || code.empty()) delivery.code = "HTTP " + std::to_string(status);
  return delivery;
}

std::string variables_json(const std::vector<std::string>& variables) {
  std::string out = "{";
  for (std::size_t i = 0; i < variables.size(); ++i) {
    out += (i == 0 ? "\"" : ",\"") + std::to_string(i + 1) + "\":";
    append_json_string(out, variables[i]);
  }
  return out + "}";
}

bool is_body(std::string_view body) {
  const auto length = length_of(body);
  return length && *length >= 1 && *length <= kMaxBody && is_text(body, Lines::several);
}

bool is_variable(const std::string& text) {
  const auto length = length_of(text);
  return length && *length >= 1 && *length <= kMaxVariable && is_text(text, Lines::one);
}

}  // namespace

struct Twilio::Parts {
  std::string url;
  curl::HandlePool handles;
};

Twilio::Twilio(TwilioOptions options) : options_(std::move(options)), parts_(std::make_unique<Parts>()) {
  check(is_base_url(options_.base_url), "base_url");
  check(is_sid(options_.account_sid, "AC"), "account_sid");
  check(!options_.auth_token.empty() && is_text(options_.auth_token, Lines::one), "auth_token");
  check(options_.messaging_service_sid.empty() || is_sid(options_.messaging_service_sid, "MG"),
        "messaging_service_sid");
  check(options_.sms_from.empty() || is_e164(options_.sms_from) || is_sender_id(options_.sms_from), "sms_from");
  check(options_.whatsapp_from.empty() || is_e164(options_.whatsapp_from), "whatsapp_from");
  check(options_.status_callback.empty() || is_callback(options_.status_callback), "status_callback");
  parts_->url = options_.base_url + "/2010-04-01/Accounts/" + options_.account_sid + "/Messages.json";
}

Twilio::~Twilio() = default;

Delivery Twilio::send(const Sms& sms) {
  if (!is_key(sms.key)) return refused("The message has no key.");
  if (!is_e164(sms.to)) return delivery_of_code("21211");
  if (!is_body(sms.body)) return delivery_of_code("21617");
  if (options_.sms_from.empty() && options_.messaging_service_sid.empty()) return delivery_of_code("21603");
  Form form{{"To", sms.to}};
  if (options_.messaging_service_sid.empty())
    form.emplace_back("From", options_.sms_from);
  else
    form.emplace_back("MessagingServiceSid", options_.messaging_service_sid);
  form.emplace_back("Body", sms.body);
  if (!options_.status_callback.empty())
    form.emplace_back("StatusCallback", status_callback_url(options_.status_callback, sms.key));
  Delivery delivery = post(write_form(form));
  // A messaging service does not know yet, and says 0.
  if (delivery.is_accepted() && delivery.segments == 0)
    delivery.segments = static_cast<int>(sms_segments(sms.body).segments);
  return delivery;
}

Delivery Twilio::send(const WhatsApp& message) {
  if (!is_key(message.key)) return refused("The message has no key.");
  if (!is_e164(message.to)) return delivery_of_code("21211");
  if (options_.whatsapp_from.empty()) return delivery_of_code("63007");
  Form form{{"To", "whatsapp:" + message.to}, {"From", "whatsapp:" + options_.whatsapp_from}};
  if (message.content_sid.empty()) {
    if (!message.variables.empty()) return delivery_of_code("21654");
    if (!is_body(message.body)) return delivery_of_code("21617");
    form.emplace_back("Body", message.body);
  } else {
    if (!is_sid(message.content_sid, "HX") || !message.body.empty()) return delivery_of_code("21655");
    if (message.variables.size() > kMaxVariables || !std::ranges::all_of(message.variables, is_variable))
      return delivery_of_code("21656");
    form.emplace_back("ContentSid", message.content_sid);
    if (!message.variables.empty()) form.emplace_back("ContentVariables", variables_json(message.variables));
  }
  if (!options_.status_callback.empty())
    form.emplace_back("StatusCallback", status_callback_url(options_.status_callback, message.key));
  Delivery delivery = post(write_form(form));
  delivery.segments = 0;  // WhatsApp has none
  return delivery;
}

Delivery Twilio::post(const std::string& body) {
  const curl::Handle handle = parts_->handles.take();
  const bool is_plain = options_.base_url.starts_with("http://");
  std::string answer;
  curl::Strings headers;
  headers.add("Content-Type: application/x-www-form-urlencoded");
  headers.add("Accept: application/json");
  headers.add("Expect:");

  handle.set(CURLOPT_URL, parts_->url.c_str());
  handle.set(CURLOPT_PROTOCOLS_STR, is_plain ? "http" : "https");
  if (is_plain) handle.set(CURLOPT_NOPROXY, "*");
  if (!options_.ca_file.empty()) handle.set(CURLOPT_CAINFO, options_.ca_file.c_str());
  handle.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  handle.set(CURLOPT_USERNAME, options_.account_sid.c_str());
  handle.set(CURLOPT_PASSWORD, options_.auth_token.c_str());
  handle.set(CURLOPT_HTTPHEADER, headers.get());
  handle.set(CURLOPT_POST, 1L);
  handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  handle.set(CURLOPT_POSTFIELDS, body.c_str());
  handle.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  handle.set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  handle.set(CURLOPT_NOSIGNAL, 1L);
  handle.set(CURLOPT_WRITEFUNCTION, &take);
  handle.set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));

  if (const CURLcode code = handle.perform(); code != CURLE_OK) return no_answer(code, handle.request_size() > 0);
  const long status = handle.status();
  if (status / 100 != 2) {
    Delivery delivery = refusal(status, answer);
    if (delivery.outcome == Delivery::Outcome::later)
      delivery.retry_after = retry_after_of(handle.header("Retry-After"));
    // A gateway may have passed it on before it gave up.
    delivery.is_uncertain = status >= 500 && status != 503;
    return delivery;
  }
  const auto document = json::Document::parse(answer);
  if (document && document->root().kind() == json::Kind::object && !text_of(document->root(), "sid").empty())
    return accepted(document->root());
  return {.outcome = Delivery::Outcome::later,
          .reason = "What answers at Twilio's address is not Twilio.",
          .code = "HTTP " + std::to_string(status),
          .is_uncertain = true};
}

std::string status_callback_url(std::string_view status_callback, std::string_view key) {
  return std::string(status_callback) + "?key=" + percent_encoded(key);
}

bool is_e164(std::string_view text) noexcept {
  return text.size() >= 9 && text.size() <= 16 && text[0] == '+' && text[1] >= '1' && text[1] <= '9' &&
         text.substr(1).find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace pitview::messaging
