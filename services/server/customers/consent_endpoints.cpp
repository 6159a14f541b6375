#include "api/paging.h"
#include "api/refusals.h"
#include "customers/customers_endpoints.h"
#include "pitview/json/types.h"

namespace pitview::customers {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct ConsentAnswer {
  json::Int<1, 1'000'000> text_version;
  std::optional<bool> live_video;
  std::optional<bool> recording;
  std::optional<bool> messages;
};
BOOST_DESCRIBE_STRUCT(ConsentAnswer, (), (text_version, live_video, recording, messages))

struct ConsentHistoryQuery {
  std::optional<ConsentId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(ConsentHistoryQuery, (), (cursor, limit))

struct ConsentTextsQuery {
  std::optional<json::Int<1, 1'000'000>> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(ConsentTextsQuery, (), (cursor, limit))

struct NewConsentText {
  json::Lines<1, 2000> live_video;
  json::Lines<1, 2000> recording;
  json::Lines<1, 2000> messages;
};
BOOST_DESCRIBE_STRUCT(NewConsentText, (), (live_video, recording, messages))

namespace {

class ConsentEndpoints {
 public:
  explicit ConsentEndpoints(ConsentService& service) : service_(service) {}

  Awaitable<Result<ConsentState>> state(Caller& caller) { co_return co_await service_.state(caller.principal); }

  Awaitable<Result<ConsentState>> answer(Caller& caller, ConsentAnswer body) {
    const ConsentChoice choice{body.live_video, body.recording, body.messages};
    if (choice.empty()) co_return api::invalid("live_video", "one of live_video, recording and messages is required");
    co_return co_await service_.answer(audit::actor_of(caller), static_cast<int>(body.text_version.value), choice);
  }

  Awaitable<Result<std::vector<ConsentEntry>>> history(Caller& caller, ConsentHistoryQuery query) {
    const int limit = api::limit_of(query.limit);
    auto entries = co_await service_.history(caller.principal.workshop, caller.principal.user, query.cursor, limit);
    if (entries && static_cast<int>(entries->size()) == limit) api::add_next_link(caller, entries->back().id.value);
    co_return entries;
  }

  Awaitable<Result<std::vector<ConsentText>>> texts(Caller& caller, ConsentTextsQuery query) {
    std::optional<int> before;
    if (query.cursor) before = static_cast<int>(query.cursor->value);
    const int limit = api::limit_of(query.limit);
    std::vector<ConsentText> texts = co_await service_.texts(caller.principal.workshop, before, limit);
    if (static_cast<int>(texts.size()) == limit) api::add_next_link(caller, texts.back().version);
    co_return texts;
  }

  Awaitable<Result<ConsentText>> publish(Caller& caller, NewConsentText body) {
    ConsentText text{.live_video = std::move(body.live_video.value),
                     .recording = std::move(body.recording.value),
                     .messages = std::move(body.messages.value)};
    co_return co_await service_.publish(audit::actor_of(caller), std::move(text));
  }

 private:
  ConsentService& service_;
};

}  // namespace

void add_consent_endpoints(api::Api& api, ConsentService& service) {
  const auto consents = std::make_shared<ConsentEndpoints>(service);

  api.add<Nothing, Nothing, Nothing, ConsentState>(
      {.method = Method::get,
       .path = "/api/consents",
       .needs = Needs(Permission::customer_self),
       .id = "get_consents",
       .summary = "What one is asked to agree to, and what one has said",
       .tag = "consents"},
      [consents](Caller& caller, auto) { return consents->state(caller); });

  api.add<Nothing, Nothing, ConsentAnswer, ConsentState>(
      {.method = Method::post,
       .path = "/api/consents",
       .needs = Needs(Permission::customer_self),
       .id = "answer_consents",
       .summary = "Agree, or take it back",
       .tag = "consents",
       .description =
           "text_version is that of the text which was read. What is left out stays as it was. Every change is "
           "kept with its time, version and address.",
       .problems = {Errc::conflict}},
      [consents](Caller& caller, auto input) { return consents->answer(caller, std::move(input.body)); });

  api.add<Nothing, ConsentHistoryQuery, Nothing, std::vector<ConsentEntry>>(
      {.method = Method::get,
       .path = "/api/consents/history",
       .needs = Needs(Permission::customer_self),
       .id = "list_own_consents",
       .summary = "Everything one has said, the newest first",
       .tag = "consents",
       .problems = {Errc::not_found}},
      [consents](Caller& caller, auto input) { return consents->history(caller, std::move(input.query)); });

  api.add<Nothing, ConsentTextsQuery, Nothing, std::vector<ConsentText>>(
      {.method = Method::get,
       .path = "/api/consent-texts",
       .needs = Needs(Permission::customers_read),
       .id = "list_consent_texts",
       .summary = "The workshop's texts, the present one first",
       .tag = "consents",
       .description = "A workshop begins with the product's text as its version 1."},
      [consents](Caller& caller, auto input) { return consents->texts(caller, std::move(input.query)); });

  api.add<Nothing, Nothing, NewConsentText, ConsentText>(
      {.method = Method::post,
       .path = "/api/consent-texts",
       .needs = Needs(Permission::workshop_manage),
       .id = "publish_consent_text",
       .summary = "Ask for something else from now on",
       .tag = "consents",
       .description = "The next version. What customers have said stays with the version they read.",
       .status = 201},
      [consents](Caller& caller, auto input) { return consents->publish(caller, std::move(input.body)); });
}

}  // namespace pitview::customers
