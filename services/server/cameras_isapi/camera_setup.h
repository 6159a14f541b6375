// What a camera was set to, as clients get it.
#pragma once

#include <boost/describe/class.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pitview/base/strong_id.h"

namespace pitview::cameras_isapi {

struct CameraSetting {
  std::string
      name;  // stream, codec, profile, resolution, frame_rate, key_frames, bitrate_type, bitrate, svc, smart_codec
  std::string before;
  std::string wanted;
  std::optional<std::string> after;  // as the camera says when it is asked again; empty: it does not say
  std::string outcome;               // kept: it was right; taken, refused, ignored; unknown
  std::string sentence;              // what has come of it, and what to do
};
BOOST_DESCRIBE_STRUCT(CameraSetting, (), (name, before, wanted, after, outcome, sentence))

struct CameraStreamSetup {
  std::string stream;  // main, sub
  std::uint32_t channel = 0;
  std::optional<std::string> problem;  // why nothing could be set; a sentence
  bool restart_needed = false;         // by somebody: nothing here restarts a camera
  std::vector<CameraSetting> settings;
};
BOOST_DESCRIBE_STRUCT(CameraStreamSetup, (), (stream, channel, problem, restart_needed, settings))

struct CameraSetup {
  PitId pit_id;
  std::string verdict;  // pass: all is right now; warn: something is not; fail: browsers cannot show it
  std::vector<CameraStreamSetup> streams;
};
BOOST_DESCRIBE_STRUCT(CameraSetup, (), (pit_id, verdict, streams))

}  // namespace pitview::cameras_isapi
