// A kind of work that a workshop offers, and its stages (plan §6.1, decision D21).
// A job takes a copy when it is created: changing a work type changes no job.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"
#include "work_types/air_spec.h"

namespace pitview::work_types {

using WorkTypeId = StrongId<struct WorkTypeTag>;

struct WorkTypeStage {
  int position = 0;  // 1-based
  std::string name;
  int weight = 1;        // its share of the progress bar, relative to the others
  std::string sentence;  // what the customer reads while it runs
  AirSpec spec;          // where empty, that of the work type holds
};
BOOST_DESCRIBE_STRUCT(WorkTypeStage, (), (position, name, weight, sentence, spec))

struct WorkType {
  WorkTypeId id;
  WorkshopId workshop_id;
  std::string name;
  std::optional<int> default_minutes;  // empty: said when a job is booked
  AirSpec spec;
  std::vector<WorkTypeStage> stages;
};
BOOST_DESCRIBE_STRUCT(WorkType, (), (id, workshop_id, name, default_minutes, spec, stages))

}  // namespace pitview::work_types
