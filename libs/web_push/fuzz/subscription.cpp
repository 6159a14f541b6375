// Any text as what a browser says: endpoint, p256dh and auth, a line each. What must hold of a subscription that is
// taken: its keys are written in one way only and are on the curve; its endpoint goes where its origin says and nowhere
// else, and has nothing in it that ends a header or a URL.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "bytes.h"
#include "pitview/base/crypto.h"
#include "pitview/web_push/subscription.h"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

std::string next_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string line(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

bool is_plain(char c) { return c > ' ' && c < '\x7f' && c != '@' && c != '\\'; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitview;
  using namespace pitview::web_push;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  SubscriptionText text;
  text.endpoint = next_line(rest);
  text.p256dh = next_line(rest);
  text.auth = next_line(rest);
  const auto subscription = Subscription::read(text);
  if (!subscription) {
    require(!subscription.error().fields.empty(), "a fault is named");
    return 0;
  }
  const Receiver& receiver = subscription->receiver();
  require(crypto::base64url_encode(text_of(receiver.key)) == text.p256dh, "a key is written in one way");
  require(crypto::base64url_encode(text_of(receiver.auth)) == text.auth, "a secret is written in one way");
  require(read_public_key(text_of(receiver.key)).has_value(), "a key is on the curve");
  const std::string& origin = subscription->origin();
  require(origin.starts_with("https://"), "https only");
  require(std::all_of(origin.begin(), origin.end(), is_plain), "an origin is plain");
  require(origin.find_first_of("/?#", 8) == std::string::npos, "an origin has no path");
  require(subscription->endpoint() == text.endpoint, "an endpoint is kept as it is");
  require(text.endpoint.find_first_of(" \r\t\\#") == std::string::npos, "an endpoint is one word");
  return 0;
}
