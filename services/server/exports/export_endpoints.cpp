#include "exports/export_endpoints.h"

#include "api/refusals.h"
#include "exports/export_places.h"
#include "exports/export_source.h"
#include "pitview/base/json_text.h"

namespace pitview::exports {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;
using api::Streamed;

struct PitPath {
  PitId id;
};
BOOST_DESCRIBE_STRUCT(PitPath, (), (id))

struct SpanQuery {
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;  // default: now
};
BOOST_DESCRIBE_STRUCT(SpanQuery, (), (from, to))

namespace {

constexpr std::chrono::days kDefaultJobs{90};
constexpr std::chrono::days kDefaultReadings{1};
constexpr std::chrono::days kMostReadings{31};
constexpr int kAtOnce = 2;  // of a workshop, on this server
constexpr std::string_view kCsvType = "text/csv; charset=utf-8";

class ExportEndpoints {
 public:
  ExportEndpoints(ExportsRepository& repository, const Clock& clock) : repository_(repository), clock_(clock) {}

  Awaitable<Result<Streamed>> jobs(Caller& caller, SpanQuery query) {
    const WorkshopId workshop = caller.principal.workshop;
    const auto span = span_of(query, kDefaultJobs);
    if (!span) co_return span.error();
    auto place = places_.take(workshop);
    if (!place) co_return too_many();
    const SpanDays days = co_await repository_.days_of(workshop, *span);
    co_await record(caller, {.action = "export.jobs", .subject = "workshop", .subject_id = workshop.value}, *span);
    name_file(caller, "jobs", days);
    co_return streamed(std::make_shared<JobsExport>(repository_, clock_, std::move(place), workshop, *span));
  }

  Awaitable<Result<Streamed>> readings(Caller& caller, PitId pit, SpanQuery query) {
    const WorkshopId workshop = caller.principal.workshop;
    const auto span = span_of(query, kDefaultReadings);
    if (!span) co_return span.error();
    if (span->to - span->from > kMostReadings) co_return api::invalid("from", "must lie at most 31 days before `to`");
    const std::optional<int> number = co_await repository_.number_of(workshop, pit);
    if (!number) co_return Error{Errc::not_found, "There is no such pit.", {}, 0};
    auto place = places_.take(workshop);
    if (!place) co_return too_many();
    const SpanDays days = co_await repository_.days_of(workshop, *span);
    co_await record(caller, {.action = "export.readings", .subject = "pit", .subject_id = pit.value}, *span);
    name_file(caller, "pit-" + std::to_string(*number) + "-readings", days);
    co_return streamed(std::make_shared<ReadingsExport>(repository_, clock_, std::move(place), workshop, pit, *span));
  }

 private:
  Result<Span> span_of(const SpanQuery& query, std::chrono::days by_default) const {
    const Timestamp to = query.to.value_or(clock_.now());
    const Timestamp from = query.from.value_or(to - by_default);
    if (from >= to) return api::invalid("from", "must lie before `to`");
    return Span{from, to};
  }

  static Error too_many() {
    return {Errc::rate_limited, "Two exports of this workshop are under way. Try again when one has ended.", {}, 10};
  }

  // Before the first byte leaves. Who asks for the head alone gets none.
  Awaitable<> record(Caller& caller, audit::Entry entry, Span span) {
    if (caller.request.method == Method::head) co_return;
    std::string what = "{\"from\":";
    append_json_string(what, pitview::to_iso8601(span.from));
    what.append(",\"to\":");
    append_json_string(what, pitview::to_iso8601(span.to));
    entry.after = what + "}";
    co_await repository_.record(caller.principal.workshop, audit::actor_of(caller), std::move(entry));
  }

  static void name_file(Caller& caller, const std::string& what, const SpanDays& days) {
    caller.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + what + "-" + days.first + "-" + days.last + ".csv\"");
    caller.headers.emplace_back("Cache-Control", "no-store");
  }

  static Streamed streamed(std::shared_ptr<ExportSource> source) {
    return {std::make_shared<const http::BodySource>(
        http::BodySource{.size = {}, .next = [source = std::move(source)] { return source->next(); }})};
  }

  ExportsRepository& repository_;
  const Clock& clock_;
  ExportPlaces places_{kAtOnce};
};

}  // namespace

void add_export_endpoints(api::Api& api, ExportsRepository& repository, const Clock& clock) {
  const auto exports = std::make_shared<ExportEndpoints>(repository, clock);

  api.add<Nothing, SpanQuery, Nothing, Streamed>(
      {.method = Method::get,
       .path = "/api/exports/jobs.csv",
       .needs = Needs(Permission::customers_read),
       .id = "export_jobs",
       .summary = "Jobs as a CSV file",
       .tag = "exports",
       .description =
           "The jobs that were there in the span, as in the list of jobs: not over before `from` (default: 90 days "
           "before `to`) and booked before `to` (default: now). Times are the workshop's, with their offset. Sent "
           "while "
           "it is made: one that ends without its last chunk is not whole. At most two exports of a workshop at once "
           "and half an hour each.",
       .bytes_type = kCsvType},
      [exports](Caller& caller, auto input) { return exports->jobs(caller, input.query); });

  api.add<PitPath, SpanQuery, Nothing, Streamed>(
      {.method = Method::get,
       .path = "/api/pits/{id}/readings.csv",
       .needs = Needs(Permission::analytics_read),
       .id = "export_readings",
       .summary = "Every reading of a pit as a CSV file",
       .tag = "exports",
       .description = "Oldest first, of at most 31 days (default: the last one). Readings older than the retention are "
                      "in the archive and not in the file. Otherwise as the export of jobs.",
       .problems = {Errc::not_found},
       .bytes_type = kCsvType},
      [exports](Caller& caller, auto input) { return exports->readings(caller, input.path.id, input.query); });
}

}  // namespace pitview::exports
