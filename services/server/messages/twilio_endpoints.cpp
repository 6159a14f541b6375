#include "messages/twilio_endpoints.h"

namespace pitview::messages {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;
using api::Upload;

struct TwilioReceiptQuery {
  std::optional<std::string> key;
};
BOOST_DESCRIBE_STRUCT(TwilioReceiptQuery, (), (key))

namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

class TwilioEndpoints {
 public:
  TwilioEndpoints(TwilioWebhooks& webhooks, auth::Authenticator& authenticator)
      : webhooks_(webhooks), authenticator_(authenticator) {}

  Awaitable<Result<Nothing>> receipt(Caller& caller) {
    const auto told = co_await webhooks_.receipt(caller.request);
    co_return answer(caller, told);
  }
  Awaitable<Result<Nothing>> inbound(Caller& caller) {
    const auto told = co_await webhooks_.inbound(caller.request);
    co_return answer(caller, told);
  }

 private:
  // Twilio has a few addresses for all messages of everybody; only who cannot sign is limited.
  Result<Nothing> answer(const Caller& caller, const Result<>& told) {
    if (told) return Nothing{};
    if (auto refused = authenticator_.over_limit_of_address(caller.request)) return std::move(*refused);
    return told.error();
  }

  TwilioWebhooks& webhooks_;
  auth::Authenticator& authenticator_;
};

}  // namespace

void add_twilio_endpoints(api::Api& api, TwilioWebhooks& webhooks, auth::Authenticator& authenticator) {
  const auto endpoints = std::make_shared<TwilioEndpoints>(webhooks, authenticator);

  api.add<Nothing, TwilioReceiptQuery, Upload, Nothing>(
      {.method = Method::post,
       .path = "/api/twilio/receipts",
       .needs = Needs(Permission::anyone).signed_by_the_caller(),
       .id = "take_twilio_receipt",
       .summary = "Twilio tells what has become of a message",
       .tag = "messages",
       .description =
           "For Twilio, which signs it (X-Twilio-Signature) with the public address it was told; `key` is our name for "
           "the message. Receipts may come in any order, and again.",
       .status = 204,
       .body_limit = TwilioWebhooks::kMaxBody,
       .bytes_type = kFormType},
      [endpoints](Caller& caller, auto) { return endpoints->receipt(caller); });

  api.add<Nothing, Nothing, Upload, Nothing>(
      {.method = Method::post,
       .path = "/api/twilio/inbound",
       .needs = Needs(Permission::anyone).signed_by_the_caller(),
       .id = "take_twilio_message",
       .summary = "Twilio tells what somebody wrote to us",
       .tag = "messages",
       .description =
           "For Twilio, which signs it. STOP ends the consent to messages in every workshop where the number is a "
           "customer's, START gives back what STOP ended; nothing else is kept.",
       .status = 204,
       .body_limit = TwilioWebhooks::kMaxBody,
       .bytes_type = kFormType},
      [endpoints](Caller& caller, auto) { return endpoints->inbound(caller); });
}

}  // namespace pitview::messages
