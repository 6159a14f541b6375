#include "pitview/web_push/subscription.h"

#include "bytes.h"
#include "endpoint.h"
#include "pitview/base/crypto.h"

namespace pitview::web_push {

Result<Subscription> Subscription::read(const SubscriptionText& text, Reach reach) {
  Error error{Errc::validation_failed, "This is no subscription that messages can be sent to.", {}, 0};
  Subscription subscription;
  if (auto origin = origin_of_endpoint(text.endpoint, reach)) {
    subscription.endpoint_ = text.endpoint;
    subscription.origin_ = std::move(*origin);
  } else {
    error.fields.push_back({"endpoint", "must be the https address of a push service on the internet"});
  }
  const auto point = crypto::base64url_decode(text.p256dh);
  if (const auto key = point ? read_public_key(*point) : std::nullopt)
    subscription.receiver_.key = *key;
  else
    error.fields.push_back({"keys.p256dh", "must be an uncompressed point of the curve P-256 in base64url"});
  const auto auth = crypto::base64url_decode(text.auth);
  if (auth && auth->size() == std::tuple_size_v<AuthSecret>)
    subscription.receiver_.auth = array_of<std::tuple_size_v<AuthSecret>>(*auth);
  else
    error.fields.push_back({"keys.auth", "must be 16 bytes in base64url"});
  if (!error.fields.empty()) return error;
  return subscription;
}

}  // namespace pitview::web_push
