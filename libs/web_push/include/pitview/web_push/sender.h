// Messages to browsers, by way of the push services that their subscriptions name (RFC 8030), over libcurl.
//
// It connects to public addresses only, whatever a name resolves to, follows no redirects and uses no proxy: an
// endpoint is an address that somebody else has chosen. Blocks, at most kSendSeconds; any thread, several at once;
// connections are kept. std::runtime_error when libcurl or OpenSSL themselves fail.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "pitview/base/time.h"
#include "pitview/web_push/subscription.h"
#include "pitview/web_push/vapid.h"

namespace pitview::web_push {

inline constexpr std::chrono::seconds kSendSeconds{20};

// What is worth waking a device for (RFC 8030 §5.3).
enum class Urgency : std::uint8_t { very_low, low, normal, high };

struct Message {
  std::string payload;  // at most kMaxPayload bytes (encrypt.h)
  // For so long it is kept for a browser that is away; 0: it comes now or never.
  std::chrono::seconds ttl{std::chrono::hours(24)};
  Urgency urgency = Urgency::normal;
  // 1 to 32 of a-z, A-Z, 0-9, "-" and "_": takes the place of the message with the same topic that still waits
  // (RFC 8030 §5.4). "": takes no other's place.
  std::string topic;
};

enum class Outcome : std::uint8_t {
  accepted,  // by the push service; nobody says whether a browser showed it
  gone,      // there is no such subscription any more: it is to be deleted
  later,     // busy, failing or unreachable: the same may go well another time
  refused,   // the same will be refused again
};

struct Delivery {
  Outcome outcome = Outcome::refused;
  // One sentence for a log, "" when accepted: no endpoint, no key, nothing that the push service wrote.
  std::string detail;
  // Only with `later`, when the push service says when; never more than a day.
  std::optional<std::chrono::seconds> retry_after;
};

class Sender {
 public:
  // `clock` must outlive the sender and be safe to read from every thread that sends.
  Sender(const Clock& clock, Vapid vapid, Reach reach = Reach::internet);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  Delivery send(const Subscription& to, const Message& message);

 private:
  class Handles;
  Delivery post(const Subscription& to, const Message& message, const std::string& body);

  const Clock& clock_;
  const Vapid vapid_;
  const Reach reach_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace pitview::web_push
