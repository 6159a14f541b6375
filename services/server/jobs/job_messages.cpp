#include "jobs/job_messages.h"

namespace pitview::jobs {
namespace {

using messages::MessageKind;
using messages::NewMessage;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr minutes kLeft{30};        // decision D55
constexpr minutes kLeftIsTold{15};  // later than that before the end "30 minutes" is no more true
constexpr minutes kLateBefore{10};

std::string key_of(const Job& job, const std::string& what) {
  return "job:" + std::to_string(job.job_id.value) + ":" + what;
}

std::string key_of(const Job& job, const std::string& what, Timestamp end) {
  return key_of(job, what + ":" + std::to_string(to_milliseconds(end)));
}

// What is said before the promised end, if the work goes on until then. Each once for each promise.
void put_scheduled(const Job& job, Timestamp now, std::vector<NewMessage>& put) {
  if (!is_running(job.status) || job.held_since || !job.estimated_end_time) return;
  const Timestamp end = *job.estimated_end_time;
  if (end - kLeft > now)
    put.push_back({.kind = MessageKind::time_left,
                   .key = key_of(job, "time_left", end),
                   .due = end - kLeft,
                   .pointless = end - kLeftIsTold});
  if (end - kLateBefore > now)
    put.push_back({.kind = MessageKind::running_late,
                   .key = key_of(job, "running_late", end),
                   .due = end - kLateBefore,
                   .pointless = end + minutes(30)});
}

void put_completed(const Job& job, bool has_after_care, Timestamp now, std::vector<NewMessage>& put) {
  put.push_back(
      {.kind = MessageKind::job_completed, .key = key_of(job, "completed"), .due = now, .pointless = now + days(1)});
  put.push_back({.kind = MessageKind::rating_request,
                 .key = key_of(job, "rating"),
                 .due = now + hours(2),
                 .pointless = now + days(3)});
  if (!has_after_care) return;
  constexpr std::pair<MessageKind, int> kCare[] = {{MessageKind::after_care_1, 1},
                                                   {MessageKind::after_care_7, 7},
                                                   {MessageKind::after_care_14, 14},
                                                   {MessageKind::after_care_30, 30}};
  for (const auto& [kind, after] : kCare)
    put.push_back({.kind = kind,
                   .key = key_of(job, "after_care:" + std::to_string(after)),
                   .due = now + days(after),
                   .pointless = now + days(after + 2)});
}

}  // namespace

JobMessages messages_of_booking(const Job& job, std::optional<messages::Secrets> credentials, Timestamp now) {
  NewMessage message{.kind = credentials ? MessageKind::credentials : MessageKind::tracking_link,
                     .key = key_of(job, "booked"),
                     .due = now,
                     .is_urgent = true,  // they stand at the desk
                     .secrets = std::move(credentials)};
  return {.take_back = {}, .put = {std::move(message)}};
}

JobMessages messages_of_change(const Job& before, const Job& after, bool has_after_care, Timestamp now) {
  JobMessages said;
  const bool begins = before.status == JobStatus::waiting && is_running(after.status);
  if (is_over(after.status) && !is_over(before.status)) {
    said.take_back = {MessageKind::job_started, MessageKind::stage_begun, MessageKind::time_changed,
                      MessageKind::time_left, MessageKind::running_late};
    if (after.status == JobStatus::completed) put_completed(after, has_after_care, now, said.put);
    return said;
  }
  if (begins)
    said.put.push_back(
        {.kind = MessageKind::job_started, .key = key_of(after, "started"), .due = now, .pointless = now + hours(2)});
  if (!begins && after.current_stage && after.current_stage != before.current_stage) {
    said.take_back.push_back(MessageKind::stage_begun);
    said.put.push_back({.kind = MessageKind::stage_begun,
                        .key = key_of(after, "stage:" + std::to_string(*after.current_stage)),
                        .due = now + kSettle,
                        .pointless = now + hours(1)});
  }
  const bool is_promised_otherwise =
      before.estimated_end_time && after.estimated_end_time && before.estimated_end_time != after.estimated_end_time;
  if (is_promised_otherwise) {
    said.take_back.push_back(MessageKind::time_changed);
    // A promise that comes back is news again: the key is of the change, not of the time.
    said.put.push_back({.kind = MessageKind::time_changed,
                        .key = key_of(after, "time", now),
                        .due = now + kSettle,
                        .pointless = *after.estimated_end_time});
  }
  const bool stands_still = before.held_since.has_value() != after.held_since.has_value();
  if (begins || is_promised_otherwise || stands_still) {
    said.take_back.push_back(MessageKind::time_left);
    said.take_back.push_back(MessageKind::running_late);
    put_scheduled(after, now, said.put);
  }
  return said;
}

}  // namespace pitview::jobs
