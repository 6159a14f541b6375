#include "pitview/web_push/sender.h"

#include <sys/socket.h>

#include <algorithm>

#include "address.h"
#include "pitview/curl/handles.h"
#include "pitview/web_push/encrypt.h"

namespace pitview::web_push {
namespace {

using namespace std::chrono_literals;

constexpr long kConnectSeconds = 5;
constexpr std::chrono::seconds kMaxRetryAfter = 24h;
constexpr std::size_t kMaxTopic = 32;

// What a push service writes besides its status is nobody's business here.
std::size_t ignore(char*, std::size_t, std::size_t size, void*) { return size; }

struct Gate {
  Reach reach;
  int opened = 0;
  int denied = 0;
};

// Where libcurl would connect to, after names are resolved: the one place where it cannot be led astray any more.
curl_socket_t open_socket(void* gate_of_transfer, curlsocktype, curl_sockaddr* address) {
  auto& gate = *static_cast<Gate*>(gate_of_transfer);
  if (!may_connect(address->addr, gate.reach)) {
    ++gate.denied;
    return CURL_SOCKET_BAD;
  }
  ++gate.opened;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

const char* name_of(Urgency urgency) noexcept {
  switch (urgency) {
    case Urgency::very_low: return "very-low";
    case Urgency::low: return "low";
    case Urgency::normal: return "normal";
    case Urgency::high: return "high";
  }
  return "normal";
}

bool is_topic(std::string_view text) noexcept {
  return text.size() <= kMaxTopic &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
             std::string_view::npos;
}

// What each status means to who sends: RFC 8030 §5, §7.3 and §8.4, RFC 8292 §4.2.
Outcome outcome_of(long status) noexcept {
  if (status / 100 == 2) return Outcome::accepted;
  if (status == 404 || status == 410) return Outcome::gone;
  if (status == 408 || status == 429 || status / 100 == 5) return Outcome::later;
  return Outcome::refused;
}

const char* meaning_of(long status) noexcept {
  switch (status) {
    case 400: return "the request is not what it understands";
    case 401:
    case 403: return "it does not take messages signed with this VAPID key";
    case 404:
    case 410: return "the subscription has ended";
    case 413: return "the message is too large";
    case 429: return "too many messages";
    default:
      return status / 100 == 5 ? "it is failing" : status / 100 == 3 ? "it sends us elsewhere" : "it takes no message";
  }
}

Delivery delivery_of(long status, std::chrono::seconds retry_after) {
  Delivery delivery{.outcome = outcome_of(status)};
  if (delivery.outcome == Outcome::accepted) return delivery;
  delivery.detail = "The push service answers " + std::to_string(status) + ": " + meaning_of(status) + ".";
  if (delivery.outcome == Outcome::later && retry_after > 0s)
    delivery.retry_after = std::min(retry_after, kMaxRetryAfter);
  return delivery;
}

Delivery unanswered(CURLcode code, const Gate& gate) {
  if (gate.denied > 0 && gate.opened == 0)
    return {.outcome = Outcome::refused, .detail = "The push service is at an address that is not of the internet."};
  if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
    return {.outcome = Outcome::refused, .detail = "The endpoint is no https address."};
  // Not CURLOPT_ERRORBUFFER: that may repeat what is in the endpoint.
  return {.outcome = Outcome::later,
          .detail = std::string("The push service does not answer: ") + curl_easy_strerror(code) + "."};
}

}  // namespace

class Sender::Handles : public curl::HandlePool {};

Sender::Sender(const Clock& clock, Vapid vapid, Reach reach)
    : clock_(clock), vapid_(std::move(vapid)), reach_(reach), handles_(std::make_unique<Handles>()) {}

Sender::~Sender() = default;

Delivery Sender::send(const Subscription& to, const Message& message) {
  if (!is_topic(message.topic)) return {.outcome = Outcome::refused, .detail = "The topic of the message is none."};
  const auto body = encrypt(to.receiver(), message.payload);
  if (!body) return {.outcome = Outcome::refused, .detail = body.error().detail};
  return post(to, message, *body);
}

Delivery Sender::post(const Subscription& to, const Message& message, const std::string& body) {
  const curl::Handle handle = handles_->take();
  Gate gate{.reach = reach_};
  curl::Strings headers;
  headers.add("Authorization: " + vapid_.authorization(to.origin(), clock_.now()));
  headers.add("Content-Encoding: aes128gcm");
  headers.add("Content-Type: application/octet-stream");
  headers.add("TTL: " + std::to_string(std::max(message.ttl, 0s).count()));
  headers.add(std::string("Urgency: ") + name_of(message.urgency));
  if (!message.topic.empty()) headers.add("Topic: " + message.topic);
  headers.add("Expect:");

  handle.set(CURLOPT_URL, to.endpoint().c_str());
  handle.set(CURLOPT_PROTOCOLS_STR, reach_ == Reach::internet ? "https" : "https,http");
  handle.set(CURLOPT_PATH_AS_IS, 1L);
  handle.set(CURLOPT_FOLLOWLOCATION, 0L);
  // A proxy would be what the gate sees, and would connect to anything.
  handle.set(CURLOPT_PROXY, "");
  handle.set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  handle.set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&gate));
  handle.set(CURLOPT_POST, 1L);
  handle.set(CURLOPT_POSTFIELDS, body.data());
  handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  handle.set(CURLOPT_HTTPHEADER, headers.get());
  handle.set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  handle.set(CURLOPT_TIMEOUT, static_cast<long>(kSendSeconds.count()));
  handle.set(CURLOPT_NOSIGNAL, 1L);
  handle.set(CURLOPT_WRITEFUNCTION, &ignore);
  if (const CURLcode code = handle.perform(); code != CURLE_OK) return unanswered(code, gate);
  return delivery_of(handle.status(), std::chrono::seconds(handle.retry_after()));
}

}  // namespace pitview::web_push
