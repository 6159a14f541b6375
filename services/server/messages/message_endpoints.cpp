#include "messages/message_endpoints.h"

#include "api/paging.h"

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

namespace {

class MessageEndpoints {
 public:
  MessageEndpoints(MessagesRepository& messages, jobs::JobsRepository& jobs) : messages_(messages), jobs_(jobs) {}

  Awaitable<Result<std::vector<Message>>> of_job(Caller& caller, JobId job, JobMessageQuery query) {
    const WorkshopId workshop = caller.principal.workshop;
    if (!co_await jobs_.find(workshop, jobs::JobAccess::of(caller.principal), job, SystemClock().now()))
      co_return Error{Errc::not_found, "There is no such job.", {}, 0};
    const int limit = api::limit_of(query.limit);
    auto found = co_await messages_.of_job(workshop, job, query.cursor, limit);
    if (static_cast<int>(found.size()) == limit) api::add_next_link(caller, found.back().id.value);
    co_return found;
  }

 private:
  MessagesRepository& messages_;
  jobs::JobsRepository& jobs_;
};

}  // namespace

void add_message_endpoints(api::Api& api, MessagesRepository& messages, jobs::JobsRepository& jobs) {
  const auto endpoints = std::make_shared<MessageEndpoints>(messages, jobs);

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
}

}  // namespace pitview::messages
