// Who sends, so that a push service knows whom to write to when something goes wrong, and lets nobody else use a
// subscription that was made for our key: Voluntary Application Server Identification (RFC 8292).
//
// Any thread. std::runtime_error when OpenSSL itself fails.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "pitview/base/result.h"
#include "pitview/base/time.h"
#include "pitview/web_push/p256.h"

namespace pitview::web_push {

// Push services refuse more than 24 hours, by their own clock (RFC 8292 §2).
inline constexpr std::chrono::hours kVapidLife{12};

class Vapid {
 public:
  // `subject`: "mailto:…" or "https:…" (RFC 8292 §2.1); validation_failed for anything else.
  static Result<Vapid> make(KeyPair keys, std::string subject);

  // For the browser's `applicationServerKey`, base64url. Subscriptions are bound to it: another key, and every browser
  // has to subscribe again.
  std::string public_key() const;

  // The value of the Authorization header: "vapid t=…, k=…", good for `origin` until now + kVapidLife.
  std::string authorization(std::string_view origin, Timestamp now) const;

 private:
  Vapid(KeyPair keys, std::string subject) : keys_(std::move(keys)), subject_(std::move(subject)) {}

  KeyPair keys_;
  std::string subject_;
};

}  // namespace pitview::web_push
