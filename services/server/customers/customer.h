// A customer as the workshop's owner and managers see one.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "customers/consent.h"
#include "jobs/job_rules.h"
#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::customers {

struct Customer {
  UserId id;
  std::string username;
  std::string name;
  std::optional<std::string> phone;  // masked: all but the last digits are dots
  bool has_email = false;
  std::int64_t jobs = 0;
  std::optional<Timestamp> last_seen;  // last signed in, refreshed or watching
  Timestamp created_at;
  bool disabled = false;
  bool erased = false;
};
BOOST_DESCRIBE_STRUCT(Customer, (),
                      (id, username, name, phone, has_email, jobs, last_seen, created_at, disabled, erased))

struct CustomerJob {
  JobId job_id;
  jobs::JobStatus status = jobs::JobStatus::waiting;
  std::string car_model;
  std::string car_plate;
  std::string work_type;
  Timestamp created_at;
  bool has_link = false;     // a tracking link of it opens
  std::optional<int> stars;  // the customer's rating
};
BOOST_DESCRIBE_STRUCT(CustomerJob, (), (job_id, status, car_model, car_plate, work_type, created_at, has_link, stars))

struct CustomerDetail : Customer {
  std::vector<CustomerJob> latest_jobs;  // at most 50, the newest first; all are in /api/jobs
  std::vector<ConsentItem> consents;
};
BOOST_DESCRIBE_STRUCT(CustomerDetail, (Customer), (latest_jobs, consents))

// "+919876543210" → "+91••••••3210": enough to recognise a number that one knows.
std::string masked_phone(std::string_view e164);

}  // namespace pitview::customers
