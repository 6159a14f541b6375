// The demo workshop (`pitview-server demo-setup`). Blocks; uses the owner's
// database login, because it creates workshops.
#pragma once

#include <filesystem>

#include "app/config.h"

namespace pitview::demo {

struct Options {
  std::filesystem::path output;  // folder for demo.json, sim.toml
  int rtsp_port = 18554;
  int workshops = 1;  // 1 or 2
};

// Throws std::runtime_error with one sentence when it cannot be done.
void set_up(const app::Config& config, const Options& options);

}  // namespace pitview::demo
