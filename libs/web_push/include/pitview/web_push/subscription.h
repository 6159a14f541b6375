// Where a message goes and who alone can read it: what a browser's PushSubscription says, checked.
//
// An endpoint comes from a browser, so it may be anything, also the address of something in our own network. It is
// taken with https only; an address that is no public one is refused here when it is written out, and by the Sender
// when a name leads to it. An endpoint is a secret: who knows it can ask for it to be used, so no error repeats it.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "pitview/base/result.h"
#include "pitview/web_push/p256.h"

namespace pitview::web_push {

// What a sender may connect to. Loopback, and there also http, is for tests with a push service of their own.
enum class Reach : std::uint8_t { internet, internet_and_loopback };

inline constexpr std::size_t kMaxEndpoint = 2'048;  // bytes; those of today's push services have fewer than 800

using AuthSecret = std::array<std::uint8_t, 16>;

// Whom a message is encrypted for.
struct Receiver {
  PublicKey key{};  // "p256dh"
  AuthSecret auth{};
};

// As PushSubscription.toJSON() has them: both keys base64url without padding.
struct SubscriptionText {
  std::string endpoint;
  std::string p256dh;
  std::string auth;
};

class Subscription {
 public:
  // validation_failed, with each fault at "endpoint", "keys.p256dh" or "keys.auth".
  static Result<Subscription> read(const SubscriptionText& text, Reach reach = Reach::internet);

  const std::string& endpoint() const noexcept { return endpoint_; }
  // "https://push.example.net", with a port that is not the usual one (RFC 6454 §6.2).
  const std::string& origin() const noexcept { return origin_; }
  const Receiver& receiver() const noexcept { return receiver_; }

 private:
  Subscription() = default;

  std::string endpoint_;
  std::string origin_;
  Receiver receiver_;
};

}  // namespace pitview::web_push
