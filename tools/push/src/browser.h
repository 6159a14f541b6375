// What a browser keeps of a subscription, and how it opens a message (RFC 8291, RFC 8188). Of other code than
// libs/web_push encrypts with: the arithmetic of the curve and OpenSSL's own HKDF, so that a mistake is not made twice.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pitview::web_push {

class Browser {
 public:
  Browser();
  // Of a test vector; all bytes. Precondition: a number of the curve's group, and 16 bytes.
  Browser(std::string private_key, std::string auth);

  // Both base64url, as a PushSubscription says them.
  std::string p256dh() const;
  std::string auth() const;

  // Empty: the message is not for this browser, was altered or is not one record of aes128gcm.
  std::optional<std::string> open(std::string_view body) const;

 private:
  const std::string private_key_;
  const std::string public_key_;
  const std::string auth_;
};

}  // namespace pitview::web_push
