// Twilio's Messages resource on loopback, for tests: it checks what it gets as Twilio does, sends nothing to anybody,
// keeps what it accepted, and posts signed receipts a while later. It forgets everything when it ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "callbacks.h"
#include "pitview/http/server.h"
#include "pitview/messaging/twilio.h"
#include "request_check.h"

namespace pitview::messaging {

// One that was accepted. Numbers as they came: "+91…" or "whatsapp:+91…".
struct AcceptedMessage {
  std::string sid;
  std::string to;
  std::string from;
  std::string messaging_service_sid;
  std::string body;
  std::string content_sid;
  std::string content_variables;
  std::string status_callback;
  std::string status;      // in the end: "delivered" or "undelivered"
  std::string error_code;  // with undelivered
};

// What the next requests get instead of an answer of success; each only so often as is left of it, in this order.
struct Behaviour {
  std::int32_t hang = 0;        // no answer at all
  std::int32_t rate_limit = 0;  // 429 and 20429
  std::int32_t retry_after_s = 2;
  std::int32_t fail = 0;  // with fail_status
  std::int32_t fail_status = 503;
  std::vector<std::string> opted_out;                       // numbers, E.164: SMS gets 21610
  std::map<std::string, std::string> invalid;               // number → code: refused with it ("21211", "21614")
  std::map<std::string, std::string> undelivered;           // number → code: accepted, and not delivered
  std::map<std::string, std::string> whatsapp_invalid;      // likewise, of WhatsApp only
  std::map<std::string, std::string> whatsapp_undelivered;  //
  std::vector<std::string> sessions;  // numbers that wrote on WhatsApp: a text without template arrives
};

class StandIn {
 public:
  // Any free port: 0. std::system_error: it is taken.
  StandIn(std::uint16_t port, StandInSettings settings);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  std::uint16_t port() const;
  // With which a client of it works.
  TwilioOptions options() const;

  void behave(Behaviour behaviour);
  std::vector<AcceptedMessage> messages() const;
  // How often it was asked to create a message, whatever it answered.
  std::size_t requests() const;
  // Posts what somebody writes to one of our numbers to `url`, signed.
  void receive(const std::string& url, const std::string& from, const std::string& to, const std::string& body,
               const std::string& opt_out_type = {});
  const Callbacks& callbacks() const { return callbacks_; }

 private:
  Awaitable<http::Response> on_create(const http::Request& request);
  Awaitable<http::Response> on_messages(const http::Request& request);
  Awaitable<http::Response> on_behaviour(const http::Request& request);
  Awaitable<http::Response> on_inbound(const http::Request& request);
  Awaitable<http::Response> on_reset(const http::Request& request);
  // Of this request, by what was set; nothing: it is taken as it is.
  std::optional<http::Response> misbehaved();
  bool is_hanging();
  http::Response create(const http::Request& request);
  void plan_receipts(const AcceptedMessage& message);
  std::string new_sid();

  const StandInSettings settings_;
  mutable std::mutex mutex_;
  Behaviour behaviour_;
  std::vector<AcceptedMessage> messages_;
  std::size_t requests_ = 0;

  Callbacks callbacks_;
  Runtime runtime_{1};
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

}  // namespace pitview::messaging
