#include "messages/message_endpoints.h"

#include "api/paging.h"
#include "api/refusals.h"
#include "pitview/json/types.h"

namespace pitview::messages {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct JobMessagePath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(JobMessagePath, (), (id))

struct JobMessageQuery {
  std::optional<MessageId> cursor;
  std::optional<api::PageLimit> limit;
};
BOOST_DESCRIBE_STRUCT(JobMessageQuery, (), (cursor, limit))

struct MessageSettingsBody {
  std::optional<json::Text<5, 5>> quiet_from;
  std::optional<json::Text<5, 5>> quiet_until;
  std::optional<json::Int<0, 100'000>> daily_cap;
  std::optional<bool> after_care;
  std::optional<bool> owner_alerts;
};
BOOST_DESCRIBE_STRUCT(MessageSettingsBody, (), (quiet_from, quiet_until, daily_cap, after_care, owner_alerts))

struct MessageTemplateBody {
  std::string kind;
  std::string language;                      // en, hi
  std::optional<json::Lines<1, 1000>> text;  // null: back to the product's words
};
BOOST_DESCRIBE_STRUCT(MessageTemplateBody, (), (kind, language, text))

struct MessageCostsQuery {
  std::string month;
};
BOOST_DESCRIBE_STRUCT(MessageCostsQuery, (), (month))

struct MessageTemplates {
  std::vector<MessageTemplate> templates;
};
BOOST_DESCRIBE_STRUCT(MessageTemplates, (), (templates))

namespace {

// "21:00"; what it stands for is the database's.
bool is_time(const std::optional<json::Text<5, 5>>& text) {
  if (!text) return true;
  const std::string& t = text->value;
  const auto digit = [&](std::size_t at) { return t[at] >= '0' && t[at] <= '9'; };
  if (!digit(0) || !digit(1) || t[2] != ':' || !digit(3) || !digit(4)) return false;
  return (t[0] - '0') * 10 + (t[1] - '0') < 24 && t[3] < '6';
}

std::optional<std::string> value_of(std::optional<json::Text<5, 5>> text) {
  if (!text) return std::nullopt;
  return std::move(text->value);
}

class MessageEndpoints {
 public:
  MessageEndpoints(MessagesRepository& messages, jobs::JobsRepository& jobs, MessageSettingsService& settings)
      : messages_(messages), jobs_(jobs), settings_(settings) {}

  Awaitable<Result<std::vector<Message>>> of_job(Caller& caller, JobId job, JobMessageQuery query) {
    const WorkshopId workshop = caller.principal.workshop;
    if (!co_await jobs_.find(workshop, jobs::JobAccess::of(caller.principal), job, SystemClock().now()))
      co_return Error{Errc::not_found, "There is no such job.", {}, 0};
    const int limit = api::limit_of(query.limit);
    auto found = co_await messages_.of_job(workshop, job, query.cursor, limit);
    if (static_cast<int>(found.size()) == limit) api::add_next_link(caller, found.back().id.value);
    co_return found;
  }

  Awaitable<Result<MessageSettings>> settings(Caller& caller) {
    co_return co_await settings_.settings(caller.principal.workshop);
  }

  Awaitable<Result<MessageSettings>> change(Caller& caller, MessageSettingsBody body) {
    if (!is_time(body.quiet_from)) co_return api::invalid("quiet_from", "must be a time such as 21:00");
    if (!is_time(body.quiet_until)) co_return api::invalid("quiet_until", "must be a time such as 08:00");
    MessageSettingsChange change{.quiet_from = value_of(std::move(body.quiet_from)),
                                 .quiet_until = value_of(std::move(body.quiet_until)),
                                 .after_care = body.after_care,
                                 .owner_alerts = body.owner_alerts};
    if (body.daily_cap) change.daily_cap = static_cast<int>(body.daily_cap->value);
    co_return co_await settings_.change(audit::actor_of(caller), std::move(change));
  }

  Awaitable<Result<MessageCosts>> costs(Caller& caller, MessageCostsQuery query) {
    if (!is_month(query.month)) co_return api::invalid("month", "must be a month such as 2026-11");
    co_return co_await settings_.costs(caller.principal.workshop, std::move(query.month));
  }

  Awaitable<Result<MessageTemplates>> templates(Caller& caller) {
    co_return MessageTemplates{co_await settings_.templates(caller.principal.workshop)};
  }

  Awaitable<Result<MessageTemplate>> set_text(Caller& caller, MessageTemplateBody body) {
    const auto kind = message_kind_from(body.kind);
    if (!kind) co_return api::invalid("kind", "is no message");
    if (body.language != "en" && body.language != "hi") co_return api::invalid("language", "must be en or hi");
    audit::Actor actor = audit::actor_of(caller);
    if (!body.text) co_return co_await settings_.reset_text(std::move(actor), *kind, std::move(body.language));
    co_return co_await settings_.set_text(std::move(actor), *kind, std::move(body.language),
                                          std::move(body.text->value));
  }

 private:
  MessagesRepository& messages_;
  jobs::JobsRepository& jobs_;
  MessageSettingsService& settings_;
};

}  // namespace

void add_message_endpoints(api::Api& api, MessagesRepository& messages, jobs::JobsRepository& jobs,
                           MessageSettingsService& settings) {
  const auto endpoints = std::make_shared<MessageEndpoints>(messages, jobs, settings);

  api.add<JobMessagePath, JobMessageQuery, Nothing, std::vector<Message>>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/messages",
       .needs = Needs(Permission::customers_read),
       .id = "list_job_messages",
       .summary = "What a job's customer was told, and will be, the newest first",
       .tag = "jobs",
       .description =
           "Status is waiting, sent (a provider has taken it), delivered, failed, dropped (it was overtaken, or they "
           "want no messages) or not_sent (there is no provider); reason says why. The next page is in the "
           "Link header.",
       .problems = {Errc::not_found}},
      [endpoints](Caller& caller, auto input) { return endpoints->of_job(caller, input.path.id, input.query); });

  api.add<Nothing, Nothing, Nothing, MessageSettings>(
      {.method = Method::get,
       .path = "/api/message-settings",
       .needs = Needs(Permission::workshop_manage),
       .id = "get_message_settings",
       .summary = "When messages go out, and how many",
       .tag = "messages"},
      [endpoints](Caller& caller, auto) { return endpoints->settings(caller); });

  api.add<Nothing, Nothing, MessageSettingsBody, MessageSettings>(
      {.method = Method::patch,
       .path = "/api/message-settings",
       .needs = Needs(Permission::workshop_manage),
       .id = "change_message_settings",
       .summary = "Set when messages go out, and how many",
       .tag = "messages",
       .description = "Times are in the workshop's time zone. What is left out stays."},
      [endpoints](Caller& caller, auto input) { return endpoints->change(caller, std::move(input.body)); });

  api.add<Nothing, MessageCostsQuery, Nothing, MessageCosts>(
      {.method = Method::get,
       .path = "/api/message-costs",
       .needs = Needs(Permission::workshop_manage),
       .id = "get_message_costs",
       .summary = "How many messages went out in a month, and what they cost",
       .tag = "messages",
       .description =
           "`month` is like 2026-11, in the workshop's time zone. What WhatsApp took and an SMS followed counts as "
           "both. cost_paise is an estimate; 0: the prices are not known."},
      [endpoints](Caller& caller, auto input) { return endpoints->costs(caller, std::move(input.query)); });

  api.add<Nothing, Nothing, Nothing, MessageTemplates>(
      {.method = Method::get,
       .path = "/api/message-templates",
       .needs = Needs(Permission::workshop_manage),
       .id = "get_message_templates",
       .summary = "The words of every message, in both languages",
       .tag = "messages",
       .description =
           "A placeholder is a name in braces; placeholders are those that a text may name. length and segments are "
           "of the preview as an SMS: one character outside of GSM-7 makes it UCS-2, which holds fewer than half."},
      [endpoints](Caller& caller, auto) { return endpoints->templates(caller); });

  api.add<Nothing, Nothing, MessageTemplateBody, MessageTemplate>(
      {.method = Method::put,
       .path = "/api/message-templates",
       .needs = Needs(Permission::workshop_manage),
       .id = "set_message_template",
       .summary = "Say it in your own words, or in the product's again",
       .tag = "messages",
       .description =
           "Refused: a placeholder that this message does not know, or no {link} where it is the point. Without a "
           "text it is the product's again."},
      [endpoints](Caller& caller, auto input) { return endpoints->set_text(caller, std::move(input.body)); });
}

}  // namespace pitview::messages
