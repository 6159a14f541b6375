// All virtual devices of one process: started a little apart, played a scenario, stopped
// politely, and counted.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "config.h"
#include "device/virtual_device.h"
#include "fleet/scenario.h"
#include "pitview/async/asio.h"
#include "pitview/async/task_group.h"

namespace pitview::sim {

struct FleetTotals {
  std::size_t devices = 0;
  std::size_t online = 0;
  std::uint64_t measured = 0;  // by the core, in this process
  std::uint64_t settled = 0;   // confirmed by the server
  std::uint64_t waiting = 0;   // on flash, not yet settled
  std::uint64_t dropped = 0;   // lost to full rings
};

class Fleet {
 public:
  Fleet(asio::any_io_executor executor, const Config& config);
  ~Fleet();

  std::vector<std::unique_ptr<VirtualDevice>>& devices() noexcept { return devices_; }
  VirtualDevice* find(std::string_view id);

  void start();
  void play(Scenario scenario);
  FleetTotals totals();
  // Every device says that it is offline and takes leave; at most two seconds.
  Awaitable<> stop();

 private:
  Awaitable<> play_event(ScenarioEvent event);
  std::vector<VirtualDevice*> meant_by(const ScenarioEvent& event);

  asio::any_io_executor executor_;
  std::vector<std::unique_ptr<VirtualDevice>> devices_;
  TaskGroup tasks_;
};

}  // namespace pitview::sim
