#include "stand_in.h"

#include <algorithm>
#include <boost/asio/use_future.hpp>

#include "control.h"
#include "pitview/async/deadline.h"
#include "pitview/base/crypto.h"
#include "resources.h"

namespace pitview::messaging {
namespace {

constexpr std::chrono::seconds kDrain{1};
constexpr std::chrono::seconds kHang{25};
constexpr std::string_view kWhatsApp = "whatsapp:";

std::string number_of(const std::string& address) {
  return is_whatsapp_address(address) ? address.substr(kWhatsApp.size()) : address;
}

template <class Container>
std::string code_for(const Container& codes, const std::string& number) {
  const auto found = codes.find(number);
  return found == codes.end() ? std::string() : found->second;
}

bool contains(const std::vector<std::string>& numbers, const std::string& number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

bool take_one(std::int32_t& left) {
  if (left <= 0) return false;
  --left;
  return true;
}

}  // namespace

StandIn::StandIn(std::uint16_t port, StandInSettings settings)
    : settings_(std::move(settings)), callbacks_(settings_.auth_token) {
  http::Router router;
  router.add(http::Method::post, "/2010-04-01/Accounts/{account}/Messages.json",
             [this](const http::Request& request) { return on_create(request); });
  router.add(http::Method::get, "/control/messages",
             [this](const http::Request& request) { return on_messages(request); });
  router.add(http::Method::del, "/control/messages",
             [this](const http::Request& request) { return on_reset(request); });
  router.add(http::Method::put, "/control/behaviour",
             [this](const http::Request& request) { return on_behaviour(request); });
  router.add(http::Method::post, "/control/inbound",
             [this](const http::Request& request) { return on_inbound(request); });
  http::Options options;
  options.port = port;
  server_ = std::make_unique<http::Server>(runtime_, options, std::move(router));
  server_->start();
  thread_ = std::thread([this] { runtime_.run(); });
}

StandIn::~StandIn() {
  asio::co_spawn(runtime_.context(0), server_->stop(kDrain), asio::use_future).wait();
  runtime_.stop();
  thread_.join();
}

std::uint16_t StandIn::port() const { return server_->port(); }

TwilioOptions StandIn::options() const {
  return {.base_url = "http://127.0.0.1:" + std::to_string(port()),
          .account_sid = settings_.account_sid,
          .auth_token = settings_.auth_token,
          .sms_from = *settings_.senders.begin(),
          .whatsapp_from = *settings_.whatsapp_senders.begin()};
}

void StandIn::behave(Behaviour behaviour) {
  const std::lock_guard lock(mutex_);
  behaviour_ = std::move(behaviour);
}

std::vector<AcceptedMessage> StandIn::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

std::size_t StandIn::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void StandIn::receive(const std::string& url, const std::string& from, const std::string& to, const std::string& body,
                      const std::string& opt_out_type) {
  Form form{{"MessageSid", new_sid()},
            {"SmsStatus", "received"},
            {"AccountSid", settings_.account_sid},
            {"From", from},
            {"To", to},
            {"Body", body},
            {"NumMedia", "0"},
            {"NumSegments", "1"},
            {"ApiVersion", "2010-04-01"}};
  if (!opt_out_type.empty()) form.emplace_back("OptOutType", opt_out_type);
  callbacks_.post(url, std::move(form), Callbacks::Clock::now());
}

Awaitable<http::Response> StandIn::on_create(const http::Request& request) {
  if (is_hanging()) co_await sleep_for(kHang);
  co_return create(request);
}

bool StandIn::is_hanging() {
  const std::lock_guard lock(mutex_);
  return take_one(behaviour_.hang);
}

std::optional<http::Response> StandIn::misbehaved() {
  if (take_one(behaviour_.rate_limit))
    return error_resource({.status = 429, .code = 20429, .message = "Too Many Requests"})
        .with("Retry-After", std::to_string(behaviour_.retry_after_s));
  if (take_one(behaviour_.fail))
    return error_resource({.status = behaviour_.fail_status, .code = 20500, .message = "Internal Server Error"});
  return std::nullopt;
}

http::Response StandIn::create(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  ++requests_;
  if (const Fault fault = fault_of_caller(request, settings_); fault.status != 0) return error_resource(fault);
  if (auto response = misbehaved()) return std::move(*response);
  const auto form = parse_form(request.body);
  if (!form) return error_resource({.status = 400, .code = 20001, .message = "The form is broken"});
  if (const Fault fault = fault_of_message(*form, settings_); fault.status != 0) return error_resource(fault);

  const auto value = [&](const char* name) { return value_of(*form, name).value_or(""); };
  AcceptedMessage message{.sid = new_sid(),
                          .to = value("To"),
                          .from = value("From"),
                          .messaging_service_sid = value("MessagingServiceSid"),
                          .body = value("Body"),
                          .content_sid = value("ContentSid"),
                          .content_variables = value("ContentVariables"),
                          .status_callback = value("StatusCallback")};
  const std::string number = number_of(message.to);
  const bool is_whatsapp = is_whatsapp_address(message.to);
  std::string invalid = code_for(behaviour_.invalid, number);
  if (is_whatsapp && invalid.empty()) invalid = code_for(behaviour_.whatsapp_invalid, number);
  if (!invalid.empty())
    return error_resource(
        {.status = 400, .code = std::stoi(invalid), .message = "Invalid 'To' Phone Number: " + number});
  if (!is_whatsapp && contains(behaviour_.opted_out, number))
    return error_resource({.status = 400, .code = 21610, .message = "Attempt to send to unsubscribed recipient"});
  message.error_code = code_for(behaviour_.undelivered, number);
  if (is_whatsapp && message.error_code.empty()) message.error_code = code_for(behaviour_.whatsapp_undelivered, number);
  // Twilio takes it, and WhatsApp does not.
  if (is_whatsapp && message.content_sid.empty() && message.error_code.empty() &&
      !contains(behaviour_.sessions, number))
    message.error_code = "63016";
  message.status = message.error_code.empty() ? "delivered" : "undelivered";
  plan_receipts(message);
  messages_.push_back(message);
  return message_resource(message, settings_.account_sid);
}

void StandIn::plan_receipts(const AcceptedMessage& message) {
  if (message.status_callback.empty()) return;
  auto due = Callbacks::Clock::now();
  for (const std::string& status : {std::string("sent"), message.status}) {
    due += settings_.callback_delay;
    Form form{{"MessageSid", message.sid},  {"SmsSid", message.sid},
              {"MessageStatus", status},    {"SmsStatus", status},
              {"To", message.to},           {"From", message.from},
              {"ApiVersion", "2010-04-01"}, {"AccountSid", settings_.account_sid}};
    if (!message.messaging_service_sid.empty()) form.emplace_back("MessagingServiceSid", message.messaging_service_sid);
    if (status == "undelivered") form.emplace_back("ErrorCode", message.error_code);
    callbacks_.post(message.status_callback, std::move(form), due);
  }
}

std::string StandIn::new_sid() { return "SM" + crypto::to_hex(crypto::random_bytes(16)); }

Awaitable<http::Response> StandIn::on_messages(const http::Request&) {
  co_return http::Response::json(200, messages_json(messages()));
}

Awaitable<http::Response> StandIn::on_reset(const http::Request&) {
  const std::lock_guard lock(mutex_);
  messages_.clear();
  behaviour_ = {};
  co_return http::Response::no_content();
}

Awaitable<http::Response> StandIn::on_behaviour(const http::Request& request) {
  auto read = read_behaviour(request.body);
  if (!read) co_return http::Response::text(400, read.error().detail);
  behave(std::move(*read));
  co_return http::Response::no_content();
}

Awaitable<http::Response> StandIn::on_inbound(const http::Request& request) {
  const auto read = read_inbound(request.body);
  if (!read) co_return http::Response::text(400, read.error().detail);
  receive(read->url, read->from, read->to, read->body, read->opt_out_type);
  co_return http::Response::no_content();
}

}  // namespace pitview::messaging
