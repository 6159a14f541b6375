// A message to a customer or to staff: what it is about, and what has become of it.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::messages {

using MessageId = StrongId<struct MessageTag>;

BOOST_DEFINE_ENUM_CLASS(MessageKind, credentials, tracking_link, job_started, stage_begun, time_changed, time_left,
                        running_late, job_completed, rating_request, alert, after_care_1, after_care_7, after_care_14,
                        after_care_30)

std::string_view name_of(MessageKind kind) noexcept;
std::optional<MessageKind> message_kind_from(std::string_view name);
bool is_after_care(MessageKind kind) noexcept;

// sent: a provider has taken it; delivered: it says that it arrived. not_sent: there is no provider.
BOOST_DEFINE_ENUM_CLASS(MessageStatus, waiting, sent, delivered, failed, dropped, not_sent)

std::string_view name_of(MessageStatus status) noexcept;

// One line of a job's history, for staff.
struct Message {
  MessageId id;
  std::optional<JobId> job_id;
  std::string kind;
  std::string status;
  std::optional<std::string> channel;  // whatsapp, sms, email, push
  std::optional<std::string> reason;   // why it was not sent, or not yet
  std::optional<std::string> text;     // what was said, without secrets
  int attempts = 0;
  int sms_segments = 0;         // as how many SMS it was charged
  std::int64_t cost_paise = 0;  // estimated; 0: the price is not known
  Timestamp created_at;
  Timestamp due_at;
  std::optional<Timestamp> ended_at;
};
BOOST_DESCRIBE_STRUCT(Message, (),
                      (id, job_id, kind, status, channel, reason, text, attempts, sms_segments, cost_paise, created_at,
                       due_at, ended_at))

}  // namespace pitview::messages
