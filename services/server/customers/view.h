// Who looks at a job, or did.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>

#include "pitview/base/strong_id.h"
#include "pitview/base/time.h"

namespace pitview::customers {

using ViewId = StrongId<struct ViewTag>;

struct View {
  ViewId id;
  JobId job_id;
  PitId pit_id;
  UserId customer_id;
  std::string customer_name;
  std::string channel;  // live: the page; video: the picture
  Timestamp since;
  Timestamp last_seen;  // at most 15 s old while watching
  std::optional<Timestamp> ended_at;
  bool watching = false;
};
BOOST_DESCRIBE_STRUCT(View, (),
                      (id, job_id, pit_id, customer_id, customer_name, channel, since, last_seen, ended_at, watching))

// The live event `viewer`: somebody has come or gone.
struct ViewChange {
  JobId job_id;
  PitId pit_id;
  UserId customer_id;
  std::string customer_name;
  bool watching = false;
  Timestamp since;
  std::int64_t viewers = 0;  // sessions that now look at this job
};
BOOST_DESCRIBE_STRUCT(ViewChange, (), (job_id, pit_id, customer_id, customer_name, watching, since, viewers))

}  // namespace pitview::customers
