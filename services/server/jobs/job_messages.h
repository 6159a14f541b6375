// What a change of a job has to say to its customer, now and later. A pure rule: the rows that it asks for are written
// with the change.
#pragma once

#include <optional>
#include <vector>

#include "jobs/job.h"
#include "messages/outbox.h"

namespace pitview::jobs {

struct JobMessages {
  std::vector<messages::MessageKind> take_back;  // what waits of these kinds
  std::vector<messages::NewMessage> put;
};

// Of a job that was made. `credentials`: of an account that is new.
JobMessages messages_of_booking(const Job& job, std::optional<messages::Secrets> credentials, Timestamp now);

// What waits until `now + kSettle` is taken back by what comes meanwhile: a tap on the wrong stage tells nobody.
inline constexpr std::chrono::seconds kSettle{90};

JobMessages messages_of_change(const Job& before, const Job& after, bool has_after_care, Timestamp now);

}  // namespace pitview::jobs
