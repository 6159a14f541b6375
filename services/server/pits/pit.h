// A pit as clients see it.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>

#include "jobs/job.h"
#include "telemetry/reading.h"

namespace pitview::pits {

struct PitDevice {
  std::optional<std::string> device_id;  // not for customers
  std::string status;                    // online, offline, disabled, unknown
  std::optional<Timestamp> last_seen;
};
BOOST_DESCRIBE_STRUCT(PitDevice, (), (device_id, status, last_seen))

struct PitCamera {
  std::optional<std::string> model;
  std::string status;  // online, offline, unknown, none
  std::optional<Timestamp> since;
};
BOOST_DESCRIBE_STRUCT(PitCamera, (), (model, status, since))

struct Pit {
  PitId id;
  WorkshopId workshop_id;
  int pit_number = 0;
  std::string name;
  std::string status;  // active, disabled, maintenance
  std::optional<PitDevice> device;
  PitCamera camera;
  std::optional<telemetry::Reading> latest;
  std::optional<jobs::Job> job;  // the running one
};
BOOST_DESCRIBE_STRUCT(Pit, (), (id, workshop_id, pit_number, name, status, device, camera, latest, job))

// What may be shown of a pit's camera: never its address with the password.
struct Camera {
  PitId pit_id;
  bool has_camera = false;
  std::optional<std::string> model;
  std::optional<std::string> ip;
};
BOOST_DESCRIBE_STRUCT(Camera, (), (pit_id, has_camera, model, ip))

}  // namespace pitview::pits
