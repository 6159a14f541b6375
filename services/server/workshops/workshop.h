// A workshop as the platform looks after it, and as its owner sets it.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"
#include "workshops/working_hours.h"

namespace pitview::workshops {

struct WorkshopOwner {
  UserId user_id;
  std::string username;
  std::string display_name;
  std::optional<std::string> email;
};
BOOST_DESCRIBE_STRUCT(WorkshopOwner, (), (user_id, username, display_name, email))

struct WorkshopAccount {
  WorkshopId id;
  std::string code;
  std::string name;
  std::string address;
  std::string phone;
  std::string timezone;
  std::string language;
  std::string plan;                 // basic, standard, premium
  std::string subscription_status;  // billing_states.h
  Timestamp status_since;
  std::string status_reason;
  std::optional<std::string> status_before;          // before the suspension, or the one that waits
  std::optional<Timestamp> suspend_requested_at;     // a suspension waits for the end of the running jobs
  std::optional<Timestamp> subscription_expires_at;  // the end of the trial, or of what is paid for
  Timestamp created_at;
  std::optional<WorkshopOwner> owner;
  std::int64_t pits = 0;
  std::int64_t devices = 0;
  std::int64_t running_jobs = 0;
};
BOOST_DESCRIBE_STRUCT(WorkshopAccount, (),
                      (id, code, name, address, phone, timezone, language, plan, subscription_status, status_since,
                       status_reason, status_before, suspend_requested_at, subscription_expires_at, created_at, owner,
                       pits, devices, running_jobs))

struct WorkshopSettings {
  WorkshopId id;
  std::string code;
  std::string name;
  std::string address;
  std::string phone;
  std::string timezone;
  std::string language;  // of messages to customers who have not chosen one
  std::vector<OpenHours> working_hours;
  std::optional<double> baseline_calls_per_job;  // before there was this product
  int recording_days = 7;                        // how long recordings are kept
  bool record_always = false;                    // not only while a job runs
  std::string plan;
  std::string subscription_status;
  std::optional<Timestamp> subscription_expires_at;
  std::optional<Timestamp> suspend_requested_at;
};
BOOST_DESCRIBE_STRUCT(WorkshopSettings, (),
                      (id, code, name, address, phone, timezone, language, working_hours, baseline_calls_per_job,
                       recording_days, record_always, plan, subscription_status, subscription_expires_at,
                       suspend_requested_at))

}  // namespace pitview::workshops
